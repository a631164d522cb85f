import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { killLeftovers } from './leftovers.ts';
import { MARK, numberingId } from './processes.ts';
import type { JobRecord } from './state-folder.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process of a job, and what an earlier runner has noted of that. */
function leftBehind(numbering: string): { child: ChildProcess; record: JobRecord } {
  const mark = crypto.randomUUID();
  const child = spawn('sleep', ['30'], { env: { PATH: process.env['PATH'], [MARK]: mark } });
  children.push(child);
  return { child, record: { id: 1, token: 'none', mark, numbering, leaders: [], failure_reasons: [] } };
}

test('what an earlier runner left running is ended', async () => {
  const jobs = [leftBehind(numberingId()), leftBehind(numberingId())];
  await killLeftovers(jobs.map(({ record }) => record));
  for (const { child } of jobs) await expect.poll(() => child.signalCode).toBe('SIGKILL');
});

test('what was noted before the machine started anew speaks of no process of today', async () => {
  const { child, record } = leftBehind('another boot');
  await killLeftovers([record]);
  await wait(50);
  expect(child.exitCode ?? child.signalCode).toBeNull();
});
