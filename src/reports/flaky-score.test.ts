import { expect, test } from 'vitest';
import { flakyScore } from './flaky-score.ts';

const STATUS: Record<string, string> = { s: 'success', f: 'failed', e: 'error', '-': 'skipped' };
const score = (runs: string, refs = 'm'.repeat(runs.length)) =>
  flakyScore([...runs].map((letter, index) => ({ status: STATUS[letter]!, ref: refs[index]! })));

test.each([
  ['', 0],
  ['f', 0],
  ['ssss', 0],
  ['ffff', 0],
  ['sfsf', 1],
  ['ssff', 1 / 3],
  ['sffss', 2 / 4],
  ['s-f', 1],
  ['---', 0],
  ['fe', 0],
  ['se', 1],
])('%j has the score %d', (runs, expected) => {
  expect(score(runs)).toBeCloseTo(expected);
});

test('refs do not look at each other', () => {
  expect(score('sfsf', 'abab')).toBe(0);
  expect(score('sffs', 'abab')).toBe(1);
});
