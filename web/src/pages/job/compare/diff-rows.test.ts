import fc from 'fast-check';
import { expect, test } from 'vitest';
import { align } from './align.ts';
import { DiffRows } from './diff-rows.ts';
import { countOf, differencesIn, segmentAt, segmentsOf } from './segments.ts';

const NONE: ReadonlySet<number> = new Set();
const segments = (runs: number[], left: number, right: number) => segmentsOf(runs, left, right);
const all = (rows: DiffRows) => Array.from({ length: rows.count }, (_, row) => rows.at(row));

test('long stretches that are equal are folded, but for what is around those that differ', () => {
  const made = segments([0, 0, 100, 101, 101, 100], 201, 201);
  expect(Array.from({ length: countOf(made) }, (_, index) => segmentAt(made, index))).toEqual([
    { left: 0, leftCount: 97, right: 0, rightCount: 97, kind: 'folded' },
    { left: 97, leftCount: 3, right: 97, rightCount: 3, kind: 'same' },
    { left: 100, leftCount: 1, right: 100, rightCount: 1, kind: 'differs' },
    { left: 101, leftCount: 3, right: 101, rightCount: 3, kind: 'same' },
    { left: 104, leftCount: 94, right: 104, rightCount: 94, kind: 'folded' },
    { left: 198, leftCount: 3, right: 198, rightCount: 3, kind: 'same' },
  ]);
  expect(differencesIn(made)).toMatchObject({ places: 1, first: { left: 100, right: 100 } });
  expect(all(new DiffRows(segments([0, 0, 2], 2, 2), NONE))).toEqual([
    { folded: null, left: 0, right: 0, same: true },
    { folded: null, left: 1, right: 1, same: true },
  ]);
  expect(differencesIn(segments([0, 0, 2], 2, 2))).toEqual({ places: 0, first: null });
});

test('lines that differ stand beside each other, and those that one has alone beside nothing', () => {
  const rows = new DiffRows(segments([0, 0, 1, 2, 3, 1], 3, 5), NONE);
  expect(all(rows)).toEqual([
    { folded: null, left: 0, right: 0, same: true },
    { folded: null, left: 1, right: 1, same: false },
    { folded: null, left: null, right: 2, same: false },
    { folded: null, left: 2, right: 3, same: true },
    { folded: null, left: null, right: 4, same: false },
  ]);
});

test('what is folded is a row, until it is unfolded', () => {
  const made = segments([0, 0, 100, 101, 101, 1], 102, 102);
  expect(new DiffRows(made, NONE).at(0)).toEqual({ folded: 0, count: 97 });
  const unfolded = new DiffRows(made, new Set([0]));
  expect(unfolded.count).toBe(102);
  expect(unfolded.at(50)).toEqual({ folded: null, left: 50, right: 50, same: true });
  // A row that is shown already keeps its key, and so its measured height.
  expect(unfolded.keyAt(101)).toBe(new DiffRows(made, NONE).keyAt(5));
});

test('each line is there once, in its order, whatever the logs', () => {
  const log = fc.array(fc.nat(3), { maxLength: 60 });
  fc.assert(
    fc.property(log, log, (one, other) => {
      const made = segmentsOf(
        align(Int32Array.from(one), Int32Array.from(other), 4).runs,
        one.length,
        other.length,
      );
      const unfolded = new DiffRows(
        made,
        new Set(Array.from({ length: countOf(made) }, (_, index) => index)),
      );
      const rows = all(unfolded);
      const side = (which: 'left' | 'right') =>
        rows.flatMap((row) => (row.folded === null && row[which] !== null ? [row[which]] : []));
      expect(side('left')).toEqual(one.map((_, index) => index));
      expect(side('right')).toEqual(other.map((_, index) => index));
      expect(new Set(rows.map((_, row) => unfolded.keyAt(row))).size).toBe(rows.length);
    }),
  );
});
