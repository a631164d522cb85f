import { randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import yazl from 'yazl';
import { databases } from '../../test/support/databases.ts';
import { insertJob, insertPipeline, insertProject } from '../../test/support/job-rows.ts';
import { smallDisk } from '../../test/support/small-disk.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { deleteBlobs } from '../blobs/blob-ownership.ts';
import { BlobStore } from '../blobs/blob-store.ts';
import type { Database } from '../db/database.ts';
import { createTrace, findTrace } from '../traces/trace-store.ts';
import { Worker } from '../work/worker.ts';
import { artifactsOf, deleteExpired, findArtifact, isAvailable } from './artifact-store.ts';
import { deleteJobArtifacts, eraseJobFiles, eraseProjectFiles } from './erase-job-files.ts';
import {
  expireArtifacts,
  expireProjectArtifacts,
  expireProjects,
  keepArtifacts,
} from './expire-artifacts.ts';
import { lockArtifacts, unlockArtifacts } from './lock-artifacts.ts';
import { storeArtifact, type Upload } from './store-artifact.ts';

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const bytesIn = (folder: string) => files(folder).reduce((sum, path) => sum + statSync(path).size, 0);

function zip(content = 'content'): Readable {
  const file = new yazl.ZipFile();
  file.addBuffer(Buffer.from(content), 'out/file.txt', { mtime: new Date(0) });
  file.end();
  return file.outputStream as Readable;
}

async function* breakingOff() {
  yield randomBytes(100_000);
  throw new Error('gone');
}

const disk = smallDisk(2 << 20);

describe.each(databases)('artifacts on %s', (kind) => {
  let db: Database;
  let folder: string;
  let blobs: BlobStore;
  let now: number;
  let project_id: number;
  let pipeline_id: number;
  let job_id: number;
  let worker: Worker | null;

  beforeEach(async () => {
    db = await openTestDatabase(kind);
    folder = temporaryFolder();
    blobs = await BlobStore.open(`file:${folder}`);
    now = Date.now();
    project_id = await insertProject(db);
    pipeline_id = await insertPipeline(db, project_id);
    job_id = await insertJob(db, { id: pipeline_id, project_id });
    worker = null;
  });
  afterEach(() => worker?.stop());

  const store = (given: Partial<Upload> = {}, into = blobs) =>
    storeArtifact(
      db,
      into,
      {
        job: { id: job_id, project_id, pipeline_id },
        file_type: 'archive',
        file_format: 'zip',
        filename: 'artifacts.zip',
        accessibility: 'public',
        expire_at: null,
        maxSize: 1_000_000,
        source: zip(),
        ...given,
      },
      now,
    );
  const job = () => db.read.selectFrom('jobs').selectAll().where('id', '=', job_id).executeTakeFirstOrThrow();
  const stored = () => artifactsOf(db, [job_id]);
  /** Does everything that is due at `now`. */
  const work = async () => {
    worker = new Worker(db, { clock: () => now })
      .handle(...deleteBlobs(blobs))
      .handle(...expireProjects(db))
      .addRepeating(...expireArtifacts(db, () => now));
    await worker.start();
    const due = () =>
      db.read
        .selectFrom('work')
        .select('kind')
        .where('due_at', '<=', now)
        .where('kind', '<>', 'seal_trace')
        .execute();
    await expect.poll(due).toEqual([]);
    await worker.stop();
  };

  test('an upload becomes a row, its bytes and the index of the zip, all owned', async () => {
    const artifact = await store({ expire_at: now + 5 });
    expect(artifact).toMatchObject({ file_type: 'archive', filename: 'artifacts.zip', locked_ref: null });
    expect(await blobs.stat(artifact.blob_key)).toEqual({ size: artifact.size });
    expect(await blobs.stat(artifact.index_key ?? '')).not.toBeNull();
    expect(files(folder)).toHaveLength(2);
    expect(await db.read.selectFrom('work').selectAll().execute()).toEqual([]);
    expect((await job()).artifacts_expire_at).toBe(now + 5);
    expect(await findArtifact(db, job_id)).toEqual(artifact);
    expect(await findArtifact(db, job_id, 'junit')).toBeNull();
  });

  test('a file that is no zip is stored all the same, without an index', async () => {
    const artifact = await store({ source: Readable.from([Buffer.from('no zip')]) });
    expect(artifact.index_key).toBeNull();
    expect((await blobs.read(artifact.blob_key))?.toString()).toBe('no zip');
  });

  test('the same bytes again are answered with what there is; others of that type are refused', async () => {
    const first = await store();
    expect(await store()).toEqual(first);
    await expect(store({ source: zip('other') })).rejects.toMatchObject({
      status: 400,
      body: { message: 'another artifact of the same type already exists' },
    });
    await store({ file_type: 'junit', file_format: 'gzip', source: Readable.from([Buffer.from('x')]) });
    expect((await stored()).map((row) => row.file_type)).toEqual(['archive', 'junit']);
    expect(files(folder)).toHaveLength(3);
  });

  test('of two uploads at once one is kept, and the bytes of the other go', async () => {
    const outcomes = await Promise.allSettled([store(), store({ source: zip('other') }), store()]);
    const kept = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.id] : []));
    expect(new Set(kept).size).toBe(1);
    expect(await stored()).toHaveLength(1);
    await work();
    expect(files(folder)).toHaveLength(2);
  });

  test('an upload that breaks off, is too large or finds no job leaves nothing', async () => {
    await expect(store({ source: breakingOff() })).rejects.toThrow('gone');
    await expect(store({ maxSize: 10 })).rejects.toMatchObject({ status: 413 });
    await expect(store({ job: { id: job_id + 999, project_id, pipeline_id } })).rejects.toThrow(
      /foreign key/i,
    );
    await work();
    expect(files(folder)).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  test.skipIf(disk === null)('a full disk is 503, and nothing of the upload is left', async () => {
    const small = await BlobStore.open(`file:${disk}`);
    const source = Readable.from(Array.from({ length: 40 }, () => randomBytes(100_000)));
    await expect(store({ source, maxSize: 1e9 }, small)).rejects.toMatchObject({ status: 503 });
    expect(files(disk ?? '')).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  test('what has expired goes with its bytes, what has not stays', async () => {
    await store({ expire_at: now + 1_000 });
    await store({ file_type: 'junit', source: zip(), expire_at: now + 60_000 });
    await work();
    expect(bytesIn(folder)).toBeGreaterThan(0);
    expect(files(folder)).toHaveLength(4);
    now += 30_000;
    const [archive] = await stored();
    expect(archive && isAvailable(archive, now)).toBe(false);
    await work();
    expect((await stored()).map((row) => row.file_type)).toEqual(['junit']);
    expect(files(folder)).toHaveLength(2);
    now += 60_000;
    await work();
    expect(bytesIn(folder)).toBe(0);
  });

  test('what is kept does not expire', async () => {
    await store({ expire_at: now + 1_000 });
    await db.write((tx) => keepArtifacts(tx, job_id, now));
    expect((await job()).artifacts_expire_at).toBeNull();
    now += 60_000;
    await work();
    expect(await stored()).toHaveLength(1);
  });

  test('the latest successful pipeline of a ref locks its artifacts, and unlocks those of the one before', async () => {
    const pipelines: number[] = [];
    const lock = (id: number) =>
      db.write(async (tx) => {
        await tx.updateTable('pipelines').set({ status: 'success' }).where('id', '=', id).execute();
        await lockArtifacts(tx, { id, project_id });
      });
    for (let count = 0; count < 3; count += 1) {
      pipeline_id = await insertPipeline(db, project_id);
      job_id = await insertJob(db, { id: pipeline_id, project_id });
      await store({ expire_at: now + 1_000 });
      pipelines.push(pipeline_id);
    }
    const left = async () => {
      const rows = await db.read.selectFrom('job_artifacts').selectAll().orderBy('id').execute();
      return rows.map((row) => pipelines.indexOf(row.pipeline_id));
    };
    const [first, second, third] = pipelines as [number, number, number];
    await lock(first);
    await lock(third);
    // The one in the middle succeeds last, and is not the latest for that.
    await lock(second);
    const other = { id: first, project_id, ref: 'main', tag: 1 } as const;
    await db.write((tx) => unlockArtifacts(tx, project_id, { name: other.ref, tag: other.tag }));
    now += 60_000;
    const latest = (await stored())[0];
    expect(latest && isAvailable(latest, now)).toBe(true);
    await work();
    expect(await left()).toEqual([2]);
    await db.write((tx) => unlockArtifacts(tx, project_id));
    now += 60_000;
    await work();
    expect(await left()).toEqual([]);
    expect(bytesIn(folder)).toBe(0);
  });

  test('a project that does not keep its latest artifacts locks none', async () => {
    await db.write((tx) =>
      tx.updateTable('projects').set({ keep_latest_artifact: 0 }).where('id', '=', project_id).execute(),
    );
    await store();
    await db.write((tx) => lockArtifacts(tx, { id: pipeline_id, project_id }));
    expect((await stored())[0]?.locked_ref).toBeNull();
  });

  test('what is locked does not stand in the way of what expires behind it', async () => {
    await store({ expire_at: now + 1 });
    await db.write(async (tx) => {
      await tx.updateTable('pipelines').set({ status: 'success' }).where('id', '=', pipeline_id).execute();
      await lockArtifacts(tx, { id: pipeline_id, project_id });
    });
    const id = await insertJob(db, { id: await insertPipeline(db, project_id), project_id });
    const behind = await store({ job: { id, project_id, pipeline_id: pipeline_id + 1 }, expire_at: now + 2 });
    expect(await db.write((tx) => deleteExpired(tx, now + 10, 1))).toEqual([behind]);
  });

  test('all of a project expires but for what is locked and what comes later', async () => {
    const locked = await store();
    await db.write(async (tx) => {
      await tx.updateTable('pipelines').set({ status: 'success' }).where('id', '=', pipeline_id).execute();
      await lockArtifacts(tx, { id: pipeline_id, project_id });
    });
    const pipeline = { id: await insertPipeline(db, project_id), project_id };
    const upload = async () => {
      const id = await insertJob(db, pipeline);
      return await store({ job: { id, project_id, pipeline_id: pipeline.id } });
    };
    for (let count = 0; count < 120; count += 1) await upload();
    await db.write((tx) => expireProjectArtifacts(tx, project_id, now));
    now += 1;
    const later = await upload();
    await work();
    now += 60_000;
    await work();
    const rows = await db.read.selectFrom('job_artifacts').select('id').orderBy('id').execute();
    expect(rows.map((row) => row.id)).toEqual([locked.id, later.id]);
    expect(files(folder)).toHaveLength(4);
  });

  test('deleted artifacts go with their bytes, and the trace stays; erase takes that too', async () => {
    await store();
    await db.write((tx) => createTrace(tx, { id: job_id, project_id }));
    await db.write((tx) => deleteJobArtifacts(tx, [job_id], now));
    await work();
    expect(files(folder)).toEqual([]);
    expect(await findTrace(db, job_id)).not.toBeNull();
    await db.write((tx) => eraseJobFiles(tx, [job_id], now));
    expect(await findTrace(db, job_id)).toBeNull();
  });

  test('a job cannot be deleted while files are noted for it; a project gives them all up first', async () => {
    await store();
    await db.write((tx) => createTrace(tx, { id: job_id, project_id }));
    const deleteProject = () =>
      db.write((tx) => tx.deleteFrom('projects').where('id', '=', project_id).execute());
    await expect(deleteProject()).rejects.toThrow(/foreign key/i);
    await eraseProjectFiles(db, project_id, () => now);
    await deleteProject();
    await work();
    expect(files(folder)).toEqual([]);
  });
});
