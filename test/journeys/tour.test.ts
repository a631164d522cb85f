import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { npmStart } from '../support/npm-start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const repository = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

test('the tour of the README works as it is written, with the real npm start', async () => {
  const readme = await readFile(join(repository, 'README.md'), 'utf8');
  const script = /<!-- tour:[^>]*-->\s*```sh\n([\s\S]*?)```/.exec(readme)?.[1];
  expect(script).toContain('git push');

  const server = await npmStart({ flags: ['--runner', 'on'] });
  const here = temporaryFolder();
  await cp(join(repository, 'examples'), join(here, 'examples'), { recursive: true });
  const adapted = (script ?? '')
    .replace('http://127.0.0.1:8080', server.url)
    .replace('data/root-token', join(server.data, 'root-token'))
    .replaceAll('/tmp/hello', join(here, 'hello'));
  const env = { PATH: process.env.PATH, HOME: here };
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', adapted], {
    cwd: here,
    env,
    timeout: 90_000,
  });

  expect(stdout).toContain('"path_with_namespace":"root/hello"');
  expect(stdout).toContain('Building hello at');
  expect(stdout.trimEnd().endsWith('Hello, Jobyard!')).toBe(true);
  expect(server.output()).toContain('First start');
  expect(await server.stop()).toBe(0);

  const again = await npmStart({ data: server.data, flags: ['--runner', 'off'] });
  expect(again.output()).not.toContain('First start');
  expect(again.output()).not.toContain(again.rootToken);
  await again.stop();
});
