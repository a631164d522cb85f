import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CatFilePool, type GitObject, type ObjectInfo } from './cat-file.ts';
import { GitError } from './git-error.ts';
import { syncFolder } from './sync-folders.ts';
import { gitEnvironment, runGit, type GitFolder } from './run-git.ts';
import { isBranchName } from './ref-name.ts';

/** The id in place of a commit where there is none: before a branch's creation, after its deletion. */
export const ZERO_SHA = '0'.repeat(40);

/** The oldest git that has all that is used here. */
const OLDEST_GIT = [2, 38] as const;

/** A bare repository and a way to read its objects. */
export interface Repository extends GitFolder {
  readonly objects: ObjectReader;
}

/** Reads by `<revision>` or `<revision>:<path>`, both checked before: see `isRevision` and `isPath`. */
export interface ObjectReader {
  /** undefined when there is no such object. */
  info(name: string): Promise<ObjectInfo | undefined>;
  /** @throws GitError `too_large` above `limit` bytes (8 MiB unless told) */
  read(name: string, limit?: number): Promise<GitObject | undefined>;
}

/** The repositories of all projects: one bare repository a project, named by its id. */
export class Repositories {
  readonly #root: string;
  readonly #environment: Record<string, string>;
  readonly #objects: CatFilePool;

  /** `searchPath`: where the git program is found, as in PATH. */
  constructor(root: string, searchPath: string, objects = new CatFilePool()) {
    this.#root = root;
    this.#environment = gitEnvironment(searchPath);
    this.#objects = objects;
  }

  /** The project's repository; it need not exist yet. */
  of(project_id: number): Repository {
    const where: GitFolder = {
      folder: join(this.#root, `${project_id}.git`),
      environment: this.#environment,
    };
    const pool = this.#objects;
    return {
      ...where,
      objects: {
        info: (name) => pool.info(where, name),
        read: (name, limit) => pool.read(where, name, limit),
      },
    };
  }

  /**
   * Makes the project's empty repository; one that is there is left as it is. It appears whole or not at
   * all, whenever the server dies.
   * @throws GitError `invalid_ref_name` for the default branch
   */
  async create(project_id: number, default_branch: string): Promise<Repository> {
    const repository = this.of(project_id);
    if (!isBranchName(default_branch)) throw new GitError('invalid_ref_name', default_branch);
    const draft = `${repository.folder}.new`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    const init = ['init', '--quiet', '--bare', '--template=', '-b', default_branch, draft];
    await runGit({ ...repository, folder: draft }, init);
    await syncFolder(draft);
    await rename(draft, repository.folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      await rm(draft, { recursive: true, force: true });
    });
    await syncFolder(dirname(repository.folder));
    return repository;
  }

  /** Deletes the project's repository, if there is one. */
  async delete(project_id: number): Promise<void> {
    const { folder } = this.of(project_id);
    await this.#objects.forget(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Ends the processes that read objects. */
  close(): Promise<void> {
    return this.#objects.close();
  }
}

/** Which branch a clone checks out; it need not exist. */
export async function setDefaultBranch(repository: Repository, branch: string): Promise<void> {
  if (!isBranchName(branch)) throw new GitError('invalid_ref_name', branch);
  await runGit(repository, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
}

/**
 * Says in one sentence what is wrong with the git found on `searchPath`; undefined when nothing is.
 */
export async function gitProblem(searchPath: string, folder: string): Promise<string | undefined> {
  const needed = OLDEST_GIT.join('.');
  try {
    const where = { folder, environment: gitEnvironment(searchPath) };
    const version = (await runGit(where, ['--version'])).toString();
    const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
    const isOld = major < OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor < OLDEST_GIT[1]);
    return isOld ? `${version.trim()} is too old: install git ${needed} or newer.` : undefined;
  } catch {
    return `There is no git on the PATH: install git ${needed} or newer.`;
  }
}
