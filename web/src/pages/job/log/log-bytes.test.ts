import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK, blockOfLine, blocksOfLines } from './line-map.ts';
import { LogBytes, LONGEST_LINE } from './log-bytes.ts';

const encoder = new TextEncoder();

/** A log as the server tells it: its size, its lines, and the line feeds before each block. */
function indexOf(bytes: Uint8Array) {
  const before = [0];
  let feeds = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 10) feeds += 1;
    if ((at + 1) % BLOCK === 0) before.push(feeds);
  }
  const lines = feeds + (bytes.length > 0 && bytes.at(-1) !== 10 ? 1 : 0);
  return { size: bytes.length, lines, before };
}

/** A log with only the blocks that some lines need. */
function fetched(bytes: Uint8Array, from: number, to: number): LogBytes {
  const log = new LogBytes(indexOf(bytes));
  for (const block of log.missing(from, to)) log.put(block, bytes.slice(block * BLOCK, (block + 1) * BLOCK));
  return log;
}

const linesOf = (text: string) => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

/** Lines of every length around that of a block, up to some blocks in all. */
const text = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'é', '\x1b[31mr\x1b[0m'),
      fc.constantFrom(0, 1, 7, 300, 5000, 80_000, BLOCK - 1, BLOCK),
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((lines) => lines.map(([word, count]) => word.repeat(Math.ceil(count / word.length))).join('\n'))
  .chain((whole) => fc.constantFrom(whole, `${whole}\n`))
  .filter((whole) => whole.length > 0);

describe('the lines of a log', () => {
  test('are found in the blocks that the index says they need, wherever blocks begin', () => {
    fc.assert(
      fc.property(text, fc.nat(), (whole, some) => {
        const bytes = encoder.encode(whole);
        const lines = linesOf(whole);
        const line = 1 + (some % lines.length);
        const log = fetched(bytes, line, line);
        expect(log.lines).toBe(lines.length);
        const expected = new TextDecoder().decode(encoder.encode(lines[line - 1]).subarray(0, LONGEST_LINE));
        expect(log.line(line)?.text).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  test.each([1, 2, 10, 101, 102])(
    'are whole where a block ends within or beside them, %i bytes on',
    (behind) => {
      const bytes = encoder.encode(`${'x'.repeat(BLOCK - behind)}\n${'y'.repeat(100)}\nz\n`);
      expect(fetched(bytes, 2, 2).line(2)?.text).toBe('y'.repeat(100));
      expect(fetched(bytes, 3, 3).line(3)?.text).toBe('z');
    },
  );

  test('are the same however they come', () => {
    fc.assert(
      fc.property(
        text,
        fc.array(fc.integer({ min: 1, max: 2 * BLOCK }), { minLength: 1, maxLength: 6 }),
        (whole, cuts) => {
          const bytes = encoder.encode(whole);
          const log = LogBytes.empty();
          for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
            const length = cuts[cut % cuts.length] ?? 1;
            log.append(bytes.subarray(at, at + length));
            at += length;
          }
          const index = indexOf(bytes);
          expect({ size: log.size, lines: log.lines, before: log.before }).toEqual(index);
          const direct = fetched(bytes, 1, index.lines);
          const linesOfLog = (each: LogBytes) =>
            Array.from({ length: index.lines }, (_, line) => each.line(line + 1));
          expect(linesOfLog(log)).toEqual(linesOfLog(direct));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('keep the bytes that a small piece was followed by', () => {
    const log = LogBytes.empty();
    log.append(encoder.encode('first'));
    const before = log.line(1);
    log.append(encoder.encode(' line\nsecond'));
    expect(before?.text).toBe('first');
    expect([log.line(1)?.text, log.line(2)?.text, log.lines]).toEqual(['first line', 'second', 2]);
  });

  test('begin in the colour that an earlier one has left, across blocks', () => {
    const filler = `${'x'.repeat(99)}\n`.repeat(3000);
    const bytes = encoder.encode(`\x1b[31mred\n${filler}still red\x1b[0m\nplain\n`);
    const log = fetched(bytes, 1, 4000);
    expect(log.line(1)?.style.fg).toBe(null);
    expect(log.line(2)?.style.fg).toBe(1);
    expect(log.line(3002)?.style.fg).toBe(1);
    expect(log.line(3003)?.style.fg).toBe(null);
  });

  test('are not there before their bytes are, or behind the end', () => {
    const bytes = encoder.encode('one\ntwo\n');
    const log = new LogBytes(indexOf(bytes));
    expect(log.line(1)).toBe(null);
    log.put(0, bytes);
    expect([log.line(0), log.line(3), log.line(2)?.text]).toEqual([null, null, 'two']);
  });

  test('that are no UTF-8 are shown as far as they are', () => {
    const log = LogBytes.empty();
    log.append(Uint8Array.of(0x61, 0xff, 0x62, 0x0a));
    expect(log.line(1)?.text).toBe('a\ufffdb');
  });

  test('that are huge are shown by their beginning', () => {
    const log = fetched(encoder.encode(`${'x'.repeat(3 * BLOCK)}\nend`), 1, 1);
    expect(log.line(1)).toMatchObject({ cut: true, text: 'x'.repeat(LONGEST_LINE) });
  });

  test('of far away blocks are forgotten, and fetched again', () => {
    const bytes = encoder.encode(`${'y'.repeat(BLOCK - 1)}\n`.repeat(100));
    const log = new LogBytes(indexOf(bytes));
    for (let block = 0; block < 100; block += 1)
      log.put(block, bytes.slice(block * BLOCK, (block + 1) * BLOCK));
    expect(log.line(1)).toBe(null);
    expect(log.missing(1, 1)).toContain(0);
    expect(log.line(100)?.text).toHaveLength(LONGEST_LINE);
  });
});

describe('the block of a line', () => {
  test('is the last one with fewer line feeds before it than come before the line', () => {
    const before = [0, 0, 5, 5, 9];
    expect([1, 2, 6, 7, 10, 11].map((line) => blockOfLine(before, line))).toEqual([0, 1, 1, 3, 3, 4]);
  });

  test('is one of few, however many lines are asked for in it', () => {
    const before = Array.from({ length: 400 }, (_, block) => block * 1300);
    expect(blocksOfLines(before, 100_000, 100_101)).toEqual({ first: 76, last: 77 });
  });
});
