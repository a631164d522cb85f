import type { Transaction } from '../db/database.ts';
import { cloneJob, type CloneOptions } from '../jobs/job-clone-store.ts';
import type { Job } from '../jobs/job-store.ts';
import { enqueueJob } from './enqueue-jobs.ts';
import { resetSkipped } from './reset-skipped.ts';

/**
 * Puts a new job in the place of one that has ended, and gives another turn to what was skipped because of
 * that. The caller holds the pipeline's lock and advances it.
 */
export async function enqueueClone(
  tx: Transaction,
  job: Job,
  options: CloneOptions,
  now: number,
): Promise<Job | null> {
  const id = await cloneJob(tx, job, options, now);
  await resetSkipped(tx, job.pipeline_id, [job], now, options.user_id);
  return await enqueueJob(tx, { ...job, id }, now);
}
