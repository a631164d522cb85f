import { Readable } from 'node:stream';
import type { BlobStore } from '../blobs/blob-store.ts';
import { keepBlobs, ownBlob, releaseBlob } from '../blobs/blob-ownership.ts';
import type { Database, Transaction } from '../db/database.ts';
import { portions } from '../db/portions.ts';
import type { Time } from '../db/rows/column.ts';
import { addWork, ensureWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import { LineIndex } from './line-index.ts';
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

/**
 * Reads an ended log before it is sealed. What it answers is done in the transaction that seals it, so that
 * whoever sees the one sees the other.
 */
export type LogReader = (
  jobId: number,
  log: { path: string; start: number; size: number },
) => Promise<((tx: Transaction) => Promise<void>) | null>;

/** Plans the end of the job's log. In the transaction that ends the job. */
export async function sealTraceLater(tx: Transaction, jobId: number, now: Time): Promise<void> {
  await addWork(tx, { kind: SEAL_TRACE, key: String(jobId), due_at: now });
}

/** Removes the traces of these jobs; their bytes go right after the commit. */
export async function eraseTraces(tx: Transaction, jobIds: number[], now: Time): Promise<void> {
  for (const trace of await deleteTraces(tx, jobIds)) {
    for (const key of [trace.blob_key, trace.index_key]) if (key !== null) await releaseBlob(tx, key, now);
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
  readLog: LogReader,
): [kind: string, handler: Handler] => [
  SEAL_TRACE,
  async ({ key }) => {
    const jobId = Number(key);
    await logs.end(jobId, async (mark) => {
      const trace = await findTrace(db, jobId);
      if (trace?.state === 'live') await seal(db, blobs, logs, jobId, mark, clock(), readLog);
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
  readLog: LogReader,
): Promise<void> {
  const { generation } = mark;
  if (mark.size === 0) {
    const nothing = { blob_key: null, size: 0, sha256: null, lines: 0, index_key: null, generation };
    await db.write((tx) => markSealed(tx, jobId, nothing));
    return;
  }
  const finding = await readLog(jobId, { ...logs.placeOf(jobId), size: mark.size });
  const bytes = await logs.read(jobId, { start: 0, end: mark.size - 1 });
  if (!bytes) throw new Error(`the log of job ${jobId} has lost its file`);
  const lines = new LineIndex();
  const staged = [await blobs.stage(indexed(bytes, lines))];
  try {
    if (lines.size !== mark.size)
      throw new Error(`the log of job ${jobId} has ${lines.size} bytes instead of ${mark.size}`);
    if (!lines.trivial) staged.push(await blobs.stage(Readable.from([lines.encode()])));
    await keepBlobs(db, blobs, staged, now);
  } finally {
    // What was kept has moved, so this finds only what was not.
    await Promise.all(staged.map((blob) => blobs.discard(blob)));
  }
  const [log, index] = staged;
  await db.write(async (tx) => {
    const sealed = { blob_key: log?.key ?? null, size: mark.size, sha256: log?.sha256 ?? null, generation };
    const isOurs = await markSealed(tx, jobId, {
      ...sealed,
      lines: lines.lines,
      index_key: index?.key ?? null,
    });
    if (isOurs) await finding?.(tx);
    for (const { key } of staged) await (isOurs ? ownBlob(tx, key) : releaseBlob(tx, key, now));
  });
}

async function* indexed(bytes: AsyncIterable<Buffer>, lines: LineIndex): AsyncGenerator<Buffer, void, void> {
  for await (const chunk of bytes) {
    lines.add(chunk);
    yield chunk;
  }
  lines.end();
}

/**
 * Puts the folder of logs in order, at the start: files that no row speaks of go, and logs of jobs that
 * are over are sealed.
 */
export async function sweepLogs(db: Database, logs: LiveLogs, now: Time): Promise<void> {
  // The files first: a row is always older than its file, so none of a job taken meanwhile is lost.
  const ids = await logs.jobIds();
  for (const batch of portions(ids, SWEEP_BATCH)) {
    const live = new Map((await liveTracesAmong(db, batch)).map((row) => [row.job_id, row]));
    for (const jobId of batch) {
      const row = live.get(jobId);
      if (!row) await logs.end(jobId, async () => {});
      else if (row.finished_at !== null)
        await db.write((tx) => ensureWork(tx, { kind: SEAL_TRACE, key: String(jobId), due_at: now }));
    }
  }
}
