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

test('of many lines with many findings, some are pointed out at a time, and the current one in any case', () => {
  const findings = new Findings();
  const inEach = 300;
  const all = Array.from({ length: 5 * inEach }, (_, index) => index);
  const starts = numbers(...all.map((index) => (index % inEach) * 2));
  findings.add(
    numbers(...all.map((index) => 1 + Math.floor(index / inEach))),
    starts,
    starts.map((start) => start + 1),
  );
  const marks = new LineMarks(findings);
  const counts = (lines = [1, 2, 3, 4, 5]) => {
    marks.begin();
    return lines.map((line) => marks.of(line, 310).length);
  };
  expect(counts()).toEqual([0, 1, 0, 0, 0]);
  expect(marks.of(2, 310)).toEqual([{ start: 20, end: 21, current: true }]);
  expect(marks.waits).toBe(true);
  marks.next();
  expect(counts()).toEqual([300, 300, 300, 0, 0]);
  marks.next();
  expect(counts()).toEqual([300, 300, 300, 300, 300]);
  expect(marks.waits).toBe(false);
  // What was out of sight comes back like any other.
  expect(counts([3, 4, 5])).toEqual([300, 300, 300]);
  expect(counts()).toEqual([0, 1, 300, 300, 300]);
});

test('a line that has more findings than are pointed out at a time has its turn all the same', () => {
  const findings = new Findings();
  const all = Uint32Array.from({ length: 5000 }, (_, index) => index * 2);
  findings.add(new Uint32Array(5000).fill(1), all, all);
  const marks = new LineMarks(findings);
  expect(marks.of(1, null)).toEqual([]);
  marks.next();
  expect(marks.of(1, null)).toHaveLength(5000);
});
