import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { type ApiClient, ApiRefusal } from './api-client.ts';
import type { RunFolder } from './run-folder.ts';
import type { WatchedJob } from './watched-job.ts';

/** Where a job's log and artifacts are; null: it has none. */
export interface Kept {
  log: string | null;
  artifacts: string | null;
}

/** Copies what jobs leave from the server to the run's folder. */
export class Results {
  readonly #api: ApiClient;
  readonly #project_id: number;
  readonly #folder: RunFolder;
  /** Whose paths are whose, in small letters: some systems know no others. */
  readonly #paths = new Map<string, number>();
  readonly #kept = new Map<number, Kept>();

  constructor(api: ApiClient, project_id: number, folder: RunFolder) {
    this.#api = api;
    this.#project_id = project_id;
    this.#folder = folder;
  }

  of({ id }: Pick<WatchedJob, 'id'>): Kept {
    return this.#kept.get(id) ?? { log: null, artifacts: null };
  }

  async keep(job: WatchedJob): Promise<Kept> {
    const path = this.#pathOf(job);
    const of = `/projects/${this.#project_id}/jobs/${job.id}`;
    const log = join(this.#folder.logs, `${path}.log`);
    const artifacts = join(this.#folder.artifacts, path);
    const archive = `${artifacts}.zip`;
    const kept: Kept = { log: null, artifacts: null };
    this.#kept.set(job.id, kept);
    if (job.kind === 'build' && (await this.#download(`${of}/trace`, log))) kept.log = log;
    if (job.hasArtifacts && (await this.#download(`${of}/artifacts`, archive))) {
      await extract(archive, artifacts);
      await rm(archive);
      kept.artifacts = artifacts;
    }
    return kept;
  }

  /** A path of the job's own, by its name: `deploy/notify`, and for its second try `deploy/notify-2`. */
  #pathOf({ id, above, name }: WatchedJob): string {
    const base = [...above, name].map(fileName).join('/');
    // What has waited for somebody is kept once more when it has run.
    const isAnothers = (path: string) => (this.#paths.get(path.toLowerCase()) ?? id) !== id;
    let path = base;
    for (let times = 2; isAnothers(path); times += 1) path = `${base}-${times}`;
    this.#paths.set(path.toLowerCase(), id);
    return path;
  }

  async #download(from: string, to: string): Promise<boolean> {
    try {
      const { body } = await this.#api.request('GET', from);
      await mkdir(dirname(to), { recursive: true });
      if (body) await pipeline(Readable.fromWeb(body as never), createWriteStream(to));
      return body !== null;
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return false;
      throw error;
    }
  }
}

/** Letters of all languages stay as they are; at most 200 bytes, as file systems count. */
const fileName = (name: string) =>
  Buffer.from(name)
    .subarray(0, 200)
    .toString()
    .replace(/[^\p{L}\p{M}\p{N}_ .,=+@-]/gu, '_')
    .replace(/^[. ]/, '_');

const TYPE = 0o170000;
const LINK = 0o120000;

/** Into a folder that is made anew. What would lead out of it is left out. */
async function extract(archive: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  // Links come last: nothing is written through one.
  const links: [path: string, target: string][] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const path = normalize(entry.fileName);
      if (path.startsWith('..') || path.startsWith('/')) continue;
      const full = join(folder, path);
      if (entry.fileName.endsWith('/')) await mkdir(full, { recursive: true });
      else if (isLink(entry)) links.push([full, await text(await zip.openReadStreamPromise(entry))]);
      else await write(zip, entry, full);
    }
    // Nor is another link: all folders are there before.
    for (const [path] of links) await mkdir(dirname(path), { recursive: true });
    for (const [path, target] of links) await symlink(target, path);
  } finally {
    zip.close();
  }
}

const modeOf = ({ externalFileAttributes }: Entry) => externalFileAttributes >>> 16;
const isLink = (entry: Entry) => (modeOf(entry) & TYPE) === LINK;

async function write(zip: ZipFile, entry: Entry, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
  await chmod(path, (modeOf(entry) & 0o777) | 0o600);
}
