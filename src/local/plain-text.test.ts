import { expect, test } from 'vitest';
import { colouredText, plainText } from './plain-text.ts';

const TEXT = '\x1b[31mr\x9d\x85ed\x1b[0m \x1b[2J\x1b[1Aback\x07 \x1b]0;title\x07end';

test('a line of a log is shown without what would move a cursor, with its colours or without', () => {
  expect(plainText(TEXT)).toBe('red back end');
  expect(colouredText(TEXT)).toBe('\x1b[31mred\x1b[0m back end');
});
