import { GitError } from './git-error.ts';
import { isBranchName, isRevision, isTagName } from './ref-name.ts';
import type { Repository } from './repository.ts';

/**
 * The SHA of the commit that a branch, tag, ref, SHA or short SHA names, as git itself decides between
 * them; undefined when there is none.
 */
export async function findCommitId(repository: Repository, revision: string): Promise<string | undefined> {
  if (!isRevision(revision)) return undefined;
  return (await repository.objects.info(`${revision}^{commit}`))?.id;
}

/** @throws GitError `unknown_revision` where `findCommitId` finds nothing */
export async function resolveCommitId(repository: Repository, revision: string): Promise<string> {
  const id = await findCommitId(repository, revision);
  if (id === undefined) throw new GitError('unknown_revision', revision);
  return id;
}

/** The commit at the tip of the branch. */
export async function findBranchTip(repository: Repository, branch: string): Promise<string | undefined> {
  if (!isBranchName(branch)) return undefined;
  return (await repository.objects.info(`refs/heads/${branch}^{commit}`))?.id;
}

/** The commit of the tag; undefined also for a tag of something else. */
export async function findTagCommit(repository: Repository, tag: string): Promise<string | undefined> {
  if (!isTagName(tag)) return undefined;
  return (await repository.objects.info(`refs/tags/${tag}^{commit}`))?.id;
}
