import type { Repository } from './repository.ts';
import { findBranchTip, findTagCommit } from './revision.ts';

/** A branch or a tag by its short name, with its commit. */
export interface FoundRef {
  name: string;
  tag: boolean;
  sha: string;
}

/** The branch or else the tag of this name, which may be a full one; null when there is none. */
export async function findRef(repository: Repository, given: string): Promise<FoundRef | null> {
  const [, kind, name = given] = /^refs\/(heads|tags)\/(.+)$/s.exec(given) ?? [];
  const branch = kind === 'tags' ? undefined : await findBranchTip(repository, name);
  if (branch !== undefined) return { name, tag: false, sha: branch };
  const tagged = kind === 'heads' ? undefined : await findTagCommit(repository, name);
  return tagged === undefined ? null : { name, tag: true, sha: tagged };
}
