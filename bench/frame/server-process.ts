import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Pauses } from './pauses.ts';

/** A server in a process of its own. */
export interface PlainProcess {
  pid: number;
  url: string;
  stop(): Promise<void>;
}

/** One under measurement. */
export interface ServerProcess extends PlainProcess {
  pauses: Pauses;
}

const repository = resolve(import.meta.dirname, '../..');
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

const JOBYARD = 'src/main.js';

/** What Node is told when this program is started: of the server, what `npm start` tells it. */
function nodeFlags(program: string): string[] {
  if (program !== JOBYARD) return [];
  const { scripts } = JSON.parse(readFileSync(resolve(repository, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

const jobyardArgs = (data: string) => ['serve', '--port', '0', '--data', data, '--runner', 'off'];

/** The real server, on a free port, without its runner. */
export function startJobyard(data: string, databaseUrl: string | null = null): Promise<ServerProcess> {
  const database = databaseUrl === null ? [] : ['--database-url', databaseUrl];
  return startServer(JOBYARD, [...jobyardArgs(data), ...database]);
}

/** The same as it runs everywhere else: nothing watches it. */
export const startPlainJobyard = (data: string): Promise<PlainProcess> =>
  startPlain(JOBYARD, jobyardArgs(data));

/**
 * Runs a program of this repository until it prints a line that ends with its address. What it prints to
 * standard error is shown; whoever measures must see that it goes well.
 */
export const startPlain = async (program: string, args: string[]): Promise<PlainProcess> =>
  (
    await launch(
      [...nodeFlags(program), resolve(repository, program), ...args],
      ['ignore', 'pipe', 'inherit'],
    )
  ).server;

/** As startPlain, and its pauses and its memory are watched. */
export async function startServer(program: string, args: string[]): Promise<ServerProcess> {
  const watch = resolve(import.meta.dirname, 'tell-pauses.ts');
  const { child, server } = await launch(
    [...nodeFlags(program), '--import', watch, resolve(repository, program), ...args],
    ['ignore', 'pipe', 'inherit', 'ipc'],
  );
  const ask = async (question: keyof Pauses): Promise<unknown> => {
    const answer = once(child, 'message');
    child.send(question);
    return ((await answer) as unknown[])[0];
  };
  return {
    ...server,
    pauses: {
      reset: async () => void (await ask('reset')),
      longest: async () => Number(await ask('longest')),
      resident: async () => Number(await ask('resident')),
    },
  };
}

async function launch(
  args: string[],
  stdio: StdioOptions,
): Promise<{ child: ChildProcess; server: PlainProcess }> {
  // What strips the types of the first file would otherwise be loaded at each start, and stay in its memory.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };
  const child = spawn(process.execPath, args, { cwd: repository, stdio, env });
  running.add(child);
  const ended = once(child, 'exit').then(() => void running.delete(child));
  const url = await addressOf(child, args.find((arg) => arg.startsWith(repository)) ?? '');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { child, server: { pid: child.pid ?? 0, url, stop } };
}

async function addressOf({ stdout }: ChildProcess, program: string): Promise<string> {
  if (!stdout) throw new Error(`${program} has no output`);
  const address = Promise.withResolvers<string>();
  createInterface({ input: stdout })
    .on('line', (line) => {
      const found = /(http:\/\/\S+)$/.exec(line)?.[1];
      if (found) address.resolve(found);
    })
    .on('close', () => address.reject(new Error(`${program} has ended before it was ready`)));
  return await address.promise;
}
