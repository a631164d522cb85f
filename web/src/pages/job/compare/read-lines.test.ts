import { expect, test } from 'vitest';
import { LineSplitter } from './read-lines.ts';

/** The lines of a text whose bytes come in pieces of so many. */
function lines(text: string, pieces: number, isCut = false): string[] {
  const bytes = new TextEncoder().encode(text);
  const found: string[] = [];
  let size = 0;
  const splitter = new LineSplitter(isCut, (some, more) => {
    found.push(...some);
    size += more;
  });
  for (let at = 0; at < bytes.length; at += pieces) splitter.add(bytes.subarray(at, at + pieces));
  splitter.end();
  expect(size).toBe(bytes.length);
  return found;
}

test.each([1, 2, 3, 100])('lines are whole, in pieces of %d bytes', (pieces) => {
  expect(lines('', pieces)).toEqual([]);
  expect(lines('one\ntwo €uro\n\nfour', pieces)).toEqual(['one', 'two €uro', '', 'four']);
  expect(lines('one\ntwo\n', pieces)).toEqual(['one', 'two']);
  expect(lines('\n\n', pieces)).toEqual(['', '']);
});

test.each([1, 3, 100])(
  'of a part that begins within a line, this one is left out, in pieces of %d',
  (pieces) => {
    expect(lines('its end\ntwo\nthree', pieces, true)).toEqual(['two', 'three']);
    expect(lines('no feed at all', pieces, true)).toEqual([]);
  },
);
