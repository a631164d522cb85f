import { expect, test } from 'vitest';
import { groupName } from './group-name.ts';

test.each([
  ['build', 'build'],
  ['rspec 2/5', 'rspec'],
  ['rspec:2:5', 'rspec'],
  ['test: [a, b]', 'test'],
  ['test: [[a], b] ', 'test'],
  ['test: [a] 1/3', 'test'],
  ['build for v1.2', 'build for v1.2'],
  ['[a, b]', '[a, b]'],
  [': [a]', ': [a]'],
  ['1/3', '1/3'],
])('%j belongs to %j', (name, group) => {
  expect(groupName(name)).toBe(group);
});

test('a name made to be looked at for long is not', () => {
  const name = `${': []'.repeat(64)} x`;
  expect(groupName(name)).toBe(name);
});
