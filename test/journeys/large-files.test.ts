import { createHash, randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { openEventStream } from '../support/event-stream.ts';
import { fetchBytes } from '../support/fetch-bytes.ts';
import { jobIn } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';
import { zipOf } from '../support/zip.ts';

const MEBIBYTE = 1 << 20;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A log of so many bytes in lines that are all different, and where each begins. */
function longLog(size: number): { bytes: Buffer; starts: number[] } {
  const lines: string[] = [];
  const starts: number[] = [];
  for (let at = 0; at < size; at += lines.at(-1)?.length ?? 0) {
    starts.push(at);
    lines.push(`${lines.length}: ${'.'.repeat(lines.length % 97)}\n`);
  }
  return { bytes: Buffer.from(lines.join('')), starts };
}

describe.each(databases)('what is large, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  /** Reads a little, waits, and goes on: the connection is full meanwhile. */
  const slowly = (path: string) =>
    new Promise<Buffer>((resolve, reject) => {
      get(`${house.url}/api/v4${path}`, { headers: { 'private-token': house.rootToken } }, (response) => {
        const read = async () => {
          const parts: Buffer[] = [];
          for await (const part of response as AsyncIterable<Buffer>) {
            parts.push(part);
            if (parts.length % 20 === 0) await wait(3);
          }
          return Buffer.concat(parts);
        };
        read().then(resolve, reject);
      }).on('error', reject);
    });

  test('an archive comes down as it went up, to many at once, to the slow ones too', async () => {
    // What looks like the end of the form is part of the file all the same.
    const near = Buffer.from('\r\n--\r\r\n-\r\n--------------------------\r');
    const parts = Array.from({ length: 40 }, () => [randomBytes(1 << 18), near]).flat();
    const archive = await zipOf({ 'large.bin': Buffer.concat(parts) });
    const { at } = await jobIn(house, 'success', { archive });
    const path = `${at}/artifacts`;
    const all = await Promise.all([
      ...Array.from({ length: 4 }, async () => (await fetchBytes(house, path)).bytes),
      slowly(path),
      slowly(path),
    ]);
    for (const bytes of all) expect(sha256(bytes)).toBe(sha256(archive));
    const [start, end] = [3_000_001, 9_999_999];
    const { bytes } = await fetchBytes(house, path, { range: `bytes=${start}-${end}` });
    expect(sha256(bytes)).toBe(sha256(archive.subarray(start, end + 1)));
  });

  test('a log of 50 MB is read whole, in part, by line and as a stream, live and sealed', async () => {
    const { bytes: log, starts } = longLog(50_000_000);
    const scene = await jobIn(house, 'running');
    for (let at = 0; at < log.length; at += MEBIBYTE)
      expect((await scene.runner.patch(scene.payload!, log.subarray(at, at + MEBIBYTE), at)).status).toBe(
        202,
      );
    const path = `${scene.at}/trace`;
    const readAll = async () => {
      expect(sha256((await fetchBytes(house, path)).bytes)).toBe(sha256(log));
      expect(sha256(await slowly(path))).toBe(sha256(log));
      const [start, end] = [20_000_003, 31_234_567];
      const part = await fetchBytes(house, path, { range: `bytes=${start}-${end}` });
      expect([part.status, sha256(part.bytes)]).toEqual([206, sha256(log.subarray(start, end + 1))]);
      const [from, to] = [400_001, 440_000];
      const lines = await fetchBytes(house, `${path}/lines?from=${from}&to=${to}`);
      expect(lines.headers.get('x-total-lines')).toBe(String(starts.length));
      expect(sha256(lines.bytes)).toBe(sha256(log.subarray(starts[from - 1], starts[to])));
      const tail = await fetchBytes(house, `${path}?tail=50000`);
      expect(sha256(tail.bytes)).toBe(sha256(log.subarray(starts.at(-50_000))));
    };
    await readAll();
    const stream = await openEventStream(`${house.url}/api/v4${path}`, house.rootToken);
    const told = stream.rest();
    expect((await scene.runner.finish(scene.payload!, 'success', log)).status).toBe(200);
    const hash = createHash('sha256');
    for (const { event, data } of await told) if (event === 'log') hash.update(Buffer.from(data, 'base64'));
    expect(hash.digest('hex')).toBe(sha256(log));
    await until('the log is sealed', async () => {
      const { headers } = await fetchBytes(house, path, { range: 'bytes=0-0' });
      return headers.get('etag')?.startsWith('"live') ? undefined : true;
    });
    await readAll();
  });
});
