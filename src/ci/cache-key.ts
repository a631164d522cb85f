import { createHash } from 'node:crypto';
import type { CacheConfig, CacheKeyFiles } from './config.ts';
import type { CacheSpec } from './plan.ts';
import type { RepositoryView } from './repository-view.ts';

/** What the keys of caches are made of: for each file its digest or commit, null when there is no such file. */
export type FileDigests = ReadonlyMap<string, string | null>;

/** Reads the files that keys are made of, or looks up the commits that have changed them, each once. */
export async function digestKeyFiles(
  caches: Iterable<CacheConfig>,
  fetchFile: (path: string) => Promise<string | null>,
  view: RepositoryView,
): Promise<FileDigests> {
  const digests = new Map<string, string | null>();
  for (const { key } of caches) {
    if (typeof key === 'string') continue;
    for (const path of key.files) {
      if (digests.has(nameOf(path, key))) continue;
      const inside = path.replace(/^\/+/, '');
      const text = key.by_commit ? await view.lastCommit(inside) : await fetchFile(inside);
      digests.set(nameOf(path, key), text === null || key.by_commit ? text : sha1(text));
    }
  }
  return digests;
}

const nameOf = (path: string, { by_commit }: CacheKeyFiles) => (by_commit ? `commit of ${path}` : path);

/** The cache with its key made out: the same files give the same key; without any of them it is `default`. */
export function withKey(cache: CacheConfig, digests: FileDigests): CacheSpec {
  const { key } = cache;
  if (typeof key === 'string') return { ...cache, key };
  const found = key.files.flatMap((path) => digests.get(nameOf(path, key)) ?? []);
  const digest = found.length > 0 ? sha1(found.toSorted().join('-')) : 'default';
  return { ...cache, key: key.prefix ? `${key.prefix}-${digest}` : digest };
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
