import fc from 'fast-check';
import { expect, test } from 'vitest';
import { align } from './align.ts';
import { longestRising } from './longest-rising.ts';

const numbers = (values: Iterable<number>) => Int32Array.from(values);
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const fewKinds = (seed: number) =>
  numbers(upTo(20_000).map((each) => (((each * seed) ^ (each >> 3)) >>> 0) % 4));
const rises = (places: readonly number[]) =>
  places.every((place, index) => index === 0 || place > places[index - 1]!);
/** Lines that are aligned, as pairs. */
const pairs = (runs: readonly number[]) => {
  const found: [number, number][] = [];
  for (let at = 0; at < runs.length; at += 3)
    for (let each = 0; each < runs[at + 2]!; each += 1) found.push([runs[at]! + each, runs[at + 1]! + each]);
  return found;
};

test('what both have is aligned, around what one has alone', () => {
  const { runs, complete } = align(numbers([0, 1, 2, 3]), numbers([0, 4, 5, 2, 3, 6]), 7);
  expect(runs).toEqual([0, 0, 1, 2, 3, 2]);
  expect(complete).toBe(true);
  expect(align(numbers([]), numbers([]), 0).runs).toEqual([]);
  expect(align(numbers([0, 1]), numbers([1]), 2).runs).toEqual([1, 0, 1]);
  expect(align(numbers([0, 1]), numbers([0]), 2).runs).toEqual([0, 0, 1]);
});

test('what is aligned is the same, rises on both sides, and no more can be where few lines differ', () => {
  const log = fc.array(fc.nat(5), { maxLength: 40 });
  fc.assert(
    fc.property(log, log, (one, other) => {
      const found = pairs(align(numbers(one), numbers(other), 6).runs);
      for (const [left, right] of found) expect(one[left]).toBe(other[right]);
      expect(rises(found.map(([left]) => left))).toBe(true);
      expect(rises(found.map(([, right]) => right))).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50)), fc.uniqueArray(fc.nat(50)), (one, other) => {
      const { runs } = align(numbers(one), numbers(other), 51);
      const places = one.map((each) => other.indexOf(each)).filter((place) => place >= 0);
      expect(pairs(runs)).toHaveLength(longestRising(places).length);
    }),
  );
});

test('hundreds of thousands of lines are aligned, whatever is between them', () => {
  const count = 200_000;
  const inserted = upTo(count).flatMap((each) => (each % 10 === 0 ? [each, count + each] : [each]));
  expect(pairs(align(numbers(upTo(count)), numbers(inserted), 2 * count).runs)).toHaveLength(count);
  // Nothing in common, and lines that change places within a few.
  expect(align(numbers(upTo(count)), numbers(upTo(count, count)), 2 * count)).toMatchObject({
    runs: [],
    complete: true,
  });
  const stirred = upTo(count).toSorted((a, b) => a + 4 * (a % 3) - (b + 4 * (b % 3)));
  expect(pairs(align(numbers(upTo(count)), numbers(stirred), count).runs).length).toBeGreaterThan(count / 4);
});

test('where the same few lines come again and again, it ends, and says that it is not complete', () => {
  const { runs, complete } = align(fewKinds(2654435761), fewKinds(40503), 4);
  expect(complete).toBe(false);
  expect(pairs(runs).length).toBeLessThan(20_000);
});

test('the longest rising part of a list', () => {
  expect(longestRising([])).toEqual([]);
  expect(longestRising([3, 1, 4, 1, 5, 9, 2, 6])).toHaveLength(4);
  expect(longestRising([5, 4, 3])).toHaveLength(1);
});
