import { expect, test } from 'vitest';
import { rangeOf } from './line-range.ts';

test.each([
  ['#L10', { first: 10, last: 10 }],
  ['#L10-20', { first: 10, last: 20 }],
  ['#L20-L10', { first: 10, last: 20 }],
  ['#Lx', null],
  ['', null],
  ['#text-how-to', null],
])('%s marks %o', (hash, range) => {
  expect(rangeOf(hash)).toEqual(range);
});
