import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StartError } from '../errors.ts';
import { isBranchName } from '../git/ref-name.ts';
import { askGit, tryGit, type UserGit, userGit, workTreeAround } from './user-git.ts';

/** A folder of files as somebody is working on them, and what its repository says about it. */
export interface WorkTree {
  /** Absolute, links resolved. */
  root: string;
  git: UserGit;
  /** Null: it is in no repository. */
  repository: TreeRepository | null;
  /** The branch that is checked out, or what a pipeline of it is to be called. */
  branch: string;
  default_branch: string;
  /** Full path of the project, as its address tells it. */
  project: string;
}

export interface TreeRepository {
  /** Of this work tree, absolute. */
  git_folder: string;
  objects: string;
  /** Null before the first commit. */
  head: string | null;
  /** The remote that is asked for what the server has. */
  remote: string;
  /** Whether objects of its history may be missing: a clone with a filter, which fetches them as it needs them. */
  partial: boolean;
}

/** What a folder without history calls its branch. */
const MAIN = 'main';

/**
 * Looks at the work tree that `folder` is in, or which it is: a folder with a configuration of its own is one,
 * wherever it stands. Writes nothing.
 * @throws StartError when there is no such folder, or a repository that git does not take
 */
export async function openWorkTree(
  folder: string,
  environment: Record<string, string>,
  file = '.gitlab-ci.yml',
): Promise<WorkTree> {
  if (!existsSync(folder)) throw new StartError(`There is no folder ${folder}.`);
  const given = realpathSync(folder);
  const top = await workTreeAround(userGit(given, environment));
  const isOwn = top === null || (top !== given && existsSync(join(given, file)));
  const root = isOwn ? given : top;
  const git = userGit(root, environment);
  const path = { root, git, project: `local/${projectName(basename(root))}` };
  if (isOwn) return { ...path, repository: null, branch: MAIN, default_branch: MAIN };
  const format = await askGit(git, ['rev-parse', '--show-object-format']);
  if (format !== 'sha1') throw new StartError(`${root} is a ${format} repository, and only sha1 is known.`);
  const repository = await readRepository(git);
  const current = await tryGit(git, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  const default_branch = await defaultBranch(git, repository.remote, current);
  const branch = current !== null && isBranchName(current) ? current : await branchAt(git, default_branch);
  const address = await tryGit(git, ['config', `remote.${repository.remote}.url`]);
  return {
    ...path,
    repository,
    branch,
    default_branch,
    project: projectOf(address ?? '') ?? path.project,
  };
}

async function readRepository(git: UserGit): Promise<TreeRepository> {
  const paths = await askGit(git, [
    'rev-parse',
    '--path-format=absolute',
    '--absolute-git-dir',
    '--git-path',
    'objects',
  ]);
  const [git_folder = '', objects = ''] = paths.split('\n');
  const head = await tryGit(git, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  const remotes = (await askGit(git, ['remote'])).split('\n');
  const remote = remotes.includes('origin') ? 'origin' : (remotes[0] ?? '');
  const filtered = await tryGit(git, [
    'config',
    '--get-regexp',
    String.raw`^remote\..*\.promisor$`,
    '^(true|yes|on|1)$',
  ]);
  return { git_folder, objects, head, remote: remote || 'origin', partial: filtered !== null };
}

async function defaultBranch(git: UserGit, remote: string, current: string | null): Promise<string> {
  const told = await tryGit(git, ['symbolic-ref', '--quiet', '--short', `refs/remotes/${remote}/HEAD`]);
  if (told?.startsWith(`${remote}/`)) return told.slice(remote.length + 1);
  for (const name of [MAIN, 'master'])
    for (const place of [`refs/remotes/${remote}`, 'refs/heads'])
      if ((await tryGit(git, ['rev-parse', '--verify', '--quiet', `${place}/${name}`])) !== null) return name;
  return current !== null && isBranchName(current) ? current : MAIN;
}

/** A branch that a detached HEAD stands on, the default one where it is among them. */
async function branchAt(git: UserGit, default_branch: string): Promise<string> {
  const listed = await tryGit(git, [
    'for-each-ref',
    '--points-at=HEAD',
    '--format=%(refname:short)',
    'refs/heads',
  ]);
  const names = (listed ?? '').split('\n').filter(isBranchName);
  return names.includes(default_branch) ? default_branch : (names[0] ?? default_branch);
}

/** `group/name` of `git@host:group/name.git`, `https://host/group/name.git` and their like. */
export function projectOf(address: string): string | null {
  const path = URL.parse(address)?.pathname ?? /^[^/]*:(.*)$/.exec(address)?.[1];
  const parts = (path ?? '')
    .replace(/\.git\/*$/, '')
    .split('/')
    .filter(Boolean);
  const isPlain = parts.every((part) => /^[\w][\w.-]*$/.test(part));
  const isLocal = path === undefined || address.startsWith('file:');
  return parts.length > 1 && parts.length < 20 && isPlain && !isLocal ? parts.join('/') : null;
}

const projectName = (folder: string) =>
  folder.replace(/[^\w.-]+/g, '-').replace(/^[^\w]+|[.-]+$/g, '') || 'project';
