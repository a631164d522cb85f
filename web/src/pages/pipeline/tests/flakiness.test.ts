import { expect, test } from 'vitest';
import { flakyText } from './flakiness.ts';

test.each([
  [0, 'its result never changed from one run to the next'],
  [0.24, 'flaky: its result changed from one run to the next 24 % of the time'],
  [1, 'flaky: its result changed from one run to the next 100 % of the time'],
  [0.004, 'flaky: its result changed from one run to the next less than 1 % of the time'],
])('a score of %d reads: %s', (score, text) => {
  expect(flakyText(score)).toBe(text);
});
