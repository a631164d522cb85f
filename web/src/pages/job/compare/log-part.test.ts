import { expect, test } from 'vitest';
import { BLOCK } from '../log/line-map.ts';
import { partOf } from './log-part.ts';

const MIB = 1024 * 1024;
/** A log of lines that are all so long. */
const logOf = (lines: number, length: number) => {
  const size = lines * length;
  const line_feeds = Array.from({ length: Math.ceil(size / BLOCK) || 1 }, (_, block) =>
    Math.floor((block * BLOCK) / length),
  );
  return { size, lines, line_feeds };
};

test('a log is compared whole', () => {
  for (const index of [logOf(0, 1), logOf(500_000, 200), logOf(1_000_000, 64)])
    expect(partOf('/trace', index)).toEqual({ trace: '/trace', index, from: 0, linesBefore: 0 });
});

test('of one that is too long, in bytes or in lines, the end is, from a line on', () => {
  const long = logOf(200_000, 1000);
  const bytes = partOf('/trace', long);
  expect(long.size - bytes.from).toBeLessThanOrEqual(128 * MIB);
  expect(long.size - bytes.from).toBeGreaterThan(127 * MIB);
  expect(bytes.linesBefore).toBe(Math.floor(bytes.from / 1000) + 1);
  const many = logOf(1_500_000, 10);
  const lines = partOf('/trace', many);
  expect(many.lines - lines.linesBefore).toBeLessThan(1_000_000);
  expect(many.lines - lines.linesBefore).toBeGreaterThan(960_000);
});
