import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { Worker } from '../work/worker.ts';
import { deleteBlobs, keepBlobs, ownBlob, releaseBlob } from './blob-ownership.ts';
import { BlobStore } from './blob-store.ts';

describe.each(databases)('owners of blobs on %s', (kind) => {
  let db: Database;
  let blobs: BlobStore;
  let now: number;

  beforeEach(async () => {
    db = await openTestDatabase(kind);
    blobs = await BlobStore.open(`file:${temporaryFolder()}`);
    now = Date.now();
  });

  const keep = async () => {
    const staged = await blobs.stage(Readable.from([Buffer.from('bytes')]));
    await keepBlobs(db, blobs, [staged], now);
    return staged.key;
  };
  const day = 86_400_000;
  const workUntil = async (time: number, settled: () => Promise<boolean>) => {
    const worker = new Worker(db, { clock: () => time }).handle(...deleteBlobs(blobs));
    await worker.start();
    await expect.poll(settled).toBe(true);
    await worker.stop();
  };
  const works = () => db.read.selectFrom('work').selectAll().execute();

  test('a blob whose owner never came, because the server died, goes after a day and not before', async () => {
    const key = await keep();
    const other = await blobs.stage(Readable.from([Buffer.from('other')]));
    await keepBlobs(db, blobs, [other], now - day);
    await workUntil(now + day - 1, async () => (await blobs.stat(other.key)) === null);
    expect(await blobs.stat(key)).not.toBeNull();
    await workUntil(now + day, async () => (await blobs.stat(key)) === null);
  });

  test('an owned blob stays', async () => {
    const key = await keep();
    await db.write((tx) => ownBlob(tx, key));
    expect(await works()).toEqual([]);
    expect(await blobs.stat(key)).not.toBeNull();
  });

  test('an owner who comes after the blob was given up is refused, and his transaction with him', async () => {
    const key = await keep();
    await workUntil(now + day, async () => (await blobs.stat(key)) === null);
    await expect.poll(works).toEqual([]);
    await expect(db.write((tx) => ownBlob(tx, key))).rejects.toThrow('too late');
  });

  test('a released blob goes at once after the commit, and stays when that fails', async () => {
    const key = await keep();
    await db.write((tx) => ownBlob(tx, key));
    const failing = db.write(async (tx) => {
      await releaseBlob(tx, key, now);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await works()).toEqual([]);
    await db.write((tx) => releaseBlob(tx, key, now));
    await workUntil(now, async () => (await blobs.stat(key)) === null);
  });
});
