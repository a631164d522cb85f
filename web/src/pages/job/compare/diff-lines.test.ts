import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparable, diffLines, type DiffRow, stretchesOf } from './diff-lines.ts';

const lines = (...texts: string[]) => texts.map((text, index) => ({ line: index + 1, text }));
const shown = (rows: readonly DiffRow[]) =>
  rows.map(({ left, right, same }) => `${left?.text ?? ''}${same ? '=' : '|'}${right?.text ?? ''}`);

test('lines that differ stand beside each other, and those that one has alone beside nothing', () => {
  const { rows } = diffLines(lines('a', 'b', 'c', 'd'), lines('a', 'x', 'y', 'c', 'd', 'e'));
  expect(shown(rows)).toEqual(['a=a', 'b|x', '|y', 'c=c', 'd=d', '|e']);
  expect(shown(diffLines(lines('a', 'b'), lines('b')).rows)).toEqual(['a|', 'b=b']);
  expect(shown(diffLines(lines('a', 'b'), lines('a')).rows)).toEqual(['a=a', 'b|']);
  expect(diffLines([], []).rows).toEqual([]);
});

test('each line is there once, in its order, whatever the logs', () => {
  const log = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 40 });
  fc.assert(
    fc.property(log, log, (one, other) => {
      const [left, right] = [lines(...one), lines(...other)];
      const { rows } = diffLines(left, right);
      expect(rows.flatMap((row) => row.left ?? [])).toEqual(left);
      expect(rows.flatMap((row) => row.right ?? [])).toEqual(right);
      expect(rows.filter((row) => row.same && row.left?.text !== row.right?.text)).toEqual([]);
    }),
  );
});

test('times, durations and long hexadecimal numbers do not make lines differ, counts do', () => {
  expect(comparable('2026-11-26T12:43:46.962Z took 3.2s at 0x7ffe01')).toBe(
    comparable('2026-11-27T01:00:00.000Z took 41s at 0xdeadbeef'),
  );
  expect(comparable('container 4f5e6d7c8b9a')).toBe(comparable('container 0a1b2c3d4e5f'));
  expect(comparable('3 failed, 97 passed')).not.toBe(comparable('0 failed, 100 passed'));
  expect(comparable('20261126 bytes')).not.toBe(comparable('20261127 bytes'));
});

test('logs that have nothing in common are given up, whole', () => {
  const [left, right] = ['l', 'r'].map((side) =>
    lines(...Array.from({ length: 4000 }, (_, index) => `${side}${index}`)),
  );
  const { rows, aligned } = diffLines(left!, right!);
  expect(aligned).toBe(false);
  expect(rows).toHaveLength(4000);
});

test('long stretches that are equal are folded, but for what is around the others', () => {
  const same = Array.from({ length: 100 }, (_, index) => `same ${index}`);
  const { rows } = diffLines(lines(...same, 'a', ...same), lines(...same, 'b', ...same));
  expect(stretchesOf(rows)).toEqual([
    { from: 0, to: 97, folded: true },
    { from: 97, to: 104, folded: false },
    { from: 104, to: 198, folded: true },
    { from: 198, to: 201, folded: false },
  ]);
  expect(stretchesOf(diffLines(lines('a', 'b'), lines('a', 'b')).rows)).toEqual([
    { from: 0, to: 2, folded: false },
  ]);
});
