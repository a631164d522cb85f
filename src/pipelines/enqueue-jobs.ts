import type { Transaction } from '../db/database.ts';
import { changeJobs } from '../jobs/change-job.ts';
import type { Job } from '../jobs/job-store.ts';

/**
 * Lets jobs go to the runners whose time has come: their turn, somebody's wish, a retry, or the end of a delay.
 * The only way to `enqueue`. Answers those that changed. The caller holds the pipeline's lock and advances it.
 */
export async function enqueueJobs(
  tx: Transaction,
  jobIds: readonly number[],
  now: number,
  details: { user_id?: number } = {},
): Promise<Job[]> {
  return await changeJobs(tx, jobIds, 'enqueue', now, details);
}

/** The same for one job; null: its status does not admit that (any more). */
export async function enqueueJob(
  tx: Transaction,
  jobId: number,
  now: number,
  details: { user_id?: number } = {},
): Promise<Job | null> {
  const [job] = await enqueueJobs(tx, [jobId], now, details);
  return job ?? null;
}
