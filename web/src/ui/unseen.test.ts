import { expect, test } from 'vitest';
import { piecesOf, turns, withoutTurning } from './unseen.ts';

const codes = (text: string) =>
  piecesOf(text).map((piece) => (typeof piece === 'string' ? piece : piece.code));

test.each([
  ['plain text, with\ttabs and\nlines', ['plain text, with\ttabs and\nlines']],
  ['', ['']],
  ['if \u202Eresu', ['if ', 'U+202E', 'resu']],
  ['\u2067a\u2069\u2069', ['U+2067', 'a', 'U+2069', 'U+2069']],
  ['a\u200Bb', ['a', 'U+200B', 'b']],
  ['bell\x07, escape\x1B[31m', ['bell', 'U+0007', ', escape', 'U+001B', '[31m']],
  ['const \u3164 = 1', ['const ', 'U+3164', ' = 1']],
  ['\u{e0041}\u{e0042}', ['U+E0041', 'U+E0042']],
])('%j is shown as %j', (text, shown) => {
  expect(codes(text)).toEqual(shown);
});

test.each([
  '👩‍💻 makes it',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  'می‌خواهم',
  'שלום',
  '#️⃣',
])('what people write is left as it is: %s', (text) => {
  expect(piecesOf(text)).toEqual([text]);
});

test('a joiner between letters that need none is out of place', () => {
  expect(codes('ad\u200Dmin')).toEqual(['ad', 'U+200D', 'min']);
});

test('all of the text is in its pieces', () => {
  const text = '\u202Ea\u2066\0b\u{e0041}c👩‍💻';
  expect(
    piecesOf(text)
      .map((piece) => (typeof piece === 'string' ? piece : piece.char))
      .join(''),
  ).toBe(text);
});

test('what turns the order of a text is known, and left out of a title', () => {
  expect(turns('safe\u202Egnp')).toBe(true);
  expect(turns('zero\u200Bwidth')).toBe(false);
  expect(withoutTurning('\u2069\u202Esafe')).toBe('safe');
});
