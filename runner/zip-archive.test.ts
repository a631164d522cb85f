import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { writeZip } from './zip-archive.ts';

test('a zip comes to its end, however slowly it is taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const names = Array.from({ length: 60 }, (_, index) => `file-${String(index).padStart(2, '0')}`);
  for (const name of names) writeFileSync(join(folder, name), name.repeat(10_000));
  const chunks: Buffer[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      setTimeout(done, 1);
    },
  });
  const files = names.map((path) => ({ path, stats: lstatSync(join(folder, path)) }));
  await writeZip(folder, files, slow, () => {});
  const zip = await fromBufferPromise(Buffer.concat(chunks), { lazyEntries: true });
  const found: string[] = [];
  for await (const { fileName } of zip.eachEntry()) found.push(fileName);
  expect(found).toEqual(names);
});
