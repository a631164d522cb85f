import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { insertJobVariables } from '../jobs/job-clone-store.ts';
import { canPlay, factsOf } from '../jobs/job-actions.ts';
import { isBlocked } from '../jobs/job-state.ts';
import { findJobById, type Job } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { enqueueClone } from './enqueue-clone.ts';
import { enqueueJob } from './enqueue-jobs.ts';
import { resetSkipped } from './reset-skipped.ts';
import type { RetryOptions } from './retry-job.ts';

/**
 * Starts a manual or delayed job, as the caller's job and with the variables given; one that has ended
 * already is run again as a new job. Answers the job that was asked for, and that which will run.
 * @throws 400 `Unplayable Job`
 */
export async function playJob(
  db: Database,
  job: Pick<Job, 'id' | 'pipeline_id'>,
  options: RetryOptions,
  now: number,
): Promise<{ job: Job; enqueued: Job }> {
  const played = await db.write((tx) =>
    changeAndAdvance(tx, job.pipeline_id, now, async () => {
      const present = await findJobById(tx, job.id);
      if (!present || !canPlay(factsOf(present, options.archived_before))) return null;
      if (!isBlocked(present.status)) {
        const enqueued = await enqueueClone(tx, present, options, now);
        return enqueued && { job: { ...present, retried: 1 as const }, enqueued };
      }
      const enqueued = await enqueueJob(tx, present, now, { user_id: options.user_id });
      if (!enqueued) return null;
      await insertJobVariables(tx, job.id, options.variables ?? []);
      await resetSkipped(tx, job.pipeline_id, [present], now, options.user_id);
      return { job: enqueued, enqueued };
    }),
  );
  if (!played) throw apiError('bad_request_because', 'Unplayable Job');
  return played;
}
