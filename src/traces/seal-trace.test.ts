import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { insertJob, insertPipeline, insertProject } from '../../test/support/job-rows.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { deleteBlobs } from '../blobs/blob-ownership.ts';
import { BlobStore } from '../blobs/blob-store.ts';
import type { Database } from '../db/database.ts';
import { Worker } from '../work/worker.ts';
import { LiveLogs } from './live-logs.ts';
import { openTrace, traceAgrees } from './read-trace.ts';
import { eraseTraces, sealTraceLater, sealTraces, sweepLogs } from './seal-trace.ts';
import { createTrace, findTrace } from './trace-store.ts';

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

describe.each(databases)('the trace of a job on %s', (kind) => {
  let db: Database;
  let blobs: BlobStore;
  let blobFolder: string;
  let logFolder: string;
  let logs: LiveLogs;
  let jobId: number;
  let worker: Worker | null;

  beforeEach(async () => {
    db = await openTestDatabase(kind);
    blobFolder = temporaryFolder();
    blobs = await BlobStore.open(`file:${blobFolder}`);
    logFolder = temporaryFolder();
    logs = await LiveLogs.open(logFolder);
    const project_id = await insertProject(db);
    const id = await insertPipeline(db, project_id);
    jobId = await insertJob(db, { id, project_id });
    await db.write((tx) => createTrace(tx, { id: jobId, project_id }));
    worker = null;
  });
  afterEach(async () => {
    await worker?.stop();
    await logs.close();
  });

  const work = async () => {
    const sealing = sealTraces(db, blobs, logs, Date.now, async () => null);
    worker = new Worker(db).handle(...sealing).handle(...deleteBlobs(blobs));
    await worker.start();
  };
  const seal = () => db.write((tx) => sealTraceLater(tx, jobId, Date.now()));
  const open = async () => {
    const trace = await openTrace(db, blobs, logs, jobId, Date.now());
    if (!trace) throw new Error('no trace');
    return trace;
  };
  const content = async () => Buffer.concat(await (await (await open()).read()).toArray()).toString();

  test('is empty from the moment a runner takes the job, and none before', async () => {
    expect(await content()).toBe('');
    expect(await open()).toMatchObject({ size: 0, live: true });
    expect(await openTrace(db, blobs, logs, jobId + 1, 0)).toBeNull();
  });

  test('reads the same while it grows and after it is sealed, then without its file', async () => {
    await logs.append(jobId, 0, Buffer.from('hello\n'));
    const early = await open();
    await logs.append(jobId, 6, Buffer.from('world\n'));
    const late = await open();
    expect(late.etag).not.toBe(early.etag);
    expect(await content()).toBe('hello\nworld\n');
    await work();
    await seal();
    await expect.poll(() => findTrace(db, jobId)).toMatchObject({ state: 'sealed', size: 12 });
    await expect.poll(() => files(logFolder)).toEqual([]);
    expect(await content()).toBe('hello\nworld\n');
    const sha256 = createHash('sha256').update('hello\nworld\n').digest('hex');
    expect(await open()).toMatchObject({ live: false, size: 12, etag: `"${sha256}"` });
    const middle = await (await open()).read({ start: 6, end: 10 });
    expect(Buffer.concat(await middle.toArray()).toString()).toBe('world');
    // A reader who came while it was live still gets what he was promised.
    expect(Buffer.concat(await (await early.read()).toArray()).toString()).toBe('hello\n');
  });

  test('an empty one is sealed without a blob', async () => {
    await work();
    await seal();
    await expect.poll(() => findTrace(db, jobId)).toMatchObject({ state: 'sealed', size: 0, blob_key: null });
    expect(await content()).toBe('');
    expect(files(blobFolder)).toEqual([]);
  });

  test('of a job that ended just before the server died is sealed by the next one', async () => {
    await logs.append(jobId, 0, Buffer.from('last words'));
    await seal();
    await logs.close();
    logs = await LiveLogs.open(logFolder);
    await work();
    await expect.poll(() => files(logFolder)).toEqual([]);
    expect(await content()).toBe('last words');
  });

  test('that was sealed when the server died before it removed the file, loses only the file', async () => {
    await logs.append(jobId, 0, Buffer.from('bytes'));
    await work();
    await seal();
    await expect.poll(() => files(logFolder)).toEqual([]);
    await logs.close();
    logs = await LiveLogs.open(logFolder);
    await logs.append(jobId, 0, Buffer.from('bytes'));
    await sweepLogs(db, logs, Date.now());
    expect(files(logFolder)).toEqual([]);
    expect(await content()).toBe('bytes');
  });

  test('the sweep at the start seals what is over, leaves what runs, and removes what nobody knows', async () => {
    const { project_id, pipeline_id } = await db.read
      .selectFrom('jobs')
      .selectAll()
      .where('id', '=', jobId)
      .executeTakeFirstOrThrow();
    const over = await insertJob(db, { id: pipeline_id, project_id }, { status: 'success', finished_at: 5 });
    await db.write((tx) => createTrace(tx, { id: over, project_id }));
    for (const id of [jobId, over, 999_999]) await logs.append(id, 0, Buffer.from('x'));
    await sweepLogs(db, logs, Date.now());
    expect(files(logFolder).toSorted()).toEqual([`${jobId}.log`, `${over}.log`].toSorted());
    await work();
    await expect.poll(() => files(logFolder)).toEqual([`${jobId}.log`]);
    expect(await findTrace(db, over)).toMatchObject({ state: 'sealed', size: 1 });
  });

  test('is gone with its bytes after it is erased, live or sealed', async () => {
    await work();
    for (const sealed of [false, true]) {
      const { project_id, pipeline_id } = await db.read
        .selectFrom('jobs')
        .selectAll()
        .where('id', '=', jobId)
        .executeTakeFirstOrThrow();
      jobId = await insertJob(db, { id: pipeline_id, project_id });
      await db.write((tx) => createTrace(tx, { id: jobId, project_id }));
      await logs.append(jobId, 0, Buffer.from('secret'));
      if (sealed) await seal();
      await expect
        .poll(() => findTrace(db, jobId))
        .toMatchObject({ state: sealed ? 'sealed' : 'live', size: sealed ? 6 : null });
      expect(files(blobFolder)).toHaveLength(sealed ? 1 : 0);
      await db.write((tx) => eraseTraces(tx, [jobId], Date.now()));
      expect(await openTrace(db, blobs, logs, jobId, 0)).toBeNull();
      await expect.poll(() => [...files(logFolder), ...files(blobFolder)]).toEqual([]);
    }
  });

  test('gives its last lines, whatever their length', async () => {
    const line = fc.oneof(fc.constant(''), fc.string({ maxLength: 12 }), fc.constant('x'.repeat(70_000)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.boolean(),
        fc.nat(14),
        async (given, ended, count) => {
          const lines = given.map((text) => text.replaceAll('\n', ' '));
          const all = Buffer.from(lines.map((text) => `${text}\n`).join('') + (ended ? '' : 'rest'));
          await logs.reset(jobId);
          if (all.length > 0) await logs.append(jobId, 0, all);
          const trace = await open();
          const start = await trace.startOfTail(count);
          const whole = lines.map((text) => `${text}\n`);
          if (!ended) whole.push('rest');
          expect(all.subarray(start).toString()).toBe(count === 0 ? '' : whole.slice(-count).join(''));
        },
      ),
      { numRuns: 40 },
    );
  });
});

test('a checksum agrees with the bytes it was made of, and with no others', () => {
  const mark = { size: 3, crc: 0x0123abcd };
  expect(traceAgrees(mark, { checksum: 'crc32:0123abcd', bytesize: 3 })).toBe(true);
  expect(traceAgrees(mark, {})).toBe(true);
  expect(traceAgrees(mark, { checksum: 'sha256:whatever' })).toBe(true);
  expect(traceAgrees(mark, { checksum: 'crc32:0123abce', bytesize: 3 })).toBe(false);
  expect(traceAgrees(mark, { checksum: 'crc32:0123abcd', bytesize: 4 })).toBe(false);
});
