import { listRefs } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { findBranchTip, findCommitId, findTagCommit } from '../git/revision.ts';

const SHA = /^[0-9a-f]{40}$/;
const RELEASE = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/;
const PARTIAL = /^(\d{1,9})(?:\.(\d{1,9}))?$/;

export interface FoundVersion {
  sha: string;
  /** The tag, when it is one of a version. */
  version: string | null;
}

/** The refs of a repository, wherever it is; each answers the commit's SHA. */
export interface Refs {
  commit(sha: string): Promise<string | undefined>;
  tag(name: string): Promise<string | undefined>;
  branch(name: string): Promise<string | undefined>;
  /** The names of all tags. */
  tags(): Promise<string[]>;
}

/**
 * The commit that a version of a component names: a full SHA, a tag, a branch, `~latest`, or the beginning of a
 * version, of which the latest is taken. Tags like `1.2.3` and `v1.2.3` are versions; those with more to them are not
 * released.
 */
export async function findVersionAmong(refs: Refs, version: string): Promise<FoundVersion | undefined> {
  if (SHA.test(version)) return found(await refs.commit(version), null);
  const tagged = await refs.tag(version);
  if (tagged !== undefined) return found(tagged, RELEASE.test(version) ? version : null);
  const tip = await refs.branch(version);
  if (tip !== undefined) return found(tip, null);
  const wanted = version === '~latest' ? [] : PARTIAL.exec(version)?.slice(1).filter(Boolean).map(Number);
  if (wanted === undefined) return undefined;
  const latest = latestVersion(await refs.tags(), wanted);
  return latest === undefined ? undefined : found(await refs.tag(latest), latest);
}

/** The same, of a repository of this server. */
export const findVersion = (repository: Repository, version: string) =>
  findVersionAmong(
    {
      commit: (sha) => findCommitId(repository, sha),
      tag: (name) => findTagCommit(repository, name),
      branch: (name) => findBranchTip(repository, name),
      tags: async () => (await listRefs(repository, 'tags')).map(({ name }) => name),
    },
    version,
  );

const found = (sha: string | undefined, version: string | null): FoundVersion | undefined =>
  sha === undefined ? undefined : { sha, version };

/** The tag of the highest version that begins with these numbers. */
export function latestVersion(tags: readonly string[], wanted: readonly number[]): string | undefined {
  return tags
    .map((tag) => ({ tag, numbers: RELEASE.exec(tag)?.slice(1).map(Number) ?? [] }))
    .filter(({ numbers }) => numbers.length > 0 && wanted.every((number, index) => numbers[index] === number))
    .toSorted((a, b) => compare(a.numbers, b.numbers))
    .at(-1)?.tag;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((number, at) => number !== other[at]);
  return index < 0 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
}
