import { expect, test } from 'vitest';
import { sidesOf, sidesText } from './sides.ts';

const ATTEMPTS = [{ id: 30 }, { id: 20 }, { id: 10 }];

test('an attempt stands beside the one before it, the first beside the second', () => {
  expect(sidesOf('', ATTEMPTS, 30)).toEqual([20, 30]);
  expect(sidesOf('', ATTEMPTS, 20)).toEqual([10, 20]);
  expect(sidesOf('', ATTEMPTS, 10)).toEqual([10, 20]);
});

test('the address says which, as far as it names attempts', () => {
  expect(sidesOf(sidesText([10, 30]), ATTEMPTS, 20)).toEqual([10, 30]);
  expect(sidesOf('30-10', ATTEMPTS, 20)).toEqual([30, 10]);
  expect(sidesOf('99-30', ATTEMPTS, 20)).toEqual([10, 30]);
  expect(sidesOf('x', ATTEMPTS, 30)).toEqual([20, 30]);
});

test('one attempt is compared with nothing', () => {
  expect(sidesOf('10-20', [{ id: 10 }], 10)).toBeNull();
});
