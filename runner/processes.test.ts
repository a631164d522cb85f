import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { killProcesses, MARK, readProcess } from './processes.ts';

test('a process whose number now belongs to another one is left alone', async () => {
  const child = spawn('sleep', ['30'], { detached: true });
  const seen = readProcess(child.pid ?? 0);
  expect(seen?.group).toBe(child.pid);
  expect(
    await killProcesses('no such mark', [{ pid: child.pid ?? 0, start_time: (seen?.start_time ?? 0) - 1 }]),
  ).toBe(0);
  expect(child.exitCode).toBeNull();
  const ended = once(child, 'exit');
  expect(await killProcesses('no such mark', seen ? [seen] : [])).toBe(1);
  await ended;
});

test('a process that left its group is found by its mark, one of another job is not', async () => {
  const mark = crypto.randomUUID();
  const env = { PATH: process.env['PATH'] };
  const marked = spawn('sh', ['-c', 'setsid sleep 30'], { env: { ...env, [MARK]: mark } });
  const other = spawn('sleep', ['30'], { env: { ...env, [MARK]: crypto.randomUUID() } });
  const ended = once(marked, 'exit');
  expect(await killProcesses(mark, [])).toBeGreaterThan(0);
  await ended;
  expect(other.signalCode).toBeNull();
  other.kill();
});

test('a process with a name full of traps is read right', async () => {
  const child = spawn('bash', ['-c', 'exec -a x sleep 30; :'], { argv0: ') R 1 (' });
  expect(readProcess(child.pid ?? 0)).toMatchObject({ pid: child.pid });
  child.kill();
  await once(child, 'exit');
  expect(readProcess(0)).toBeUndefined();
});
