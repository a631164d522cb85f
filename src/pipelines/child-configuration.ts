import { type ArchiveFile, openArchiveFile } from '../artifacts/archive-file.ts';
import type { ArchiveIndexes } from '../artifacts/archive-index.ts';
import { findArtifact, isAvailable } from '../artifacts/artifact-store.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { TriggerInclude } from '../ci/plan.ts';
import type { ArtifactAnswer } from '../ci/sources.ts';
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
const MOST = '5 MB';

/**
 * The configuration that a bridge of `parent` names: files of the same commit, whatever else can be included, or what
 * a job of the parent has left. Variables in it are for the child to fill in, as in whatever it includes.
 */
export function childConfiguration(
  db: Database,
  { repositories, blobs, indexes }: ConfigurationFiles,
  include: readonly TriggerInclude[],
  parent: Pipeline,
  now: number,
): Configuration {
  const accessibilities = new Set<string>();
  const readArtifact = async (name: string, path: string): Promise<ArtifactAnswer> => {
    const job = await findLatestJob(db.read, parent.id, name);
    const archive = job && (await findArtifact(db, job.id));
    if (!archive || !isAvailable(archive, now)) return { missing: 'job' };
    accessibilities.add(archive.accessibility);
    const found = await openArchiveFile(blobs, indexes, archive, path);
    return found ? await textOf(found) : { missing: 'path' };
  };
  return {
    file: ROOT,
    fetchFile: async (path) =>
      path === ROOT ? JSON.stringify({ include }) : await readText(repositories, parent, path),
    child: { inputs: include.flatMap(inputsOf), readArtifact, accessibilities },
  };
}

/** What one of the files is given; its name as it is written, for variables in it may have values that are not for all. */
function inputsOf({ inputs = {}, local, artifact, file, remote, template, component }: TriggerInclude) {
  const name = local ?? artifact ?? file ?? remote ?? template ?? component ?? '';
  return Object.entries(inputs).map(([key, value]) => ({ name: key, value, file: name }));
}

async function textOf({ size, stream }: ArchiveFile): Promise<ArtifactAnswer> {
  if (size > MAX_GENERATED) {
    stream.destroy();
    return { missing: 'room', most: MOST };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { text: Buffer.concat(chunks).toString('utf8') };
}
