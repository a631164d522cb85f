import type { BlobStore } from '../blobs/blob-store.ts';
import { keepBlobs, ownBlob, releaseBlob } from '../blobs/blob-ownership.ts';
import type { Database, Transaction } from '../db/database.ts';
import type { Time } from '../db/schema.ts';
import { addWork, ensureWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import type { LiveLogs } from './live-logs.ts';
import type { LogMark } from './log-header.ts';
import { deleteTraces, findTrace, liveTracesAmong, markSealed } from './trace-store.ts';

/**
 * A log that ended becomes a blob: copied and hashed, then its row says sealed, then the file goes. The
 * work stays until all of it is done, so a crash or a full disk at any point only makes it come later;
 * until then the log is read from its file.
 */
const SEAL_TRACE = 'seal_trace';
const SWEEP_BATCH = 500;

/** Plans the end of the job's log. In the transaction that ends the job. */
export async function sealTraceLater(tx: Transaction, jobId: number, now: Time): Promise<void> {
  await addWork(tx, { kind: SEAL_TRACE, key: String(jobId), due_at: now });
}

/** Removes the traces of these jobs; their bytes go right after the commit. */
export async function eraseTraces(tx: Transaction, jobIds: number[], now: Time): Promise<void> {
  for (const trace of await deleteTraces(tx, jobIds)) {
    if (trace.blob_key !== null) await releaseBlob(tx, trace.blob_key, now);
    // Also when sealed: the crash may have come between the row and the file's removal.
    await sealTraceLater(tx, trace.job_id, now);
  }
}

/** For `Worker.handle(...sealTraces(…))`. */
export const sealTraces = (
  db: Database,
  blobs: BlobStore,
  logs: LiveLogs,
  clock: () => number,
): [kind: string, handler: Handler] => [
  SEAL_TRACE,
  async ({ key }) => {
    const jobId = Number(key);
    await logs.end(jobId, async (mark) => {
      const trace = await findTrace(db, jobId);
      if (trace?.state === 'live') await seal(db, blobs, logs, jobId, mark, clock());
    });
  },
];

async function seal(
  db: Database,
  blobs: BlobStore,
  logs: LiveLogs,
  jobId: number,
  mark: LogMark,
  now: Time,
): Promise<void> {
  if (mark.size === 0) {
    await db.write((tx) => markSealed(tx, jobId, { blob_key: null, size: 0, sha256: null }));
    return;
  }
  const bytes = await logs.read(jobId, { start: 0, end: mark.size - 1 });
  if (!bytes) throw new Error(`the log of job ${jobId} has lost its file`);
  const staged = await blobs.stage(bytes);
  if (staged.size !== mark.size) {
    await blobs.discard(staged);
    throw new Error(`the log of job ${jobId} has ${staged.size} bytes instead of ${mark.size}`);
  }
  await keepBlobs(db, blobs, [staged], now);
  await db.write(async (tx) => {
    const { key: blob_key, size, sha256 } = staged;
    if (await markSealed(tx, jobId, { blob_key, size, sha256 })) await ownBlob(tx, blob_key);
    else await releaseBlob(tx, blob_key, now);
  });
}

/**
 * Puts the folder of logs in order, at the start: files that no row speaks of go, and logs of jobs that
 * are over are sealed.
 */
export async function sweepLogs(db: Database, logs: LiveLogs, now: Time): Promise<void> {
  // The files first: a row is always older than its file, so none of a job taken meanwhile is lost.
  const ids = await logs.jobIds();
  for (let at = 0; at < ids.length; at += SWEEP_BATCH) {
    const batch = ids.slice(at, at + SWEEP_BATCH);
    const live = new Map((await liveTracesAmong(db, batch)).map((row) => [row.job_id, row]));
    for (const jobId of batch) {
      const row = live.get(jobId);
      if (!row) await logs.end(jobId, async () => {});
      else if (row.finished_at !== null)
        await db.write((tx) => ensureWork(tx, { kind: SEAL_TRACE, key: String(jobId), due_at: now }));
    }
  }
}
