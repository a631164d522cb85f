import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = `
  import { openSync } from 'node:fs';
  import { setTimeout } from 'node:timers/promises';
  const { tryGit } = await import(${JSON.stringify(import.meta.resolve('./run-git.ts'))});
  const { CatFilePool } = await import(${JSON.stringify(import.meta.resolve('./cat-file.ts'))});
  const where = { folder: '/', environment: { PATH: process.env.PATH } };
  try {
    for (;;) openSync('/dev/null');
  } catch {}
  const told = (error) => error.message;
  const answers = [await tryGit(where, ['--version']).catch(told), await new CatFilePool().info(where, 'a').catch(told)];
  await setTimeout(50);
  console.log(JSON.stringify(answers));
`;

test('a server without descriptors fails what needs git, and lives on', async () => {
  const limited = ['-c', 'ulimit -n 100 && exec "$0" --input-type=module -e "$1"', process.execPath, program];
  const { stdout } = await promisify(execFile)('/bin/sh', limited);
  const refusal = 'git cannot be started: too many files are open';
  expect(JSON.parse(stdout)).toEqual([refusal, refusal]);
});
