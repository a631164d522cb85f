import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { log } from './log.ts';
import { numberingId, readProcess, type ProcessId } from './processes.ts';
import { wait } from './wait.ts';

/** Milliseconds that an earlier runner gets to end its jobs and report them; it needs about five seconds. */
const PATIENCE = 8000;

type Holder = ProcessId & { numbering: string };

/**
 * Makes this process the only runner of a state folder. A runner of a server that was killed may still be
 * ending its jobs: it is asked to stop, waited for, and killed if it does not.
 */
export async function takeRunLock(stateFolder: string): Promise<void> {
  const path = join(stateFolder, 'runner.lock');
  const self: Holder = {
    pid: process.pid,
    start_time: 0,
    ...readProcess(process.pid),
    numbering: numberingId(),
  };
  const text = JSON.stringify({ pid: self.pid, start_time: self.start_time, numbering: self.numbering });
  for (;;) {
    try {
      writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = readHolder(path);
    if (holder && isAlive(holder)) await end(holder);
    rmSync(path, { force: true });
  }
}

export function releaseRunLock(stateFolder: string): void {
  rmSync(join(stateFolder, 'runner.lock'), { force: true });
}

async function end(holder: Holder): Promise<void> {
  log('info', 'another runner holds the state folder, it is asked to stop', { pid: holder.pid });
  signal(holder, 'SIGTERM');
  for (let waited = 0; waited < PATIENCE && isAlive(holder); waited += 50) await wait(50);
  if (!isAlive(holder)) return;
  log('warn', 'the other runner did not stop, it is killed', { pid: holder.pid });
  signal(holder, 'SIGKILL');
  while (isAlive(holder)) await wait(20);
}

function signal(holder: Holder, name: 'SIGTERM' | 'SIGKILL'): void {
  if (!isAlive(holder)) return;
  try {
    process.kill(holder.pid, name);
  } catch {
    // ended in between
  }
}

function isAlive(holder: Holder): boolean {
  const seen = readProcess(holder.pid);
  if (!seen || seen.state === 'Z' || holder.numbering !== numberingId()) return false;
  return seen.start_time === holder.start_time && holder.pid !== process.pid;
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
