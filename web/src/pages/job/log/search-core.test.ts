import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogSearch, MOST_FOUND, patternOf, type Query } from './search-core.ts';

const encoder = new TextEncoder();
const plain = (text: string): Query => ({ text, isRegex: false, matchCase: false });
const regex = (text: string, matchCase = false): Query => ({ text, isRegex: true, matchCase });

/** What is found in a log that comes in pieces of these lengths: line, start, end. */
function found(query: Query, log: string, cuts: readonly number[] = [log.length + 1]): number[][] {
  const search = new LogSearch(query);
  const bytes = encoder.encode(log);
  const all: number[][] = [];
  const take = ({ lines, starts, ends }: ReturnType<LogSearch['add']>) =>
    all.push(...lines.map((line, index) => [line, starts[index] ?? 0, ends[index] ?? 0]));
  for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
    const length = cuts[cut % cuts.length] ?? 1;
    take(search.add(bytes.subarray(at, at + length)));
    at += length;
  }
  take(search.end());
  return all;
}

describe('a search', () => {
  test('finds what is written, and where in its line', () => {
    expect(found(plain('ERR'), 'ok\nan error, an ERROR\n\nerr')).toEqual([
      [2, 3, 6],
      [2, 13, 16],
      [4, 0, 3],
    ]);
  });

  test('takes a text as it stands, and an expression as one', () => {
    expect(found(plain('a.c'), 'abc a.c')).toEqual([[1, 4, 7]]);
    expect(found(regex('a.c'), 'abc a.c')).toHaveLength(2);
    expect(found(regex('^b$'), 'ab\nb\nba')).toEqual([[2, 0, 1]]);
    expect(() => patternOf(regex('('))).toThrow(SyntaxError);
  });

  test('heeds the case where it should', () => {
    expect(found(regex('error', true), 'Error error')).toEqual([[1, 6, 11]]);
  });

  test('looks at what is shown: not at colours, markers, or what was overwritten', () => {
    expect(found(plain('failed'), 'it \x1b[31mfai\x1b[0mled')).toEqual([[1, 3, 9]]);
    expect(found(plain('section_start'), 'section_start:1:a\r\x1b[0KHeader')).toEqual([]);
    expect(found(plain('10%'), '10%\r20%')).toEqual([]);
  });

  test('finds nothing of no length', () => {
    expect(found(regex('x*'), 'axxb\n\n')).toEqual([[1, 1, 3]]);
  });

  test('finds the same however the log is cut', () => {
    const log = fc
      .array(fc.constantFrom('a', 'b', '\n', 'é', '\x1b[31m', '\r'), { maxLength: 60 })
      .map((all) => all.join(''));
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(log, cuts, (text, lengths) => {
        expect(found(regex('a|é+b'), text, lengths)).toEqual(found(regex('a|é+b'), text));
      }),
    );
  });

  test('does not keep more than it can tell', () => {
    const search = new LogSearch(plain('x'));
    const many = search.add(encoder.encode('x\n'.repeat(MOST_FOUND + 10)));
    expect([many.lines.length, search.isFull]).toEqual([MOST_FOUND, true]);
  });

  test('goes on behind a line that never ends', () => {
    const search = new LogSearch(plain('needle'));
    const piece = encoder.encode('y'.repeat(700_000));
    for (let each = 0; each < 4; each += 1) search.add(piece);
    expect(search.add(encoder.encode(' needle\nneedle\n')).lines).toEqual([2]);
  });
});
