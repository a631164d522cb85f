import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEachFile } from './after-each-file.ts';
import { git } from './git.ts';
import { childrenOf } from './processes.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.js');
const children = new Set<ChildProcess>();

/** What a command that has ended left. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `jobyard run`, while it runs. */
export interface LocalRun {
  pid: number;
  /** What it has printed until now, on both outputs. */
  output(): string;
  /** Waits until it has printed this. */
  printed(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Kills it and its runner, as a machine that runs out of memory may: neither is told, and jobs go on. */
  kill9(): Promise<void>;
  ended: Promise<Ended>;
}

/** Writes files by their paths. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A work tree whose first commit, on `main`, has these files. */
export async function workTree(files: Record<string, string>): Promise<string> {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  await git(folder, 'init', '--quiet', '--initial-branch', 'main');
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', 'Begin');
  return folder;
}

/** Starts the real command in a folder. */
export function startRun(folder: string, args: string[], env: Record<string, string> = {}): LocalRun {
  return startCommand(folder, process.execPath, [MAIN, 'run', ...args], env);
}

/** The same in a terminal of its own, whose keys `type` presses. */
export function startRunInTerminal(
  folder: string,
  args: string[],
): LocalRun & { type: (keys: string) => void } {
  const words = [process.execPath, MAIN, 'run', ...args].map((word) => `'${word}'`).join(' ');
  // `script` makes the terminal; what it reads is typed there.
  const run = startCommand(folder, 'script', ['--quiet', '--return', '--command', words, '/dev/null'], {
    TERM: 'xterm',
  });
  return { ...run, type: (keys) => void run.child.stdin?.write(keys) };
}

const isRunner = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('runner/main');

function startCommand(
  folder: string,
  command: string,
  args: string[],
  env: Record<string, string>,
): LocalRun & { child: ChildProcess } {
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, HOME: folder, LANG: 'C.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.add(child);
  const texts = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      for (const look of waiting) look();
    });
  const ended = new Promise<Ended>((resolved) => {
    child.once('close', (code) => {
      children.delete(child);
      resolved({ code, ...texts });
    });
  });
  const output = () => texts.stdout + texts.stderr;
  return {
    child,
    pid: child.pid ?? 0,
    output,
    async printed(text) {
      const seen = Promise.withResolvers<void>();
      const look = () => {
        if (output().includes(text)) seen.resolve();
      };
      waiting.add(look);
      look();
      void ended.then(() => seen.reject(new Error(`it ended without ${JSON.stringify(text)}:\n${output()}`)));
      await seen.promise;
      waiting.delete(look);
    },
    kill: (signal) => void child.kill(signal),
    async kill9() {
      for (const pid of childrenOf(child.pid).filter(isRunner)) process.kill(pid, 'SIGKILL');
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}

/** Runs the real command in a folder to its end. */
export const runLocally = (folder: string, args: string[] = [], env: Record<string, string> = {}) =>
  startRun(folder, args, env).ended;

/** Runs `jobyard lint` in a folder, with this on its standard input. */
export async function lintLocally(
  folder: string,
  args: string[] = [],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ended> {
  const { child, ended } = startCommand(folder, process.execPath, [MAIN, 'lint', ...args], env);
  child.stdin?.end(input);
  return await ended;
}

/** The same with its report read by another command. */
export const lintThrough = (folder: string, reader: string): Promise<Ended> =>
  startCommand(folder, 'sh', ['-c', `'${process.execPath}' '${MAIN}' lint --json | ${reader}`], {}).ended;

/** The same in a terminal of its own: what it shows. */
export async function lintInTerminal(folder: string, env: Record<string, string> = {}): Promise<string> {
  const words = `'${process.execPath}' '${MAIN}' lint`;
  const script = ['--quiet', '--return', '--command', words, '/dev/null'];
  return (await startCommand(folder, 'script', script, { TERM: 'xterm', ...env }).ended).stdout;
}

afterEachFile(() => {
  for (const child of children) child.kill('SIGKILL');
});
