import { expect, test } from 'vitest';
import { countFeeds, LogSections } from './log-sections.ts';

const start = (name: string, time = 10, options = '') => `section_start:${time}:${name}${options}\r\x1b[0K`;
const end = (name: string, time = 20) => `section_end:${time}:${name}\r\x1b[0K`;

/** The sections of this log, which comes in pieces of so many bytes. */
function sectionsOf(log: string, size = Infinity): LogSections {
  const bytes = Buffer.from(log);
  const sections = new LogSections();
  for (let at = 0; at < bytes.length; at += size) {
    const until = Math.min(at + size, bytes.length);
    sections.add(bytes.subarray(at, until), countFeeds(bytes.subarray(0, until)));
  }
  sections.end();
  return sections;
}

const LOG = [
  'first\n',
  `${start('prepare')}\x1b[36;1mPreparing é\x1b[0;m\n`,
  'a\n',
  `${end('prepare', 12)}${start('build', 12, '[collapsed=true]')}Building\r\n`,
  `00O ${start('inner', 13)}Inner\n`,
  'b\n',
  `${end('inner', 14)}\n`,
  `${end('build', 15)}done\n`,
  `${start('open', 16)}Still`,
].join('');

test.each([1, 2, 3, 7, 64, Infinity])('are found whatever pieces the log comes in: %s bytes', (size) => {
  const { found, cut } = sectionsOf(LOG, size);
  expect(cut).toBe(false);
  const told = found.map(
    ({ name, level, start_line, end_line }) => `${name} ${level}: ${start_line}-${end_line}`,
  );
  expect(told).toEqual(['prepare 0: 2-4', 'build 0: 4-8', 'inner 1: 5-7', 'open 0: 9-null']);
  expect(found.map(({ header }) => header)).toEqual([
    '\x1b[36;1mPreparing é\x1b[0;m',
    'Building',
    'Inner',
    'Still',
  ]);
  expect(found.map(({ collapsed }) => collapsed)).toEqual([false, true, false, false]);
  expect(found.map(({ started_at, finished_at }) => [started_at, finished_at])).toEqual([
    [10, 12],
    [12, 15],
    [13, 14],
    [16, null],
  ]);
});

test.each([
  ['a time that is none', 'section_start:x:a\r\x1b[0KA\n'],
  ['a time of too many digits', 'section_start:123456789012:a\r\x1b[0KA\n'],
  ['a name with blanks', 'section_start:1:a b\r\x1b[0KA\n'],
  ['no escape', 'section_start:1:a\nA\n'],
  ['an end of nothing', `${end('a')}\n`],
])('are not those with %s', (_, log) => {
  expect(sectionsOf(log).found).toEqual([]);
});

test('end with those around them', () => {
  const { found } = sectionsOf(`${start('a')}A\n${start('b')}B\n${end('a', 30)}`);
  expect(found.map(({ name, end_line, finished_at }) => [name, end_line, finished_at])).toEqual([
    ['a', 3, 30],
    ['b', 3, 30],
  ]);
});

test('are no more than can be told', () => {
  const many = sectionsOf(Array.from({ length: 10_001 }, () => `${start('a')}A\n${end('a')}\n`).join(''));
  expect([many.found.length, many.cut]).toEqual([10_000, true]);
  const deep = sectionsOf(start('a').repeat(101));
  expect([deep.found.length, deep.cut]).toEqual([100, true]);
  expect(sectionsOf('section_'.repeat(100_001)).cut).toBe(true);
});

test('have headers that are short', () => {
  expect(sectionsOf(`${start('a')}${'x'.repeat(1000)}\n`).found[0]?.header).toBe('x'.repeat(256));
});
