import { copyFile, mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ZERO_SHA } from '../git/repository.ts';
import { askGit, tryGit, type UserGit } from './user-git.ts';
import type { TreeRepository, WorkTree } from './work-tree.ts';

/** A work tree as a commit. */
export interface Snapshot {
  sha: string;
  /** What the remote has of the ref, as far as is known; ZERO_SHA: nothing. */
  before_sha: string;
  /** Whether it is more than the commit that is checked out. */
  changed: boolean;
  /** Paths of submodules, of which only the commit is in it. */
  submodules: string[];
  /** Paths of repositories within that have no commit: nobody could push what is in them. */
  passed_over: string[];
}

/** Of which ref the commit is to be. */
interface Ref {
  name: string;
  tag: boolean;
}

/**
 * Makes a commit of the work tree as it is, files that git ignores left out, in the bare repository `target`, with the
 * refs that the remote has. Nothing of the user's repository is written: its objects are borrowed, and all that is new
 * goes to the target, through an index of its own.
 * @throws StartError with git's words, for a file that cannot be read
 */
export async function takeSnapshot(tree: WorkTree, target: string, ref: Ref): Promise<Snapshot> {
  const index = join(target, 'snapshot-index');
  const { repository } = tree;
  const git: UserGit = {
    ...tree.git,
    environment: {
      ...tree.git.environment,
      GIT_DIR: repository?.git_folder ?? target,
      GIT_WORK_TREE: tree.root,
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: join(target, 'objects'),
      ...(repository && { GIT_ALTERNATE_OBJECT_DIRECTORIES: repository.objects }),
    },
  };
  if (repository) await borrow(tree.git, repository, target, index);
  const { id, passed_over } = await writeTree(git);
  const head = repository?.head ?? null;
  const changed = head === null || id !== (await askGit(git, ['rev-parse', `${head}^{tree}`]));
  const sha = changed ? await commit(git, id, head) : head;
  // The files of earlier commits may be missing, and nobody who asks the target for them could have them fetched.
  if (repository?.partial) await writeFile(join(target, 'shallow'), `${sha}\n`);
  const refs = await refsOf(tree);
  const known = ref.tag ? undefined : refs.get(`refs/heads/${ref.name}`);
  refs.set(`refs/${ref.tag ? 'tags' : 'heads'}/${ref.name}`, sha);
  await writeFile(join(target, 'packed-refs'), [...refs].map(([name, at]) => `${at} ${name}\n`).join(''));
  const submodules = await submodulesIn(git);
  return { sha, before_sha: await before(git, sha, known), changed, submodules, passed_over };
}

/** What the target has of the user's repository without a copy; and where its history is cut off. */
async function borrow(own: UserGit, { objects }: TreeRepository, target: string, index: string) {
  const quoted = /^"|\n/.test(objects) ? JSON.stringify(objects) : objects;
  await mkdir(join(target, 'objects', 'info'), { recursive: true });
  await writeFile(join(target, 'objects', 'info', 'alternates'), `${quoted}\n`);
  const paths = ['rev-parse', '--path-format=absolute', '--git-path', 'shallow', '--git-path', 'index'];
  const [shallow = '', known = ''] = (await askGit(own, paths)).split('\n');
  await copyFile(shallow, join(target, 'shallow')).catch(ignoreMissing);
  // Of the files that it knows only those are read that have changed since.
  const { mtimeMs } = await copyFile(known, index).then(() => stat(known), ignoreMissing);
  // What was written just before the index may have been written again just after: as git, it looks at those once more.
  if (mtimeMs !== undefined) await utimes(index, mtimeMs / 1000 - 2, mtimeMs / 1000 - 2);
}

function ignoreMissing(error: NodeJS.ErrnoException): { mtimeMs?: undefined } {
  if (error.code !== 'ENOENT') throw error;
  return {};
}

/** Large files are committed as they lie there: the pointers in their place would lead a job nowhere. */
const WHOLE_FILES = ['clean=', 'smudge=', 'process=', 'required=false'].flatMap((setting) => [
  '-c',
  `filter.lfs.${setting}`,
]);

async function writeTree(git: UserGit): Promise<{ id: string; passed_over: string[] }> {
  await mkdir(dirname(git.environment['GIT_INDEX_FILE'] ?? ''), { recursive: true });
  const large = await askGit(git, ['ls-files', '-z', '--', ':(attr:filter=lfs)']);
  if (large !== '') await askGit(git, ['update-index', '--force-remove', '-z', '--stdin'], large);
  const passed_over = await addAll(git);
  return { id: await askGit(git, ['write-tree']), passed_over };
}

/** Adds everything but what git refuses to, which is answered. */
async function addAll(git: UserGit): Promise<string[]> {
  const refused: string[] = [];
  for (;;) {
    const others = refused.map((path) => `:(top,literal,exclude)${path}`);
    const paths = others.length > 0 ? ['--', ':/', ...others] : [];
    const error = await askGit(git, [...WHOLE_FILES, 'add', '--all', ...paths]).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error === null) return refused;
    const path = /error: '(.+)\/' does not have a commit checked out$/m.exec(String(error))?.[1];
    if (path === undefined || refused.includes(path)) throw error;
    refused.push(path);
  }
}

async function commit(git: UserGit, id: string, head: string | null): Promise<string> {
  const title =
    head === null
      ? 'Files that are not committed'
      : `Changes on ${await askGit(git, ['log', '-1', '--format=%h (%s)', head])}`;
  const parents = head === null ? [] : ['-p', head];
  const known = await tryGit(git, ['var', 'GIT_COMMITTER_IDENT']);
  const somebody = known === null ? ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@localhost'] : [];
  return await askGit(git, [...somebody, 'commit-tree', id, ...parents, '-F', '-'], title);
}

/** The branches and tags that the remote had when it was last asked; and those that it has not. */
async function refsOf({ git, repository }: WorkTree): Promise<Map<string, string>> {
  if (!repository) return new Map();
  const remote = `refs/remotes/${repository.remote}/`;
  const listed = await askGit(git, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/heads',
    'refs/tags',
    remote,
  ]);
  const refs = new Map<string, string>();
  // Sorted by name: those of the remote come after the own ones, and count.
  for (const line of listed.split('\n')) {
    const [sha = '', name = ''] = line.split(' ');
    const branch = name.startsWith(remote) ? name.slice(remote.length) : null;
    if (name !== '' && branch !== 'HEAD') refs.set(branch === null ? name : `refs/heads/${branch}`, sha);
  }
  return refs;
}

/** What a push of this commit would replace; where there is nothing to push, the commit before. */
async function before(git: UserGit, sha: string, known: string | undefined): Promise<string> {
  if (known !== undefined && known !== sha) return known;
  if (known === undefined) return ZERO_SHA;
  return (await tryGit(git, ['rev-parse', '--verify', '--quiet', `${sha}^`])) ?? ZERO_SHA;
}

async function submodulesIn(git: UserGit): Promise<string[]> {
  const listed = await askGit(git, ['ls-files', '--stage', '-z', '--', ':(top)']);
  return listed.split('\0').flatMap((line) => /^160000 [^\t]*\t(.*)$/s.exec(line)?.[1] ?? []);
}
