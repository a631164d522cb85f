import { readCommits, type Commit } from './commit.ts';
import type { Repository } from './repository.ts';
import { isPath } from './ref-name.ts';
import { resolveCommitId } from './revision.ts';
import { runGit } from './run-git.ts';

export interface CommitsWanted {
  /** A revision, or a range of two: `v1..main`, `v1...main`. */
  ref_name: string;
  /** Only commits that change this file or folder. */
  path?: string | undefined;
  /** Milliseconds since 1970, by the committer's date. */
  since?: number | undefined;
  until?: number | undefined;
  /** A part of the author's name or email. */
  author?: string | undefined;
  first_parent?: boolean | undefined;
  /** Commits of every branch and tag instead of `ref_name`'s. */
  all?: boolean | undefined;
  order?: 'default' | 'topo' | undefined;
  offset: number;
  /** Ask for one more than a page to learn whether another page follows. */
  limit: number;
}

/**
 * Commits, newest first.
 * @throws GitError `unknown_revision`
 */
export async function listCommits(repository: Repository, wanted: CommitsWanted): Promise<Commit[]> {
  const args = ['rev-list', `--skip=${wanted.offset}`, `--max-count=${wanted.limit}`];
  if (wanted.since !== undefined) args.push(`--max-age=${Math.ceil(wanted.since / 1000)}`);
  if (wanted.until !== undefined) args.push(`--min-age=${Math.floor(wanted.until / 1000)}`);
  if (wanted.author !== undefined) args.push('--fixed-strings', `--author=${wanted.author}`);
  if (wanted.first_parent) args.push('--first-parent');
  if (wanted.order === 'topo') args.push('--topo-order');
  if (wanted.all) args.push('--branches', '--tags');
  else args.push(await resolveRange(repository, wanted.ref_name));
  args.push('--');
  const path = wanted.path?.replace(/\/+$/, '');
  if (path) {
    if (!isPath(path)) return [];
    args.push(path);
  }
  const ids = (await runGit(repository, args)).toString().split('\n').filter(Boolean);
  return readCommits(repository, ids);
}

/** Ranges are resolved here, so that git is only ever given SHAs. */
async function resolveRange(repository: Repository, ref_name: string): Promise<string> {
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/s.exec(ref_name) ?? [];
  if (dots === undefined) return resolveCommitId(repository, ref_name);
  const ends = [from, to].map((end) => resolveCommitId(repository, end || 'HEAD'));
  return (await Promise.all(ends)).join(dots);
}

/** The newest commit, up to `commit_id`, that changed the file or folder; undefined when none did. */
export async function lastCommitId(repository: Repository, commit_id: string, path: string) {
  if (!isPath(path)) return undefined;
  const output = await runGit(repository, ['rev-list', '--max-count=1', commit_id, '--', path]);
  return output.toString().trim() || undefined;
}
