import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GitError } from './git-error.ts';
import { isBranchName, isWritablePath } from './ref-name.ts';
import { lastCommitId } from './list-commits.ts';
import { isEmpty } from './refs.ts';
import { ZERO_SHA, type Repository } from './repository.ts';
import { findBranchTip, resolveCommitId } from './revision.ts';
import { exitCode, lastWords, spawnGit } from './run-git.ts';
import { syncPacks } from './sync-folders.ts';
import { findEntry } from './tree.ts';
import { formatPerson, type Person, type RefUpdate } from './update-refs.ts';

/** One step of a commit. With `last_commit_id` it is refused when a newer commit changed the file. */
export type FileAction = { file_path: string } & (
  | { action: 'create'; content: Buffer; execute_filemode?: boolean | undefined }
  | {
      action: 'update';
      content: Buffer;
      execute_filemode?: boolean | undefined;
      last_commit_id?: string | undefined;
    }
  | { action: 'delete'; last_commit_id?: string | undefined }
  | {
      action: 'move';
      previous_path: string;
      /** The moved file's own when it is left out. */
      content?: Buffer | undefined;
      last_commit_id?: string | undefined;
    }
  | { action: 'chmod'; execute_filemode: boolean; last_commit_id?: string | undefined }
);

export interface CommitWish {
  branch: string;
  /** For a branch that does not exist: the revision from which it is made. */
  start_branch?: string | undefined;
  /** A branch that does exist is made anew from `start_branch`, whatever it has. */
  overwrite?: boolean | undefined;
  message: string;
  actions: readonly FileAction[];
  author: Person;
  committer: Person;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Writes a commit with these actions, one after the other, and answers the update that puts it on its
 * branch; nothing has changed before that update is made. In a repository without branches the commit is
 * the first one.
 * @throws GitError `invalid_ref_name`, `invalid_path`, `branch_missing`, `unknown_revision`, `ref_exists`
 * (a start for a branch that exists), `file_exists`, `directory_exists`, `file_missing`, `file_changed`
 */
export async function writeCommit(repository: Repository, wish: CommitWish): Promise<RefUpdate> {
  if (!isBranchName(wish.branch)) throw new GitError('invalid_ref_name', wish.branch);
  const tip = await findBranchTip(repository, wish.branch);
  const starts = wish.start_branch !== undefined && wish.start_branch !== wish.branch;
  if (tip && starts && !wish.overwrite) throw new GitError('ref_exists', wish.branch);
  const parent = tip && !starts ? tip : await startOf(repository, wish);
  const draft = new Draft(repository, parent);
  for (const action of wish.actions) await draft.apply(action);
  const id = await importCommit(repository, wish, parent, draft.files);
  await syncPacks(repository);
  return { ref: `refs/heads/${wish.branch}`, old: tip ?? ZERO_SHA, new: id };
}

async function startOf(repository: Repository, wish: CommitWish): Promise<string | undefined> {
  if (wish.start_branch !== undefined && wish.start_branch !== wish.branch)
    return resolveCommitId(repository, wish.start_branch);
  if (await isEmpty(repository)) return undefined;
  throw new GitError('branch_missing', wish.branch);
}

interface DraftFile {
  mode: string;
  /** The SHA of a blob that exists, or the bytes of a new one. */
  blob: string | Buffer;
}

/** The files of a commit in the making: what the actions changed so far, over the parent's tree. */
class Draft {
  /** Changed files; undefined marks a deleted one. */
  readonly files = new Map<string, DraftFile | undefined>();
  readonly #repository: Repository;
  readonly #parent: string | undefined;

  constructor(repository: Repository, parent: string | undefined) {
    this.#repository = repository;
    this.#parent = parent;
  }

  async apply(action: FileAction): Promise<void> {
    const path = action.file_path;
    if (!isWritablePath(path)) throw new GitError('invalid_path', path);
    switch (action.action) {
      case 'create':
        await this.#mustBeFree(path);
        this.files.set(path, { mode: modeOf(action.execute_filemode), blob: action.content });
        break;
      case 'update': {
        const file = await this.#existing(path, action.last_commit_id);
        const mode = action.execute_filemode === undefined ? file.mode : modeOf(action.execute_filemode);
        this.files.set(path, { mode, blob: action.content });
        break;
      }
      case 'delete':
        await this.#existing(path, action.last_commit_id);
        this.files.set(path, undefined);
        break;
      case 'move': {
        const file = await this.#existing(action.previous_path, action.last_commit_id);
        await this.#mustBeFree(path);
        this.files.set(action.previous_path, undefined);
        this.files.set(path, { mode: file.mode, blob: action.content ?? file.blob });
        break;
      }
      case 'chmod': {
        const file = await this.#existing(path, action.last_commit_id);
        this.files.set(path, { mode: modeOf(action.execute_filemode), blob: file.blob });
        break;
      }
    }
  }

  async #existing(path: string, last_commit_id: string | undefined): Promise<DraftFile> {
    const file = await this.#file(path);
    if (!file) throw new GitError('file_missing', path);
    if (last_commit_id !== undefined && this.#parent !== undefined) {
      const last = await lastCommitId(this.#repository, this.#parent, path);
      if (last !== last_commit_id) throw new GitError('file_changed', path);
    }
    return file;
  }

  async #mustBeFree(path: string): Promise<void> {
    if (await this.#file(path)) throw new GitError('file_exists', path);
    if (await this.#isFolder(path)) throw new GitError('directory_exists', path);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (await this.#file(folder)) throw new GitError('file_exists', folder);
    }
  }

  async #file(path: string): Promise<DraftFile | undefined> {
    if (this.files.has(path)) return this.files.get(path);
    const entry = this.#parent && (await findEntry(this.#repository, this.#parent, path));
    return entry && entry.type !== 'tree' ? { mode: entry.mode, blob: entry.id } : undefined;
  }

  async #isFolder(path: string): Promise<boolean> {
    for (const [changed, file] of this.files) if (file && changed.startsWith(`${path}/`)) return true;
    const entry = this.#parent && (await findEntry(this.#repository, this.#parent, path));
    return entry ? entry.type === 'tree' : false;
  }
}

const modeOf = (executable: boolean | undefined) => (executable ? '100755' : '100644');

const TRIES = 5;
/** Another commit of the same bytes is being written just now, under the same name. */
const TWIN = 'cannot create keep file';

/**
 * Writes blobs, trees and the commit with one `git fast-import`: a single process and a single pack to
 * sync, however many files there are. It must commit to a ref; the one it gets is reset to nothing before
 * it would be written.
 */
async function importCommit(
  repository: Repository,
  wish: CommitWish,
  parent: string | undefined,
  files: Draft['files'],
  tries = TRIES,
): Promise<string> {
  const child = spawnGit(repository, ['fast-import', '--quiet', '--done', '--date-format=raw']);
  const stderr = lastWords(child);
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  const fed = pipeline(commands(wish, parent, files), child.stdin).catch(() => {});
  const code = await exitCode(child);
  await fed;
  const id = Buffer.concat(output).toString().trim();
  if (code === 0 && /^[0-9a-f]{40}$/.test(id)) return id;
  await rm(join(repository.folder, `fast_import_crash_${child.pid}`), { force: true });
  if (tries > 1 && stderr().includes(TWIN)) return importCommit(repository, wish, parent, files, tries - 1);
  throw new GitError('failed', `git fast-import ended with ${code}: ${stderr()}`);
}

function* commands(wish: CommitWish, parent: string | undefined, files: Draft['files']) {
  const scratch = `refs/scratch/${randomUUID()}`;
  yield Buffer.from(
    `commit ${scratch}\nmark :1\n` +
      `author ${formatPerson(wish.author, wish.now)}\n` +
      `committer ${formatPerson(wish.committer, wish.now)}\n`,
  );
  yield* data(Buffer.from(wish.message.replaceAll('\0', '')));
  if (parent !== undefined) yield Buffer.from(`from ${parent}\n`);
  // Deletions first: a file may take the place of a folder.
  for (const [path, file] of files) if (!file) yield Buffer.from(`D ${quote(path)}\n`);
  for (const [path, file] of files) {
    if (!file) continue;
    const isNew = typeof file.blob !== 'string';
    yield Buffer.from(`M ${file.mode} ${isNew ? 'inline' : file.blob} ${quote(path)}\n`);
    if (typeof file.blob !== 'string') yield* data(file.blob);
  }
  yield Buffer.from(`\nget-mark :1\nreset ${scratch}\nfrom ${ZERO_SHA}\n\ndone\n`);
}

function* data(content: Buffer) {
  yield Buffer.from(`data ${content.length}\n`);
  if (content.length > 0) yield content;
  yield Buffer.from('\n');
}

const quote = (path: string) =>
  `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
