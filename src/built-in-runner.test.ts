import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { BuiltInRunner } from './built-in-runner.ts';
import { createLog } from './http/log.ts';

test('a built-in runner that cannot be started again for now is tried again, and the server lives on', async () => {
  const [data, temporary] = [temporaryFolder(), temporaryFolder()];
  chmodSync(temporary, 0o755);
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const errors: string[] = [];
  const log = createLog('silent');
  vi.spyOn(log, 'error').mockImplementation((_details: unknown, message?: unknown) => {
    errors.push(String(message));
  });
  const runner = new BuiltInRunner({
    url: 'http://127.0.0.1:1',
    id: 1,
    token: 'glrt-none',
    data,
    own: null,
    concurrent: 1,
    log,
  });
  onTestFinished(() => runner.stop());
  const lock = join(data, 'runner', 'runner.lock');
  const started = async () => {
    await vi.waitFor(() => expect(existsSync(lock) && readFileSync(lock, 'utf8')).toBeTruthy(), 20_000);
    return (JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }).pid;
  };
  runner.start();
  const first = await started();
  const builds = join(temporary, readdirSync(temporary)[0] ?? '');
  rmSync(builds, { recursive: true });
  writeFileSync(builds, 'in the way');
  rmSync(lock);
  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(errors).toContain('the built-in runner cannot be started'), 20_000);
  rmSync(builds);
  expect(await started()).not.toBe(first);
});
