import { type ArchiveFile, openArchiveFile } from '../artifacts/archive-file.ts';
import type { ArchiveIndexes } from '../artifacts/archive-index.ts';
import { findArtifact, isAvailable } from '../artifacts/artifact-store.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { GeneratedFile, TriggerInclude } from '../ci/plan.ts';
import type { Database } from '../db/database.ts';
import type { Repositories } from '../git/repository.ts';
import { findLatestJob } from '../jobs/job-store.ts';
import type { Configuration } from './create-pipeline.ts';
import { readText } from './include-sources.ts';
import type { Pipeline } from './pipeline-store.ts';

/** Where the files of a child pipeline's configuration are. */
export interface ConfigurationFiles {
  repositories: Repositories;
  blobs: BlobStore;
  indexes: ArchiveIndexes;
}

const ROOT = 'trigger:include';
/** Bytes of a configuration that a job has generated. */
const MAX_GENERATED = 5 * 1024 * 1024;

/**
 * The configuration that a bridge of `parent` names: files of the same commit, whatever else can be included, or what
 * a job of the parent has generated, which is fetched under a name that tells where it is from. `expand` fills in
 * variables of the bridge there; in all else the child fills in its own, as in whatever it includes.
 */
export function childConfiguration(
  db: Database,
  { repositories, blobs, indexes }: ConfigurationFiles,
  include: readonly TriggerInclude[],
  parent: Pipeline,
  expand: (text: string) => string,
  now: number,
): Configuration {
  const generated = new Map<string, GeneratedFile>();
  const accessibilities = new Set<string>();
  const locations = include.map(({ inputs, rules, cache, ...item }) => ({
    ...locationOf(item),
    ...(inputs && { inputs }),
    ...(rules && { rules }),
    ...(cache !== undefined && { cache }),
  }));

  function locationOf(item: Omit<TriggerInclude, 'inputs' | 'rules' | 'cache'>) {
    if (item.local !== undefined) return { local: item.local };
    if (item.artifact !== undefined) {
      const file = { job: expand(item.job ?? ''), artifact: expand(item.artifact) };
      const name = `artifacts of ${file.job}/${file.artifact}`;
      generated.set(name, file);
      return { local: name };
    }
    return item;
  }

  const fetchGenerated = async ({ job: name, artifact: path }: GeneratedFile) => {
    const job = await findLatestJob(db.read, parent.id, name);
    const archive = job && (await findArtifact(db, job.id));
    if (!archive || !isAvailable(archive, now)) return null;
    accessibilities.add(archive.accessibility);
    const found = await openArchiveFile(blobs, indexes, archive, path);
    return found && (await textOf(found));
  };

  return {
    file: ROOT,
    fetchFile: async (path) => {
      if (path === ROOT) return JSON.stringify({ include: locations });
      const file = generated.get(path);
      if (file) return await fetchGenerated(file);
      return await readText(repositories, parent, path);
    },
    child: { inputs: include.flatMap(inputsOf), generated, accessibilities },
  };
}

/** What one of the files is given; its name as it is written, for variables in it may have values that are not for all. */
function inputsOf({ inputs = {}, local, artifact, file, remote, template, component }: TriggerInclude) {
  const name = local ?? artifact ?? file ?? remote ?? template ?? component ?? '';
  return Object.entries(inputs).map(([key, value]) => ({ name: key, value, file: name }));
}

async function textOf({ size, stream }: ArchiveFile): Promise<string | null> {
  if (size > MAX_GENERATED) {
    stream.destroy();
    return null;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
