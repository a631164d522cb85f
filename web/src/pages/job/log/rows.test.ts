import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hiddenBy, Rows, type Section } from './rows.ts';

const section = (start_line: number, end_line: number | null): Section => ({
  name: 'a',
  header: '',
  collapsed: false,
  level: 0,
  start_line,
  end_line,
  started_at: '',
  finished_at: null,
});

describe('rows', () => {
  test('are the lines that no folded section hides, in order', () => {
    const range = fc
      .tuple(fc.integer({ min: 2, max: 60 }), fc.nat(20))
      .map(([from, length]): [number, number] => [from, from + length]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(range, { maxLength: 8 }), (lines, ranges) => {
        const hidden = ranges
          .map(([from, to]): [number, number] => [from, Math.min(to, lines)])
          .filter(([from, to]) => from <= to);
        const rows = new Rows(lines, hidden);
        const shown = Array.from({ length: lines }, (_, index) => index + 1).filter(
          (line) => !hidden.some(([from, to]) => from <= line && line <= to),
        );
        expect(Array.from({ length: rows.count }, (_, row) => rows.lineAt(row))).toEqual(shown);
        for (let line = 1; line <= lines; line += 1)
          expect(rows.rowOf(line)).toBe(shown.findLastIndex((each) => each <= line));
      }),
    );
  });

  test('of a section that goes on are hidden up to the end', () => {
    expect(hiddenBy(section(3, null), 9)).toEqual([4, 9]);
  });

  test('of the markers themselves stay', () => {
    expect(hiddenBy(section(3, 6), 9)).toEqual([4, 5]);
    expect(hiddenBy(section(3, 4), 9)).toBe(null);
    expect(hiddenBy(section(3, 3), 9)).toBe(null);
  });
});
