import { GitError } from './git-error.ts';
import { isPath } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { eachRecord } from './run-git.ts';

/** What a folder of a commit contains, as the API shows it. */
export interface TreeEntry {
  id: string;
  name: string;
  /** `commit` is a submodule. */
  type: 'tree' | 'blob' | 'commit';
  path: string;
  /** `100644` file, `100755` executable, `120000` symbolic link, `040000` folder, `160000` submodule. */
  mode: string;
}

/** A folder of so many bytes (some hundred thousand entries) is read into memory. */
const TREE_LIMIT = 32 * 1024 * 1024;

/**
 * The entries of a folder (`path` empty for the root), or with `recursive` of everything below it:
 * folders first, then files, then submodules, each in git's order.
 * @throws GitError `unknown_path` when the commit has no such folder
 */
export async function listTree(
  repository: Repository,
  commit_id: string,
  options: { path?: string | undefined; recursive?: boolean | undefined } = {},
): Promise<TreeEntry[]> {
  const path = (options.path ?? '').replace(/^\/+|\/+$/g, '');
  const entries = options.recursive
    ? await readTreeBelow(repository, commit_id, path)
    : await readTree(repository, commit_id, path);
  if (!entries) throw new GitError('unknown_path', path);
  const of = (type: TreeEntry['type']) => entries.filter((entry) => entry.type === type);
  return [...of('tree'), ...of('blob'), ...of('commit')];
}

/** The entry at `path`; undefined when the commit has nothing there. */
export async function findEntry(
  repository: Repository,
  commit_id: string,
  path: string,
): Promise<TreeEntry | undefined> {
  if (!isPath(path)) return undefined;
  const slash = path.lastIndexOf('/');
  const siblings = await readTree(repository, commit_id, path.slice(0, Math.max(slash, 0)));
  return siblings?.find((entry) => entry.path === path);
}

/**
 * The paths of all files of a commit, of its topmost folder alone unless `recursive`; links count as files, submodules
 * do not. At most `limit`.
 */
export async function listFiles(
  repository: Repository,
  commit_id: string,
  { recursive, limit }: { recursive: boolean; limit: number },
): Promise<string[]> {
  const paths: string[] = [];
  const args = ['ls-tree', ...(recursive ? ['-r'] : []), '-z', commit_id];
  await eachRecord(repository, args, (record) => {
    const [, type, path = ''] = /^\d+ (\w+) [0-9a-f]+\t(.*)$/s.exec(record) ?? [];
    if (type === 'blob') paths.push(path);
    return paths.length < limit;
  });
  return paths;
}

/** The folder's own entries; undefined when there is no such folder. */
async function readTree(repository: Repository, commit_id: string, path: string) {
  if (path !== '' && !isPath(path)) return undefined;
  const name = path === '' ? `${commit_id}^{tree}` : `${commit_id}:${path}`;
  const info = await repository.objects.info(name);
  if (info?.type !== 'tree') return undefined;
  const tree = await repository.objects.read(info.id, TREE_LIMIT);
  return tree && parseTree(tree.content, path);
}

async function readTreeBelow(repository: Repository, commit_id: string, path: string) {
  if (path !== '' && !isPath(path)) return undefined;
  const info = await repository.objects.info(path === '' ? `${commit_id}^{tree}` : `${commit_id}:${path}`);
  if (info?.type !== 'tree') return undefined;
  const entries: TreeEntry[] = [];
  await eachRecord(repository, ['ls-tree', '-r', '-t', '-z', info.id], (record) => {
    const [, mode = '', type = '', id = '', below = ''] =
      /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(record) ?? [];
    const full = path === '' ? below : `${path}/${below}`;
    const name = below.slice(below.lastIndexOf('/') + 1);
    entries.push({ id, name, type: type as TreeEntry['type'], path: full, mode });
  });
  return entries;
}

/** A tree object: `<mode> <name> NUL <20 bytes of SHA>`, again and again. */
function parseTree(content: Buffer, folder: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const mode = content.toString('latin1', at, space).padStart(6, '0');
    const name = content.toString('utf8', space + 1, end);
    const id = content.toString('hex', end + 1, end + 21);
    entries.push({ id, name, type: typeOf(mode), path: folder === '' ? name : `${folder}/${name}`, mode });
    at = end + 21;
  }
  return entries;
}

function typeOf(mode: string): TreeEntry['type'] {
  if (mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}
