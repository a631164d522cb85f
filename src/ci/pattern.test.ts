import { expect, test } from 'vitest';
import { matchesPattern } from './pattern.ts';

test.each([
  ['main', 'main', true],
  ['main', 'mainline', false],
  ['release/*', 'release/1.0', true],
  ['release/*', 'release/', true],
  ['*-stable', '16-stable', true],
  ['*-stable', '16-stable-1', false],
  ['a*a', 'a', false],
  ['a*b*c', 'axbxbxc', true],
  ['*ab*ab', 'abab', true],
  ['*ab*ab', 'xab', false],
  ['*', 'of\nlines', true],
  ['v1.*', 'v1x2', false],
])('the pattern %s and the name %s: %s', (pattern, name, matches) => {
  expect(matchesPattern(pattern, name)).toBe(matches);
});

test('a pattern of many stars is told at once, whatever the name', () => {
  const before = process.threadCpuUsage();
  expect(matchesPattern('*a'.repeat(100), `${'a'.repeat(240)}b`)).toBe(false);
  const { user, system } = process.threadCpuUsage(before);
  expect(user + system).toBeLessThan(50_000);
});
