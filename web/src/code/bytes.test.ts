import { expect, test } from 'vitest';
import { isText, linesOf, sizeText } from './bytes.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a text is told from other bytes', () => {
  expect(isText(bytes('größe\n'))).toBe(true);
  expect(isText(bytes(''))).toBe(true);
  expect(isText(bytes('a\0b'))).toBe(false);
  expect(isText(new Uint8Array([0xff, 0xfe, 0x41]))).toBe(false);
});

test('lines are counted as an editor counts them', () => {
  expect(linesOf('a\nb\n')).toEqual(['a', 'b']);
  expect(linesOf('a\r\nb')).toEqual(['a', 'b']);
  expect(linesOf('a\n\n')).toEqual(['a', '']);
  expect(linesOf('')).toEqual(['']);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [20 * 1024 * 1024, '20 MiB'],
])('%d bytes are %s', (size, text) => {
  expect(sizeText(size)).toBe(text);
});
