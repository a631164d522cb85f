import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../errors.ts';
import { removeTree } from './remove-tree.ts';

/** `.jobyard` in a work tree: what a run leaves, and while it lasts what it needs. */
export interface RunFolder {
  root: string;
  /** Of the private server; gone after the run, for it holds the values of variables. */
  data: string;
  /** Of the runner: its caches. */
  state: string;
  /** Of jobs, where they run; gone after the run. Outside of the work tree, whose files no job shall find by chance. */
  builds: string;
  logs: string;
  artifacts: string;
  server_log: string;
  /** @throws StartError for what belongs to somebody else */
  close: () => void;
}

/**
 * Takes the work tree's `.jobyard` for one run, empties it but for the caches, and hides it from git.
 * @throws StartError while another run has it, and where nothing can be written
 */
export function openRunFolder(tree: string): RunFolder {
  const root = join(tree, '.jobyard');
  try {
    return takeFolder(root);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`${root} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** For what runs nothing, so that the work tree may be one that nobody can write to: all of it goes at the end. */
export function openPassingFolder(): RunFolder {
  const root = mkdtempSync(join(tmpdir(), 'jobyard-list-'));
  const builds = join(root, 'builds');
  mkdirSync(builds);
  return { ...placesIn(root), builds, close: () => removeTree(root) };
}

const placesIn = (root: string) => ({
  root,
  data: join(root, 'data'),
  state: join(root, 'runner'),
  logs: join(root, 'logs'),
  artifacts: join(root, 'artifacts'),
  server_log: join(root, 'server.log'),
});

function takeFolder(root: string): RunFolder {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  // Wherever a link leads, which may have come with the files of others, is not for us to empty.
  if (!lstatSync(root).isDirectory()) throw new StartError(`${root} is no folder: remove it.`);
  const ignored = join(root, '.gitignore');
  rmSync(ignored, { force: true });
  writeFileSync(ignored, '*\n');
  const lock = join(root, 'lock');
  takeLock(lock);
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const builds = join(tmpdir(), `jobyard-run-${name}`);
  const places = placesIn(root);
  const { data, logs, artifacts, server_log } = places;
  for (const path of [data, builds, server_log, logs, artifacts]) removeTree(path);
  mkdirSync(builds, { mode: 0o700 });
  return {
    ...places,
    builds,
    close() {
      try {
        for (const path of [data, builds]) removeTree(path);
        if (existsSync(server_log) && statSync(server_log).size === 0) rmSync(server_log);
      } finally {
        rmSync(lock, { force: true });
      }
    },
  };
}

function takeLock(path: string): void {
  for (let tries = 0; ; tries += 1)
    try {
      writeFileSync(path, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }), {
        flag: 'wx',
      });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 3) throw error;
      const { pid, started } = holderOf(path);
      if (pid !== 0 && isAlive(pid) && startOf(pid) === started)
        throw new StartError(`Another run is at work here (process ${pid}): wait for its end, or end it.`);
      rmSync(path, { force: true });
    }
}

function holderOf(path: string): { pid: number; started: string } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; started: string };
  } catch {
    return { pid: 0, started: '' };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When the process started, in ticks since the machine did: another one of its number has another. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
