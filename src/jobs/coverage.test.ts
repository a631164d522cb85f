import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { coverageIn } from './coverage.ts';

const folder = temporaryFolder();
const HEADER = 'header 99%\n';

const coverageOf = (log: string | Buffer, pattern: string) => {
  const path = join(folder, 'log');
  const bytes = Buffer.from(log);
  writeFileSync(path, Buffer.concat([Buffer.from(HEADER), bytes]));
  return coverageIn({ path, start: HEADER.length, size: bytes.length }, pattern);
};

test.each([
  ['the number in what is found', 'Lines: 81.25% of 400\n', 'Lines: \\d+\\.\\d+%', 81.25],
  ['the last line that has one', 'cov 10%\ncov 20%\nnothing\n', 'cov \\d+%', 20],
  ['the last match of a line', 'cov 10% cov 30% cov 20%', 'cov \\d+%', 20],
  [
    'the last group of a pattern that has some',
    'files 7, lines 33.5',
    '(files \\d+), lines (\\d+\\.\\d+)',
    33.5,
  ],
  ['a number with a comma', 'Abdeckung: 12,5 %\n', 'Abdeckung: .*', 12.5],
  ['whatever ends the line', 'total 5%\r\nend\r\n', 'total \\d+%$', 5],
  ['nothing where no line fits', 'Lines: 81.25%\n', 'Branches: \\d+', null],
  ['an earlier line where the last fits without a number', 'cov 10%\ncov unknown\n', 'cov .*', 10],
  ['an earlier line where the last has more than a whole', 'cov 100%\ncov 100.1%\n', 'cov .*', 100],
  ['nothing of a number that no number can hold', `cov ${'9'.repeat(400)}%`, 'cov \\d+%', null],
  ['nothing in an empty log', '', '.*', null],
  ['nothing of what stands before the log', 'a\n', '\\d+%', null],
])('%s is the coverage', (_, log, pattern, coverage) => {
  expect(coverageOf(log, pattern)).toBe(coverage);
});

const stamped = (text: string, kind = 'O ') => `2026-01-31T16:47:55.123456Z 01${kind}${text}\n`;

test.each([
  ['a line from its beginning', stamped('cov 42.5%'), '^cov \\d+\\.\\d+%$', 42.5],
  ['no number of a stamp', stamped('cov 7%') + stamped('done', 'E '), '\\d+.*', 7],
  [
    'a line that came in parts',
    stamped('cov ') + stamped('12', 'O+') + stamped('.5%', 'O+'),
    '^cov .*',
    12.5,
  ],
  [
    'the first line of all',
    stamped('cov 3%') + stamped(' of 9', 'O+') + stamped('end'),
    '^cov \\d+% of 9$',
    3,
  ],
  ['what looks like a stamp in a log that has none', `plain\n${stamped('end')}`, '^(\\d{2}).*end$', 20],
])('of a log whose lines are stamped: %s', (_, log, pattern, coverage) => {
  expect(coverageOf(log, pattern)).toBe(coverage);
});

test('lines are whole wherever the reading is cut', () => {
  for (const length of [262_130, 262_140, 262_144, 262_150, 524_288])
    expect(coverageOf(`cov 42.5%\n${'x'.repeat(length)}`, '^cov \\d+\\.\\d+%$')).toBe(42.5);
});

test('a line without end is looked at from its end', () => {
  expect(coverageOf(`cov 1%${'x'.repeat(3_000_000)}cov 2%`, 'cov \\d+%')).toBe(2);
});

test('bytes that are no text hinder nothing', () => {
  expect(coverageOf(Buffer.from([0xff, 0x00, 0x0a, 0x37, 0x25, 0x0a, 0xc3]), '\\d+%')).toBe(7);
});
