import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EndOfStream, readExactly, readLine } from './read-bytes.ts';

test('reads the same whatever the pieces in which the bytes come', async () => {
  const bytes = Buffer.from('0009hello\nline\nthe rest\n that is piped on');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length)), async (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
      const pieces = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)).filter((p) => p.length > 0);
      const stream = Readable.from(pieces, { objectMode: false });
      expect((await readExactly(stream, 4)).toString()).toBe('0009');
      expect((await readLine(stream)).toString()).toBe('hello');
      expect((await readLine(stream)).toString()).toBe('line');
      expect((await buffer(stream.pipe(new PassThrough()))).toString()).toBe('the rest\n that is piped on');
    }),
  );
});

test('waits for what comes slowly', async () => {
  const stream = new PassThrough();
  const line = readLine(stream);
  for (const piece of ['a', 'b', 'c\nd']) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    stream.write(piece);
  }
  expect((await line).toString()).toBe('abc');
  const four = readExactly(stream, 4);
  await new Promise((resolve) => setTimeout(resolve, 5));
  stream.write('efg');
  expect((await four).toString()).toBe('defg');
});

test('an early end and an error are told apart', async () => {
  const short = Readable.from([Buffer.from('abc')], { objectMode: false });
  await expect(readExactly(short, 4)).rejects.toBeInstanceOf(EndOfStream);
  await expect(readLine(short)).rejects.toBeInstanceOf(EndOfStream);
  const broken = new PassThrough();
  const waiting = readExactly(broken, 4);
  broken.destroy(new Error('broken'));
  await expect(waiting).rejects.toThrow('broken');
});
