/**
 * What git or a caller's wish about a repository can fail with:
 * - `unknown_revision` no branch, tag or commit of that name
 * - `unknown_path` the commit has nothing there
 * - `invalid_ref_name` no branch or tag may be called so
 * - `invalid_path` no file may be called so
 * - `ref_exists` the branch or tag is already there, or its name collides with another's folder
 * - `stale` somebody else moved the ref in the meantime: read it again
 * - `file_exists`, `directory_exists`, `file_missing`, `file_changed` an action of a commit does not fit
 * - `branch_missing` a commit for a branch that does not exist, and nothing to start it from
 * - `too_large` an answer above the caller's limit
 * - `bad_request` a client of the smart protocol that does not speak it
 * - `failed` git ended with an error; the message has its last words
 */
export type GitErrorCode =
  | 'unknown_revision'
  | 'unknown_path'
  | 'invalid_ref_name'
  | 'invalid_path'
  | 'ref_exists'
  | 'stale'
  | 'file_exists'
  | 'directory_exists'
  | 'file_missing'
  | 'file_changed'
  | 'branch_missing'
  | 'too_large'
  | 'bad_request'
  | 'failed';

export class GitError extends Error {
  readonly code: GitErrorCode;

  constructor(code: GitErrorCode, message: string) {
    super(message);
    this.name = 'GitError';
    this.code = code;
  }
}
