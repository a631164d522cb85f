import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blocksOf } from './blocks.ts';

/** As a form gives what a connection has brought: the whole of it, or in two parts that share its memory. */
const piecesOf = (bytes: Uint8Array, isWhole: boolean) => {
  const memory = Buffer.allocUnsafeSlow(bytes.length);
  memory.set(bytes);
  const middle = bytes.length >> 1;
  return isWhole || middle === 0 ? [memory] : [memory.subarray(0, middle), memory.subarray(middle)];
};

async function* inTurns(pieces: Iterable<Buffer>) {
  for (const piece of pieces) {
    await turn();
    yield piece;
  }
}

/** Keeps nothing that the next block may overwrite. */
async function taken(source: Readable): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const block of blocksOf(source)) {
    const copy = Buffer.from(block);
    await turn();
    // While this one was held, others came: they must have gone elsewhere.
    expect(block.equals(copy)).toBe(true);
    copies.push(copy);
  }
  return Buffer.concat(copies);
}

test('an upload comes through byte for byte, however it is cut and whoever is slower', async () => {
  const pieces = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_500_000 }), fc.boolean()), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (cut, atOnce) => {
      const given = cut.map(([size]) => randomBytes(size));
      const sent = cut.flatMap(([, isWhole], index) => piecesOf(given[index] ?? Buffer.alloc(0), isWhole));
      const source = Readable.from(atOnce ? sent : inTurns(sent));
      expect((await taken(source)).equals(Buffer.concat(given))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('an upload waits for whoever does not ask for the next block', async () => {
  let sent = 0;
  const source = Readable.from(
    (function* () {
      for (; sent < 1000; sent += 1) yield Buffer.alloc(1 << 16);
    })(),
  );
  const blocks = blocksOf(source);
  await blocks.next();
  for (let count = 0; count < 100; count += 1) await turn();
  expect(sent << 16).toBeLessThan(5 << 20);
  await blocks.return();
  expect(source.destroyed).toBe(true);
});

test('an upload that breaks off fails as it does, also where a block was begun', async () => {
  const breaking = Readable.from(
    (function* () {
      yield randomBytes(5000);
      throw new Error('gone');
    })(),
  );
  await expect(taken(breaking)).rejects.toThrow('gone');
});
