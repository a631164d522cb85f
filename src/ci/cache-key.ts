import { createHash } from 'node:crypto';
import type { CacheConfig } from './config.ts';
import type { CacheSpec } from './plan.ts';

/** What the keys of caches are made of: the digest of each file, null when there is no such file. */
export type FileDigests = ReadonlyMap<string, string | null>;

/** Reads the files that keys are made of, each once. */
export async function digestKeyFiles(
  caches: Iterable<CacheConfig>,
  fetchFile: (path: string) => Promise<string | null>,
): Promise<FileDigests> {
  const digests = new Map<string, string | null>();
  for (const { key } of caches) {
    if (typeof key === 'string') continue;
    for (const path of key.files) {
      if (digests.has(path)) continue;
      const text = await fetchFile(path.replace(/^\/+/, ''));
      digests.set(path, text === null ? null : sha1(text));
    }
  }
  return digests;
}

/** The cache with its key made out: the same files give the same key; without any of them it is `default`. */
export function withKey(cache: CacheConfig, digests: FileDigests): CacheSpec {
  const { key } = cache;
  if (typeof key === 'string') return { ...cache, key };
  const found = key.files.flatMap((path) => digests.get(path) ?? []);
  const digest = found.length > 0 ? sha1(found.toSorted().join('-')) : 'default';
  return { ...cache, key: key.prefix ? `${key.prefix}-${digest}` : digest };
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
