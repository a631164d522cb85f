import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { smallDisk } from '../../test/support/small-disk.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { LiveLogs, type LiveLogsOptions } from './live-logs.ts';
import { HEADER_BYTES } from './log-header.ts';

const NEVER = 2 ** 31 - 1;
const JOB = 7;

let folder: string;
let logs: LiveLogs;

beforeEach(async () => {
  folder = temporaryFolder();
  logs = await open();
});

const opened: LiveLogs[] = [];
const open = async (options: LiveLogsOptions = {}, at = folder) => {
  const made = await LiveLogs.open(at, { syncAfter: NEVER, ...options });
  opened.push(made);
  return made;
};
// Only now: in a test, an instance that is opened no more stands for a process that died.
afterEach(() => Promise.all(opened.splice(0).map((made) => made.close())));
const file = (job = JOB) => join(folder, job.toString(16).padStart(2, '0'), `${job}.log`);
const text = (value: string) => Buffer.from(value);
const content = async (from: LiveLogs, job = JOB) => {
  const { size } = await from.mark(job);
  const stream = await from.read(job, { start: 0, end: size - 1 });
  return Buffer.concat((await stream?.toArray()) ?? []);
};

test('a log holds exactly the bytes of its chunks, however they are cut and repeated', async () => {
  const chunks = fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean()), {
    maxLength: 15,
  });
  let job = 1;
  await fc.assert(
    fc.asyncProperty(chunks, async (given) => {
      job += 1;
      let size = 0;
      for (const [bytes, twice] of given) {
        const outcomes = [(await logs.append(job, size, bytes)).outcome];
        if (twice) outcomes.push((await logs.append(job, size, bytes)).outcome);
        expect(outcomes).toEqual(twice ? ['appended', 'repeated'] : ['appended']);
        size += bytes.length;
      }
      const all = Buffer.concat(given.map(([bytes]) => bytes));
      expect(await content(logs, job)).toEqual(all);
      expect(await logs.mark(job)).toEqual({ size, crc: crc32(all), generation: 0 });
    }),
    { numRuns: 60 },
  );
});

test('a chunk that does not begin where the log ends is not stored, and the true size is told', async () => {
  expect(await logs.append(JOB, 5, text('late'))).toEqual({ outcome: 'gap', size: 0 });
  await logs.append(JOB, 0, text('hello'));
  expect(await logs.append(JOB, 6, text('gap'))).toEqual({ outcome: 'gap', size: 5 });
  expect(await logs.append(JOB, 3, text('overlap'))).toEqual({ outcome: 'gap', size: 5 });
  expect(await logs.append(JOB, 0, text('hell'))).toEqual({ outcome: 'gap', size: 5 });
  expect(await logs.append(JOB, 3, text('lo'))).toEqual({ outcome: 'repeated', size: 5 });
  expect((await content(logs)).toString()).toBe('hello');
});

test('of many writers at one offset exactly one is heard, and no byte of the others', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      logs.append(JOB, 0, text(String.fromCharCode(97 + index).repeat(index + 1))),
    ),
  );
  expect(outcomes.filter(({ outcome }) => outcome === 'appended')).toEqual([
    { outcome: 'appended', size: 1 },
  ]);
  expect((await content(logs)).toString()).toBe('a');
});

test('a log may reach the limit and not a byte more', async () => {
  logs = await open({ maxSize: 10 });
  expect(await logs.append(JOB, 0, text('0123456'))).toMatchObject({ outcome: 'appended' });
  expect(await logs.append(JOB, 7, text('7890'))).toEqual({ outcome: 'too_large', size: 7 });
  expect(await logs.append(JOB, 7, text('789'))).toEqual({ outcome: 'appended', size: 10 });
});

test('a reset log is empty, and the runner can send all of it again', async () => {
  await logs.append(JOB, 0, text('wrong bytes'));
  await logs.reset(JOB);
  expect(await logs.mark(JOB)).toEqual({ size: 0, crc: 0, generation: 1 });
  expect(await logs.append(JOB, 0, text('right'))).toMatchObject({ outcome: 'appended' });
  logs = await open();
  expect((await content(logs)).toString()).toBe('right');
  expect(await logs.mark(JOB)).toMatchObject({ size: 5, generation: 1 });
  await logs.reset(JOB);
  expect(await logs.mark(JOB)).toMatchObject({ size: 0, generation: 2 });
});

test('more logs than descriptors work, and a closed log goes on where it was', async () => {
  logs = await open({ openFiles: 3 });
  const jobs = Array.from({ length: 12 }, (_, index) => index + 1);
  for (let round = 0; round < 3; round += 1)
    await Promise.all(jobs.map((job) => logs.append(job, round * 4, text(`${round}abc`))));
  const descriptors = readdirSync('/proc/self/fd').length;
  await logs.close();
  expect(descriptors - readdirSync('/proc/self/fd').length).toBe(3);
  for (const job of jobs) expect((await content(logs, job)).toString()).toBe('0abc1abc2abc');
});

test('growth is told to who watches, until he stops', async () => {
  let told = 0;
  const stop = logs.watch(JOB, () => (told += 1));
  expect(logs.isWatched(JOB, 0)).toBe(true);
  await logs.append(JOB, 0, text('a'));
  await logs.append(JOB, 9, text('gap'));
  expect(told).toBe(1);
  stop();
  await logs.append(JOB, 1, text('b'));
  expect(told).toBe(1);
  expect(logs.isWatched(JOB, 1_000)).toBe(false);
  logs.noteReader(JOB, 1_000);
  expect(logs.isWatched(JOB, 5_000)).toBe(true);
  expect(logs.isWatched(JOB, 12_000)).toBe(false);
});

test.each(['sync', 'reset'] as const)('a %s that comes as the log ends makes no file anew', async (late) => {
  await logs.append(JOB, 0, text('abc'));
  await Promise.all([logs.end(JOB, async () => {}), logs[late](JOB)]);
  expect(existsSync(file())).toBe(false);
});

test('an ended log takes nothing more and its file goes; while the end fails, it stays', async () => {
  await logs.append(JOB, 0, text('last words'));
  const failing = logs.end(JOB, async () => {
    throw new Error('not yet');
  });
  await expect(failing).rejects.toThrow('not yet');
  expect(await logs.append(JOB, 10, text('!'))).toEqual({ outcome: 'ended', size: 10 });
  expect((await content(logs)).toString()).toBe('last words');
  expect(await logs.end(JOB, async (mark) => mark.size)).toBe(10);
  expect(existsSync(file())).toBe(false);
  expect(await logs.append(JOB, 0, text('!'))).toMatchObject({ outcome: 'ended' });
  await logs.reset(JOB);
  expect(await logs.jobIds()).toEqual([]);
  expect(existsSync(file())).toBe(false);
});

describe('after a crash', () => {
  test('of the process, every acknowledged byte is there', async () => {
    await logs.append(JOB, 0, text('synced '));
    await logs.sync(JOB);
    await logs.append(JOB, 7, text('acknowledged'));
    logs = await open();
    expect((await content(logs)).toString()).toBe('synced acknowledged');
    expect(await logs.append(JOB, 19, text('!'))).toEqual({ outcome: 'appended', size: 20 });
  });

  test('of the process within a write, what was not acknowledged goes', async () => {
    await logs.append(JOB, 0, text('whole'));
    writeFileSync(file(), 'half a ch', { flag: 'a' });
    logs = await open();
    expect((await content(logs)).toString()).toBe('whole');
    expect(readFileSync(file())).toHaveLength(HEADER_BYTES + 5);
  });

  test('of the power, what is zeros or missing is cut off, and what was synced is there', async () => {
    for (const harm of ['zeros', 'missing'] as const) {
      const job = harm === 'zeros' ? 1 : 2;
      await logs.append(job, 0, text('synced'));
      await logs.sync(job);
      await logs.append(job, 6, text(' only acknowledged'));
      const bytes = readFileSync(file(job));
      if (harm === 'zeros') writeFileSync(file(job), bytes.fill(0, HEADER_BYTES + 6));
      else truncateSync(file(job), HEADER_BYTES + 9);
    }
    logs = await open();
    for (const job of [1, 2]) {
      expect((await content(logs, job)).toString()).toBe('synced');
      expect(await logs.append(job, 24, text('x'))).toEqual({ outcome: 'gap', size: 6 });
    }
  });

  test('of the power before the first sync, the log begins anew', async () => {
    for (const [job, bytes] of [
      [1, Buffer.alloc(0)],
      [2, Buffer.alloc(HEADER_BYTES)],
      [3, Buffer.alloc(5_000)],
    ] as const) {
      writeFileSync(file(job), bytes);
      expect(await logs.append(job, 0, text('new'))).toEqual({ outcome: 'appended', size: 3 });
      const again = await open();
      expect((await content(again, job)).toString()).toBe('new');
    }
  });

  test('of the power at any instant, the log is a beginning of what was sent and holds all that was synced', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 1_500 }) },
      { weight: 2, arbitrary: fc.constant('sync' as const) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    );
    let job = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 14 }),
        fc.boolean(),
        fc.infiniteStream(fc.boolean()),
        async (steps, withinSync, lucky) => {
          job += 1;
          let sent = Buffer.alloc(0);
          let synced = 0;
          let onDisk = Buffer.alloc(0);
          for (const what of steps) {
            if (what === 'restart') {
              logs = await open();
              await logs.mark(job);
            } else if (what === 'sync') await logs.sync(job);
            else {
              const bytes = randomBytes(what);
              await logs.append(job, sent.length, bytes);
              sent = Buffer.concat([sent, bytes]);
            }
            if (typeof what === 'string' && existsSync(file(job))) {
              synced = sent.length;
              onDisk = readFileSync(file(job));
            }
          }
          if (!existsSync(file(job))) return;
          if (withinSync) await logs.sync(job);
          // Of every sector that was written since the last sync that was completed, the disk has the old or the new one.
          const now = readFileSync(file(job));
          const found = Buffer.alloc(now.length);
          for (let at = 0; at < now.length; at += 512) {
            const source = lucky.next().value ? now : onDisk;
            if (at < source.length) source.copy(found, at, at, at + 512);
          }
          writeFileSync(file(job), found);
          logs = await open();
          const kept = await content(logs, job);
          expect(kept.equals(sent.subarray(0, kept.length))).toBe(true);
          expect(kept.length).toBeGreaterThanOrEqual(synced);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('chunks are synced by themselves', async () => {
    logs = await open({ syncAfter: 250 });
    await logs.append(JOB, 0, text('soon safe'));
    expect(await withoutAcknowledgedMark()).toBe('');
    await expect.poll(withoutAcknowledgedMark, { interval: 50 }).toBe('soon safe');
  });
});

/** What a copy of the log says when only the mark of the last sync can be believed. */
async function withoutAcknowledgedMark(): Promise<string> {
  const elsewhere = temporaryFolder();
  const other = await open({}, elsewhere);
  writeFileSync(join(elsewhere, '07', '7.log'), readFileSync(file()).fill(0, 16, 32));
  return (await content(other)).toString();
}

const disk = smallDisk(1 << 20);
test.skipIf(disk === null)(
  'a full disk refuses the chunk with 503, keeps what it had, and goes on when there is room',
  async () => {
    const small = await open({}, disk ?? '');
    const chunk = randomBytes(300_000);
    const fill = async (size = 0): Promise<{ refused: unknown; size: number }> => {
      try {
        return await fill((await small.append(JOB, size, chunk)).size);
      } catch (refused) {
        return { refused, size };
      }
    };
    const { refused, size } = await fill();
    expect(refused).toMatchObject({
      status: 503,
      body: { message: '503 Service Unavailable - the storage is full' },
    });
    expect(size).toBeGreaterThan(0);
    expect(await small.mark(JOB)).toMatchObject({ size });
    expect(readFileSync(join(disk ?? '', '07', '7.log'))).toHaveLength(HEADER_BYTES + size);
    const again = await open({}, disk ?? '');
    expect(await content(again)).toEqual(Buffer.concat(Array(size / chunk.length).fill(chunk)));
    expect(await again.append(JOB, size, text('a little'))).toMatchObject({ outcome: 'appended' });
  },
);
