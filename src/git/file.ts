import { createHash } from 'node:crypto';
import { finished, PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GitError } from './git-error.ts';
import { findEntry } from './tree.ts';
import { lastCommitId } from './list-commits.ts';
import type { Repository } from './repository.ts';
import { exitCode, spawnGit, type GitChild } from './run-git.ts';

/** A file in a commit. */
export interface File {
  file_name: string;
  file_path: string;
  /** Bytes. */
  size: number;
  blob_id: string;
  /** The newest commit that changed it. */
  last_commit_id: string;
  execute_filemode: boolean;
}

/** The file at `path`; undefined when there is none, or a folder or submodule. */
export async function findFile(
  repository: Repository,
  commit_id: string,
  path: string,
): Promise<File | undefined> {
  const entry = await findEntry(repository, commit_id, path);
  if (entry?.type !== 'blob') return undefined;
  const [info, last_commit_id] = await Promise.all([
    repository.objects.info(entry.id),
    lastCommitId(repository, commit_id, path),
  ]);
  return {
    file_name: entry.name,
    file_path: entry.path,
    size: info?.size ?? 0,
    blob_id: entry.id,
    last_commit_id: last_commit_id ?? commit_id,
    execute_filemode: entry.mode === '100755',
  };
}

/**
 * The bytes of the file at `path`, for files that are small by nature, like `.gitlab-ci.yml`; undefined
 * when there is none.
 * @throws GitError `too_large` above `limit` bytes
 */
export async function readFileAt(
  repository: Repository,
  commit_id: string,
  path: string,
  limit?: number,
): Promise<Buffer | undefined> {
  const entry = await findEntry(repository, commit_id, path);
  if (entry?.type !== 'blob') return undefined;
  return (await repository.objects.read(entry.id, limit))?.content;
}

/**
 * The bytes of a blob of any size, from a process of its own, which ends with the stream. The stream
 * fails when git does.
 */
export function openBlob(repository: Repository, blob_id: string): Readable {
  if (!/^[0-9a-f]{40}$/.test(blob_id)) throw new GitError('unknown_path', blob_id);
  const child = spawnGit(repository, ['cat-file', 'blob', blob_id]);
  child.stdin.on('error', () => {}).end();
  child.stderr.resume();
  const blob = new PassThrough();
  child.stdout.pipe(blob, { end: false });
  finished(blob, () => {
    child.kill();
    child.stdout.resume();
  });
  void endWith(blob, child);
  return blob;
}

/** The SHA-256 of a blob of any size, in hexadecimal digits. */
export async function blobSha256(repository: Repository, blob_id: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(openBlob(repository, blob_id), hash);
  return hash.digest('hex');
}

/** The stream ends well only if git does. */
async function endWith(blob: PassThrough, child: GitChild) {
  try {
    const code = await exitCode(child);
    if (code === 0) blob.end();
    else blob.destroy(new GitError('failed', `git cat-file ended with ${code}`));
  } catch (error) {
    blob.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
