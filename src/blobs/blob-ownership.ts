import type { Database, Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { addWork, removeWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import type { BlobStore, StagedBlob } from './blob-store.ts';

/**
 * At every moment a blob in the store is named by a row that owns it, or by work that deletes it:
 * - before it is kept, `keepBlobs` writes down that it will be deleted in a day;
 * - the transaction that writes the owning row calls `ownBlob`, which takes that back;
 * - the transaction that removes the row calls `releaseBlob`, and the bytes go right after its commit.
 * So the process may die at any instant: an upload without its row goes within a day, and no row ever
 * names bytes that are gone.
 */
const DELETE_BLOB = 'delete_blob';
const CLAIM_MS = 86_400_000;

/** Keeps what was staged, for an owner that will follow within a day. On failure all of it is discarded. */
export async function keepBlobs(
  db: Database,
  blobs: BlobStore,
  staged: StagedBlob[],
  now: Time,
): Promise<void> {
  try {
    await db.write(async (tx) => {
      for (const { key } of staged) await addWork(tx, { kind: DELETE_BLOB, key, due_at: now + CLAIM_MS });
    });
    for (const blob of staged) await blobs.keep(blob);
  } catch (error) {
    await Promise.allSettled(staged.map((blob) => blobs.discard(blob)));
    throw error;
  }
}

/** To be called in the transaction that writes the row which owns the blob from now on. */
export async function ownBlob(tx: Transaction, key: string): Promise<void> {
  if (!(await removeWork(tx, DELETE_BLOB, key))) throw new Error(`blob ${key} came too late and is deleted`);
}

/** To be called in the transaction that removes the owning row, or gives up a kept blob. */
export async function releaseBlob(tx: Transaction, key: string, now: Time): Promise<void> {
  await addWork(tx, { kind: DELETE_BLOB, key, due_at: now });
}

/** For `Worker.handle(...deleteBlobs(blobs))`. */
export const deleteBlobs = (blobs: BlobStore): [kind: string, handler: Handler] => [
  DELETE_BLOB,
  ({ key }) => blobs.delete(key),
];
