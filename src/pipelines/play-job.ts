import type { Database, Transaction } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { type CloneOptions, insertJobVariables } from '../jobs/job-clone-store.ts';
import { canPlay, factsOf } from '../jobs/job-actions.ts';
import { isBlocked } from '../jobs/job-state.ts';
import { findJobById, type Job } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { enqueueClone } from './enqueue-clone.ts';
import { enqueueJob } from './enqueue-jobs.ts';
import { noteRestarted } from './process-store.ts';
import { refuseOvertaken } from './refuse-overtaken.ts';
import { resetSkipped } from './reset-skipped.ts';
import type { RetryOptions } from './retry-job.ts';

/** As RetryOptions; `user_id` null leaves a waiting job whose it is. */
type PlayOptions = CloneOptions & Pick<RetryOptions, 'archived_before'>;

/**
 * Starts a manual or delayed job, as the caller's job and with the variables given; one that has ended
 * already is run again as a new job. Answers the job that was asked for, and that which will run.
 * @throws 400 `Unplayable Job`, 403 for one whose deployment a newer one has overtaken
 */
export async function playJob(
  db: Database,
  job: Pick<Job, 'id' | 'pipeline_id'>,
  options: PlayOptions,
  now: number,
): Promise<{ job: Job; enqueued: Job }> {
  const played = await db.write((tx) =>
    changeAndAdvance(tx, job.pipeline_id, now, () => startPlayable(tx, job.id, options, now)),
  );
  if (!played) throw apiError('bad_request_because', 'Unplayable Job');
  return played;
}

/** The same within a transaction that holds the pipeline's lock and advances it; null: it is not playable. */
export async function startPlayable(
  tx: Transaction,
  jobId: number,
  options: PlayOptions,
  now: number,
): Promise<{ job: Job; enqueued: Job } | null> {
  const present = await findJobById(tx, jobId);
  if (!present || !canPlay(factsOf(present, options.archived_before))) return null;
  await refuseOvertaken(tx, present);
  await noteRestarted(tx, present.pipeline_id, now);
  if (!isBlocked(present.status)) {
    const enqueued = await enqueueClone(tx, present, options, now);
    return enqueued && { job: { ...present, retried: 1 as const }, enqueued };
  }
  const { user_id } = options;
  const enqueued = await enqueueJob(tx, present, now, user_id === null ? {} : { user_id });
  if (!enqueued) return null;
  await insertJobVariables(tx, jobId, options.variables ?? []);
  await resetSkipped(tx, present.pipeline_id, [present], now, user_id);
  return { job: enqueued, enqueued };
}
