import { expect, test } from 'vitest';
import { Findings } from './findings.ts';
import { LineMarks } from './line-marks.ts';

const numbers = (...values: number[]) => Uint32Array.from(values);

test('what is found in a line is pointed out, the current one as such', () => {
  const findings = new Findings();
  findings.add(numbers(1, 3, 3), numbers(0, 2, 7), numbers(4, 6, 9));
  const marks = new LineMarks(findings);
  expect(marks.of(2, 0)).toEqual([]);
  expect(marks.of(3, 2)).toEqual([
    { start: 2, end: 6, current: false },
    { start: 7, end: 9, current: true },
  ]);
  expect(new LineMarks(null).of(1, null)).toEqual([]);
});

test('it is the same list until something in this line is other', () => {
  const findings = new Findings();
  findings.add(numbers(1), numbers(0), numbers(4));
  const marks = new LineMarks(findings);
  const first = marks.of(1, null);
  findings.add(numbers(2), numbers(0), numbers(4));
  expect(marks.of(1, null)).toBe(first);
  // Another line has the current one.
  expect(marks.of(1, 1)).toBe(first);
  expect(marks.of(1, 0)).not.toBe(first);
});
