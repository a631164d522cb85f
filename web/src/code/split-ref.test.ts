import { expect, test } from 'vitest';
import { oneOf, refCandidates, splitRef } from './split-ref.ts';

const split = (rest: string, ...refs: string[]) => splitRef(rest, new Set(refs));

test('the longest branch or tag that an address begins with is its ref', () => {
  expect(split('main/docs/x.md', 'main')).toEqual({ ref: 'main', path: 'docs/x.md' });
  expect(split('feature/a/b/src', 'feature/a', 'feature/a/b')).toEqual({ ref: 'feature/a/b', path: 'src' });
  expect(split('feature/a', 'feature/a')).toEqual({ ref: 'feature/a', path: '' });
});

test('where no ref fits, the first part is taken for a commit', () => {
  expect(split('0f3c9ab/src/main.ts', 'main')).toEqual({ ref: '0f3c9ab', path: 'src/main.ts' });
  expect(split('gone', 'main')).toEqual({ ref: 'gone', path: '' });
});

test('a branch whose name only begins alike is not it', () => {
  expect(split('mainline/x', 'main')).toEqual({ ref: 'mainline', path: 'x' });
});

test('slashes at the end name the folder itself', () => {
  expect(split('main/docs/', 'main')).toEqual({ ref: 'main', path: 'docs' });
});

test('candidates are bounded, and asked for as they are', () => {
  expect(refCandidates('a/b/c')).toEqual(['a/b/c', 'a/b', 'a']);
  expect(refCandidates('x/'.repeat(100))).toHaveLength(30);
  const pattern = new RegExp(oneOf(['a.b', 'c+d(e)']));
  expect(pattern.test('a.b')).toBe(true);
  expect(pattern.test('axb')).toBe(false);
  expect(pattern.test('c+d(e)')).toBe(true);
});
