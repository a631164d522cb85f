import type { Stats } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, posix, relative } from 'node:path';
import picomatch from 'picomatch';

/** As GitLab's globs: a star matches dotfiles too; `!` and extended globs mean nothing. */
const GLOB = { dot: true, nonegate: true, noextglob: true };

export interface Selected {
  /** Relative to the project, with slashes. */
  path: string;
  stats: Stats;
}

export interface Wish {
  paths: string[];
  exclude: string[];
  /** Paths that git does not know, or nothing. */
  untracked: string[] | undefined;
}

/** Something to tell the reader of the log. */
export type Remark = (kind: 'info' | 'warning', text: string) => void;

/**
 * Finds the files, folders and links that a job wants kept. Folders are taken with all they hold; links are
 * taken as links; nothing outside the project is reached, neither by `..` nor through a link.
 * @returns them in the order of their paths.
 */
export async function selectFiles(project: string, wish: Wish, remark: Remark): Promise<Selected[]> {
  const root = await realpath(project);
  const isExcluded = wish.exclude.length > 0 ? picomatch(wish.exclude.map(tidy), GLOB) : () => false;
  const selection = new Selection(root, isExcluded);
  for (const wanted of wish.paths) {
    const pattern = tidy(isAbsolute(wanted) ? fromProject(wanted, project, root) : wanted);
    if (pattern === '..' || pattern.startsWith('../') || isAbsolute(pattern)) {
      remark('warning', `${wanted}: lies outside the project, and is left out`);
      continue;
    }
    const before = selection.size;
    await selection.add(pattern);
    const matched = selection.size - before;
    if (matched > 0) remark('info', `${wanted}: found ${matched} matching files and folders`);
    else remark('warning', `${wanted}: no matching files`);
  }
  if (wish.untracked) {
    const before = selection.size;
    for (const path of wish.untracked) await selection.addTree(path.replace(/\/$/, ''));
    const matched = selection.size - before;
    if (matched > 0) remark('info', `untracked: found ${matched} files`);
    else remark('warning', 'untracked: no files');
  }
  return selection.sorted();
}

class Selection {
  readonly #root: string;
  readonly #isExcluded: (path: string) => boolean;
  readonly #found = new Map<string, Stats>();

  constructor(root: string, isExcluded: (path: string) => boolean) {
    this.#root = root;
    this.#isExcluded = isExcluded;
  }

  get size(): number {
    return this.#found.size;
  }

  sorted(): Selected[] {
    const all = [...this.#found].map(([path, stats]) => ({ path, stats }));
    return all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Adds what the pattern matches: the path of that very name, and as a glob. */
  async add(pattern: string): Promise<void> {
    await this.addTree(pattern);
    const { base, isGlob } = picomatch.scan(pattern, GLOB);
    if (!isGlob) return;
    // Without ** and braces, a pattern of n parts matches nothing deeper than n folders.
    const depth = /\*\*|\{/.test(pattern) ? Infinity : pattern.split('/').length;
    if (await this.#isInside(base)) await this.#walk(base, picomatch(pattern, GLOB), depth);
  }

  /** Adds a file, a link, or a folder with all it holds; nothing if there is nothing of that name. */
  async addTree(path: string): Promise<void> {
    if (!(await this.#isInside(posix.dirname(path)))) return;
    const stats = await lstat(join(this.#root, path)).catch(() => undefined);
    if (stats) await this.#take(path, stats);
  }

  async #take(path: string, stats: Stats): Promise<void> {
    const kept = stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
    if (kept && path !== '.' && !this.#isExcluded(path)) this.#found.set(path, stats);
    if (!stats.isDirectory()) return;
    for (const name of await readdir(join(this.#root, path))) {
      const child = posix.join(path, name);
      await this.#take(child, await lstat(join(this.#root, child)));
    }
  }

  async #walk(folder: string, matches: (path: string) => boolean, depth: number): Promise<void> {
    const entries = await readdir(join(this.#root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = posix.join(folder, entry.name);
      if (matches(path)) await this.#take(path, await lstat(join(this.#root, path)));
      else if (entry.isDirectory() && path.split('/').length < depth) await this.#walk(path, matches, depth);
    }
  }

  /** Whether the folder really lies in the project, whatever links lead there. */
  async #isInside(folder: string): Promise<boolean> {
    const real = await realpath(join(this.#root, folder)).catch(() => undefined);
    return real !== undefined && isWithin(this.#root, real);
  }
}

/** Whether the path is the folder or lies below it; both must be free of links. */
export function isWithin(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps === '' || (steps !== '..' && !steps.startsWith('../') && !isAbsolute(steps));
}

function fromProject(path: string, project: string, root: string): string {
  const steps = relative(project, path);
  if (isWithin(project, path)) return steps || '.';
  return isWithin(root, path) ? relative(root, path) || '.' : '..';
}

function tidy(pattern: string): string {
  return posix.normalize(pattern).replace(/(?<=.)\/+$/, '');
}
