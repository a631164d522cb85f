import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Pauses } from './pauses.ts';

/** A server under measurement, in a process of its own. */
export interface ServerProcess {
  url: string;
  pauses: Pauses;
  stop(): Promise<void>;
}

const repository = resolve(import.meta.dirname, '../..');
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** The real server, on a free port, without its runner. */
export function startJobyard(data: string, databaseUrl: string | null = null): Promise<ServerProcess> {
  const flags = ['--port', '0', '--data', data, '--runner', 'off'];
  const database = databaseUrl === null ? [] : ['--database-url', databaseUrl];
  return startServer('src/main.ts', ['serve', ...flags, ...database]);
}

/**
 * Runs a program of this repository until it prints a line that ends with its address. What it prints to
 * standard error is shown; whoever measures must see that it goes well.
 */
export async function startServer(program: string, args: string[]): Promise<ServerProcess> {
  const watch = resolve(import.meta.dirname, 'tell-pauses.ts');
  const child = spawn(process.execPath, ['--import', watch, resolve(repository, program), ...args], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running.add(child);
  const ended = once(child, 'exit').then(() => void running.delete(child));
  const ask = async (question: keyof Pauses): Promise<unknown> => {
    const answer = once(child, 'message');
    child.send(question);
    return ((await answer) as unknown[])[0];
  };
  return {
    url: await addressOf(child, program),
    pauses: {
      reset: async () => void (await ask('reset')),
      longest: async () => Number(await ask('longest')),
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
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
