import { GitError } from './git-error.ts';
import { ZERO_SHA, type Repository } from './repository.ts';
import { eachRecord, tryGit } from './run-git.ts';

/** The tree without entries, which every repository knows. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/**
 * The paths of the files that differ between two commits, both of a rename; from or to `ZERO_SHA` all
 * files of the other. At most `limit`.
 */
export async function changedPaths(
  repository: Repository,
  from: string,
  to: string,
  limit = 100_000,
): Promise<string[]> {
  const [before, after] = [from, to].map((id) => (id === ZERO_SHA ? EMPTY_TREE : id));
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', `${before}`, `${after}`];
  const paths: string[] = [];
  await eachRecord(repository, args, (path) => {
    paths.push(path);
    return paths.length < limit;
  });
  return paths;
}

export interface CommitStats {
  additions: number;
  deletions: number;
  total: number;
}

/** Lines that a commit adds and removes, against its first parent. */
export async function commitStats(repository: Repository, commit_id: string): Promise<CommitStats> {
  const parent = await repository.objects.info(`${commit_id}^1`);
  let additions = 0;
  let deletions = 0;
  const args = ['diff-tree', '-r', '-z', '--numstat', '--no-renames', parent?.id ?? EMPTY_TREE, commit_id];
  await eachRecord(repository, args, (record) => {
    const [added, removed] = record.split('\t', 2);
    // A binary file has a dash for both.
    additions += Number(added) || 0;
    deletions += Number(removed) || 0;
  });
  return { additions, deletions, total: additions + deletions };
}

/** The best common ancestor of two commits; undefined when their histories never meet. */
export async function mergeBase(repository: Repository, one: string, other: string) {
  const { code, stdout } = await tryGit(repository, ['merge-base', one, other]);
  return code === 0 ? stdout.toString().trim() : undefined;
}

/** Is everything of `ancestor` also in `commit`? Both are SHAs of commits. */
export async function isAncestor(repository: Repository, ancestor: string, commit: string): Promise<boolean> {
  const { code, stderr } = await tryGit(repository, ['merge-base', '--is-ancestor', ancestor, commit]);
  if (code !== 0 && code !== 1) throw new GitError('failed', `git merge-base ended with ${code}: ${stderr}`);
  return code === 0;
}
