import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineIndex } from './line-index.ts';

/** Lines of any bytes, some of them longer than a block. */
const line = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(262_143, 262_144, 300_000).map((length) => new Uint8Array(length)),
  },
);

test('every line begins where it does, however the log came and whether the index was stored', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 400_000 }),
      async (given, ended, size) => {
        const lines = given.map((bytes) => Buffer.from(bytes.map((byte) => (byte === 10 ? 0 : byte))));
        const text = lines.flatMap((bytes, index) =>
          ended || index < lines.length - 1 ? [bytes, Buffer.from('\n')] : [bytes],
        );
        const log = Buffer.concat(text);
        const index = new LineIndex();
        for (let at = 0; at < log.length; at += size) index.add(log.subarray(at, at + size));
        const total =
          log.length === 0 ? 0 : log.toString('latin1').split('\n').length - (log.at(-1) === 10 ? 1 : 0);
        const stored = LineIndex.decode(index.encode());
        for (const one of index.trivial
          ? [index, stored, LineIndex.ofSmall(index.size, index.lines)]
          : [index, stored]) {
          expect([one.size, one.lines]).toEqual([log.length, total]);
          let expected = 0;
          for (let number = 1; number <= total + 2; number += 1) {
            const read = async (start: number, end: number) => log.subarray(start, end + 1);
            expect(await one.startOf(number, read)).toBe(number > total ? log.length : expected);
            expected = log.indexOf(10, expected) + 1;
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('what is no index is not taken for one', () => {
  expect(() => LineIndex.decode(Buffer.from('something else, long enough'))).toThrow('no index');
});
