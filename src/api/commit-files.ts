import { type ApiError, apiError, badParameters } from '../errors.ts';
import { type FileAction, writeCommit } from '../git/commit-files.ts';
import { GitError, type GitErrorCode } from '../git/git-error.ts';
import { isEmpty } from '../git/refs.ts';
import { isPath } from '../git/ref-name.ts';
import { findBranchTip, findCommitId } from '../git/revision.ts';
import type { Parts } from '../parts.ts';
import { mayPush } from '../projects/may-update-ref.ts';
import { type PushCall, pushUpdates } from './push-updates.ts';
import { userOf } from './reader.ts';

/** Bytes of a request that brings files: they pass through memory. */
export const FILES_LIMIT = 16 * 1024 * 1024;

/** A commit as a request asks for it. */
export interface CommitParams {
  branch: string;
  commit_message: string;
  start_branch?: string;
  start_sha?: string;
  force?: boolean;
  author_email?: string;
  author_name?: string;
}

/** What GitLab says when an action does not fit. `file_changed` differs by route. */
const REASONS: Partial<Record<GitErrorCode, string>> = {
  branch_missing: 'You can only create or edit files when you are on a branch',
  file_exists: 'A file with this name already exists',
  directory_exists: 'A directory with this name already exists',
  file_missing: "A file with this name doesn't exist",
  invalid_path: 'Path cannot include directory traversal or the name of git’s own folder',
};

/**
 * Commits files for a caller, as a push: it has its pipeline when this answers the commit's SHA.
 * `changedText` is what is said when a newer commit has changed a file.
 * @throws 400 with the reason in GitLab's words
 */
export async function commitFiles(
  parts: Parts,
  call: PushCall,
  params: CommitParams,
  actions: readonly FileAction[],
  changedText: (path: string) => string,
): Promise<string> {
  const { db, clock, repositories } = parts;
  const { branch, force = false } = params;
  const repository = repositories.of(call.project.id);
  if (!(await mayPush(db.read, call.project.id, call.role, branch, { force })))
    throw apiError('plain', 'You are not allowed to push into this branch');
  const start = await startOf(parts, call, params);
  const committer = userOf(call.caller);
  const author = {
    name: params.author_name || committer.name,
    email: params.author_email || committer.email,
  };
  try {
    const update = await writeCommit(repository, {
      branch,
      start_branch: start,
      overwrite: force,
      message: params.commit_message,
      actions,
      author,
      committer,
      now: clock(),
    });
    await pushUpdates(parts, call, [{ ...update, forced: force && start !== undefined }]);
    return update.new;
  } catch (error) {
    if (error instanceof GitError) throw refusalOf(error, branch, changedText) ?? error;
    throw error;
  }
}

/** The revision from which a new branch starts; undefined for the branch's own tip. */
async function startOf(
  { repositories }: Parts,
  { project }: PushCall,
  { branch, start_branch, start_sha }: CommitParams,
): Promise<string | undefined> {
  const repository = repositories.of(project.id);
  if (start_sha !== undefined) {
    if (start_branch !== undefined) throw apiError('plain', "You can't pass both start_branch and start_sha");
    if (!/^[0-9a-f]{40}$/.test(start_sha)) throw apiError('plain', `Invalid start_sha '${start_sha}'`);
    if (!(await findCommitId(repository, start_sha)))
      throw apiError('plain', `Cannot find start_sha '${start_sha}'`);
    return start_sha;
  }
  if (start_branch === undefined || start_branch === branch) return undefined;
  if (await findBranchTip(repository, start_branch)) return `refs/heads/${start_branch}`;
  // Where there is nothing to start from, the commit is the first.
  if (await isEmpty(repository)) return undefined;
  throw apiError('plain', REASONS.branch_missing);
}

function refusalOf(
  { code, message }: GitError,
  branch: string,
  changedText: (path: string) => string,
): ApiError | null {
  if (code === 'file_changed') return apiError('plain', changedText(message));
  if (code === 'ref_exists')
    return apiError(
      'plain',
      `A branch called '${branch}' already exists. Switch to that branch in order to make changes`,
    );
  if (code === 'invalid_ref_name')
    return apiError(
      'plain',
      `Something went wrong when we tried to create '${branch}' for you: Branch name is invalid`,
    );
  const reason = REASONS[code];
  return reason === undefined ? null : apiError('plain', reason);
}

/** @throws 400 for what no file's path can be */
export function checkFilePath(file_path: string): void {
  if (!isPath(file_path)) throw badParameters(['file_path should be a valid file path']);
}

/** A file's bytes as a request brings them. */
export const contentOf = (content: string, encoding: 'text' | 'base64') =>
  Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
