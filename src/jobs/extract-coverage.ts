import { Worker } from 'node:worker_threads';
import type { Database } from '../db/database.ts';
import type { LogReader } from '../traces/seal-trace.ts';
import type { CoverageTask } from './coverage-worker.ts';
import { readJobSpecs, setCoverage } from './job-store.ts';

/** A log that takes longer has no coverage. RE2 needs time in proportion to it, so this is for hostile patterns. */
const DEADLINE_MS = 20_000;
const MEMORY_MB = 64;

/**
 * For `sealTraces`: reads a job's coverage out of its log (`coverage`), in a thread, one log after another. It is
 * stored with the log's end.
 */
export function extractCoverage(db: Database, report: (message: string, error: unknown) => void): LogReader {
  let turn: Promise<unknown> = Promise.resolve();
  return async (jobId, log) => {
    const pattern = (await readJobSpecs(db.read, [{ id: jobId }])).get(jobId)?.coverage ?? null;
    if (pattern === null) return null;
    const extracted = turn.then(() => inThread({ log, pattern }));
    turn = extracted.catch(() => {});
    try {
      const coverage = await extracted;
      return (tx) => setCoverage(tx, jobId, coverage);
    } catch (error) {
      // The log must not stay open for ever because of it.
      report(`the coverage of job ${jobId} cannot be read`, error);
      return null;
    }
  };
}

async function inThread(task: CoverageTask): Promise<number | null> {
  const worker = new Worker(new URL('./coverage-worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const late = setTimeout(() => void worker.terminate(), DEADLINE_MS);
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error(`it took longer than ${DEADLINE_MS} ms`)));
    });
  } finally {
    clearTimeout(late);
  }
}
