import { expect, test } from 'vitest';
import { chosen, hashOfRange, rangeOfHash, within } from './line-range.ts';

test.each([
  ['#L120', { from: 120, to: 120 }],
  ['#L120-L140', { from: 120, to: 140 }],
  ['#L120-140', { from: 120, to: 140 }],
  ['#L140-L120', { from: 120, to: 140 }],
  ['#L0', null],
  ['#line', null],
  ['', null],
])('%s names %o', (hash, range) => {
  expect(rangeOfHash(hash)).toEqual(range);
});

test('of lines behind the end of a log, those are meant that there are', () => {
  expect(within({ from: 3, to: 9 }, 9)).toEqual({ from: 3, to: 9 });
  expect(within({ from: 3, to: 9 }, 5)).toEqual({ from: 3, to: 5 });
  expect(within({ from: 5000, to: 5010 }, 30)).toEqual({ from: 30, to: 30 });
});

test('lines have an address of their own', () => {
  expect(hashOfRange({ from: 3, to: 3 })).toBe('#L3');
  expect(hashOfRange({ from: 3, to: 9 })).toBe('#L3-L9');
});

test('a second click with shift makes a range, in either direction', () => {
  const first = chosen(null, 7, false);
  expect(chosen(first, 10, true)).toEqual({ from: 7, to: 10 });
  expect(chosen(first, 2, true)).toEqual({ from: 2, to: 7 });
  expect(chosen(first, 10, false)).toEqual({ from: 10, to: 10 });
});
