import { expect, test } from 'vitest';
import { storedBytes } from './client.ts';

test.each([
  ['0-0', 0],
  ['0-1234', 1234],
  ['bytes 0-77', 77],
  [undefined, undefined],
  ['', undefined],
  ['0-', undefined],
  ['nonsense', undefined],
])('the range %j says that %j bytes are stored', (range, expected) => {
  expect(storedBytes(range)).toBe(expected);
});
