import { readdir, readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Answer } from '../ci/repository-view.ts';
import { askGit, tryGit } from './user-git.ts';
import type { WorkTree } from './work-tree.ts';

/** Of more it is not known which are there, or have changed, and every rule matches: as on a server. */
const MOST_FILES = 500_000;
const MOST_CHANGES = 50_000;
/** Where a folder without git keeps what is not its own. */
const PASSED_OVER = ['.git', '.jobyard', 'node_modules'];

/** The files of a work tree as a push of it would bring them to a server: with new ones, without those that git ignores. */
export class TreeFiles {
  readonly #tree: WorkTree;
  #paths: Promise<ReadonlySet<string>> | null = null;

  constructor(tree: WorkTree) {
    this.#tree = tree;
  }

  /** The text of a file; null: a server would not have it. */
  async read(path: string): Promise<string | null> {
    if (!(await this.#list()).has(path)) return null;
    return await this.readAnyway(path);
  }

  /** The same of one that git may ignore. Nothing that lies outside of the work tree is read. */
  async readAnyway(path: string): Promise<string | null> {
    const { root } = this.#tree;
    try {
      const file = await realpath(join(root, path));
      const way = relative(root, file);
      return way.startsWith('..') || isAbsolute(way) ? null : await readFile(file, 'utf8');
    } catch {
      return null;
    }
  }

  /** With `recursive` those in folders too. */
  async list(recursive: boolean): Promise<Answer> {
    const paths = [...(await this.#list())];
    return answer(recursive ? paths : paths.filter((path) => !path.includes('/')), MOST_FILES);
  }

  /** What differs from the point at which the history of `ref` has parted. */
  async changedSince(ref: string): Promise<Answer> {
    const { git, repository } = this.#tree;
    const names = [`refs/remotes/${repository?.remote}/${ref}`, ref];
    for (const name of repository?.head ? names : []) {
      const found = await tryGit(git, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
      if (found === null) continue;
      const base = await tryGit(git, ['merge-base', found, 'HEAD']);
      return base === null ? { paths: null } : await this.#changedFrom(base);
    }
    return { unknown: 'ref' };
  }

  /** What a push of the branch would change, as far as is known of the remote; where it would none, what the last commit has. */
  async changedByPush(branch: string): Promise<Answer> {
    const { git, repository } = this.#tree;
    if (!repository?.head) return { paths: null };
    const name = `refs/remotes/${repository.remote}/${branch}`;
    const known = await tryGit(git, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    if (known === null) return { paths: null };
    const changed = await this.#changedFrom(known);
    if (known !== repository.head || ('paths' in changed && changed.paths !== '')) return changed;
    const before = await tryGit(git, ['rev-parse', '--verify', '--quiet', 'HEAD^']);
    return before === null ? { paths: null } : await this.#changedFrom(before);
  }

  /** The newest commit that has changed the file, null when it is not committed. */
  async lastCommit(path: string): Promise<Answer> {
    const { git, repository } = this.#tree;
    const found = repository?.head ? await tryGit(git, ['log', '-1', '--format=%H', '--', path]) : null;
    return { commit: found || null };
  }

  async #changedFrom(commit: string): Promise<Answer> {
    const { git } = this.#tree;
    const [changed, added] = await Promise.all([
      askGit(git, ['diff', '--name-only', '--no-renames', '--no-ext-diff', '-z', commit, '--']),
      askGit(git, ['ls-files', '--others', '--exclude-standard', '-z']),
    ]);
    return answer([...new Set([...lines(changed), ...lines(added)])], MOST_CHANGES);
  }

  #list(): Promise<ReadonlySet<string>> {
    this.#paths ??= this.#tree.repository ? this.#listByGit() : this.#walk();
    return this.#paths;
  }

  async #listByGit(): Promise<ReadonlySet<string>> {
    const { git } = this.#tree;
    const [all, gone] = await Promise.all([
      askGit(git, ['ls-files', '--cached', '--others', '--exclude-standard', '-z']),
      askGit(git, ['ls-files', '--deleted', '-z']),
    ]);
    const paths = new Set(lines(all));
    for (const path of lines(gone)) paths.delete(path);
    return paths;
  }

  async #walk(): Promise<ReadonlySet<string>> {
    const { root } = this.#tree;
    const paths = new Set<string>();
    const folders = [root];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && !PASSED_OVER.includes(entry.name)) folders.push(path);
        if (!entry.isDirectory()) paths.add(relative(root, path).split(sep).join('/'));
        if (paths.size > MOST_FILES) return paths;
      }
    }
    return paths;
  }
}

const lines = (text: string) => text.split('\0').filter((line) => line !== '');

const answer = (paths: readonly string[], most: number): Answer => ({
  paths: paths.length > most ? null : paths.map((path) => `${path}\0`).join(''),
});
