import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBranchName, isPath, isRefName, isRevision, isWritablePath } from './ref-name.ts';

test('takes the names of refs that git takes', () => {
  const part = fc.constantFrom('a', 'B1', '.', '..', '/', '@', '{', '~', '^', ':', ' ', '*', '?', '[', '\\');
  const name = fc
    .array(fc.oneof(part, fc.constantFrom('.lock', 'lock', '-', '\x7f', '\t', 'ü', '@{', 'HEAD')), {
      maxLength: 5,
    })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(name, (text) => {
      const { status } = spawnSync('git', ['check-ref-format', `refs/heads/${text}`]);
      expect([text, isRefName(`refs/heads/${text}`)]).toEqual([text, status === 0]);
    }),
    { numRuns: 300 },
  );
});

test.each(['main', 'feature/x', 'release-1.0', 'ünï', 'a@b', '123', 'deadbeef'])(
  '%s may be a branch',
  (name) => expect(isBranchName(name)).toBe(true),
);

test.each(['', 'HEAD', '-x', 'a b', 'refs/heads/main', 'a..b', 'a.lock', 'x'.repeat(241), 'a'.repeat(40)])(
  '%s may not be a branch',
  (name) => expect(isBranchName(name)).toBe(false),
);

test.each(['main', 'main~2', 'main^', 'main^2~1', 'HEAD', 'deadbeef', 'refs/pipelines/5', 'v1.0-3-gabcdef'])(
  '%s names a commit',
  (text) => expect(isRevision(text)).toBe(true),
);

test.each([
  '',
  '--all',
  '-x',
  ':/fix',
  'main:file',
  'main@{1}',
  'main^{tree}',
  'a..b',
  'a\nb',
  'a\0b',
  'main ',
  '^main',
])('%j names no commit', (text) => expect(isRevision(text)).toBe(false));

test.each(['a', 'a/b', '.gitlab-ci.yml', 'with space', '-dash', 'a:b', 'new\nline', '.github'])(
  '%j is a path',
  (path) => expect([isPath(path), isWritablePath(path)]).toEqual([true, true]),
);

test.each(['', '/a', 'a/', 'a//b', '.', '..', 'a/../b', './a', 'a\0b'])('%j is no path', (path) =>
  expect(isPath(path)).toBe(false),
);

test.each(['.git', '.GIT/config', 'a/.git/hooks/x', 'git~1', '.git. /x', '.g\u200cit/config', '.git::$DATA'])(
  'nothing is written at %j',
  (path) => expect(isWritablePath(path)).toBe(false),
);
