import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote, stepScript } from './script.ts';

const shells = ['/bin/bash', '/bin/dash', '/bin/sh'].filter((path) => existsSync(path));

function run(shell: string, commands: string[]): { status: number | null; stdout: string } {
  const script = stepScript(commands, { folder: '/', envFile: '/no/such/file', debugTrace: false });
  const { status, stdout } = spawnSync(shell, ['-c', 'eval "$(cat)"'], { input: script, encoding: 'utf8' });
  return { status, stdout };
}

test('whatever is quoted arrives as it was', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('\0'));
      expect(execFileSync('sh', ['-c', `printf %s ${quote(text)}`]).toString()).toBe(text);
    }),
    { numRuns: 30 },
  );
});

test.each(shells)('%s stops at the first failing command and shows each before it runs', (shell) => {
  const { status, stdout } = run(shell, ['cd /tmp', 'pwd', '(exit 7)', 'echo unreachable']);
  expect(status).toBe(7);
  expect(stdout).toBe(
    ['cd /tmp', 'pwd', '(exit 7)']
      .map((each) => `\x1b[32;1m$ ${each}\x1b[0;m\n`)
      .join('')
      .replace('pwd\x1b[0;m\n', 'pwd\x1b[0;m\n/tmp\n'),
  );
});

test.each(shells)('%s runs a command of many lines as one and shows its first', (shell) => {
  const { status, stdout } = run(shell, ['if true\nthen\n  echo "it\'s"\nfi', 'cat <<EOF\n$HOME\nEOF']);
  expect(status).toBe(0);
  expect(stdout).toContain("$ if true # and 3 more lines\x1b[0;m\nit's\n");
  expect(stdout).toContain(`$ cat <<EOF # and 2 more lines\x1b[0;m\n${process.env['HOME']}\n`);
});
