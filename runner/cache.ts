import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JobFailure } from './failure.ts';
import type { JobFiles } from './job-files.ts';
import type { JobOutput } from './job-output.ts';
import type { CacheEntry } from './job-payload.ts';
import { messageOf } from './log.ts';
import { expandWith } from './variables.ts';

/** The caches of one project on this machine: a zip for each key. What goes wrong with a cache fails no job. */
export class Cache {
  readonly #folder: string;
  readonly #limit: number;
  readonly #files: JobFiles;
  readonly #output: JobOutput;
  readonly #values: Map<string, string>;

  /** @param limit bytes that the caches of all projects may take together. */
  constructor(
    folder: string,
    limit: number,
    files: JobFiles,
    output: JobOutput,
    values: Map<string, string>,
  ) {
    this.#folder = folder;
    this.#limit = limit;
    this.#files = files;
    this.#output = output;
    this.#values = values;
  }

  /** Extracts the cache of the entry's key, or of the first fallback key that has one. */
  async pull(entry: CacheEntry): Promise<void> {
    if (!does(entry, 'pull')) return;
    for (const key of this.#keys(entry)) {
      const path = this.#path(key);
      let archive: FileHandle;
      try {
        archive = await open(path, 'r');
      } catch {
        this.#output.line(`No cache for ${key}`);
        continue;
      }
      try {
        const count = await this.#files.extract(archive);
        await utimes(path, new Date(), new Date());
        this.#output.line(`Restored ${count} files and folders from the cache ${key}`);
        return;
      } catch (error) {
        this.#output.warning(`The cache ${key} could not be restored: ${messageOf(error)}`);
      } finally {
        await archive.close();
      }
    }
  }

  /** Replaces the cache of the entry's key by what the entry's paths hold now. */
  async push(entry: CacheEntry, succeeded: boolean): Promise<void> {
    const due = entry.when === 'always' || entry.when === (succeeded ? 'on_success' : 'on_failure');
    const key = this.#expand(entry.key);
    if (!does(entry, 'push') || !due || !key) return;
    try {
      await this.#files.withSpool(async (spool, archive) => {
        const count = await this.#files.collect({ ...entry, exclude: [], format: 'zip' }, archive);
        if (count === 0) {
          this.#output.warning(`Nothing to keep in the cache ${key}`);
          return;
        }
        await mkdir(this.#folder, { recursive: true, mode: 0o700 });
        await rename(spool, this.#path(key));
        this.#output.line(`Kept ${count} files and folders in the cache ${key}`);
      });
      await dropOldest(dirname(this.#folder), this.#limit);
    } catch (error) {
      this.#output.warning(`The cache ${key} could not be kept: ${messageOf(error)}`);
    }
  }

  #keys(entry: CacheEntry): string[] {
    return [entry.key, ...entry.fallback_keys].map((key) => this.#expand(key)).filter((key) => key !== '');
  }

  #expand(key: string): string {
    return expandWith(key, this.#values);
  }

  #path(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.zip`);
  }
}

function does(entry: CacheEntry, what: 'pull' | 'push'): boolean {
  const { policy } = entry;
  if (policy !== 'pull' && policy !== 'push' && policy !== 'pull-push') {
    throw new JobFailure(
      `cache policy "${policy}" is none of pull-push, pull, push`,
      'runner_system_failure',
    );
  }
  return policy === 'pull-push' || policy === what;
}

/** Deletes the caches that were used longest ago until the rest fits into `limit` bytes. */
export async function dropOldest(folder: string, limit: number): Promise<void> {
  const found: { path: string; size: number; used: number }[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.zip')) continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats) found.push({ path, size: stats.size, used: stats.mtimeMs });
  }
  let sum = found.reduce((total, { size }) => total + size, 0);
  for (const { path, size } of found.toSorted((a, b) => a.used - b.used)) {
    if (sum <= limit) return;
    await rm(path, { force: true });
    sum -= size;
  }
}
