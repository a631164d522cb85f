import type { Database } from '../db/database.ts';
import { changeJob } from '../jobs/change-job.ts';
import { type FailureReason, failureReason } from '../jobs/failure-reason.ts';
import { addJobMessage } from '../jobs/job-message-store.ts';
import { isExecuting, type JobStatus } from '../jobs/job-state.ts';
import { findJobById, type Job } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';

/** How a job ended, as its runner says. */
export type JobResult =
  | { state: 'success' }
  | {
      state: 'failed';
      /** Whatever text the runner gave; see failureReason. */
      failure_reason?: string | null;
      exit_code?: number | null;
    };

/**
 * Ends an executing job and lets its pipeline go on. A job that was being canceled is canceled, whatever is
 * reported. Null: the job was not executing any more, and nothing has changed.
 */
export async function finishJob(
  db: Database,
  job: Pick<Job, 'id' | 'pipeline_id'>,
  result: JobResult,
  now: number,
): Promise<Job | null> {
  return await db.write((tx) =>
    changeAndAdvance(tx, job.pipeline_id, now, async () => {
      const present = await findJobById(tx, job.id);
      if (!present || !isExecuting(present.status)) return null;
      if (result.state === 'success') return await changeJob(tx, job.id, 'success', now);
      return await changeJob(tx, job.id, 'drop', now, {
        failure_reason: failureReason(result.failure_reason),
        exit_code: result.exit_code ?? null,
      });
    }),
  );
}

/**
 * Fails a job for a reason of the server's own, provided that it is (still) in one of these statuses; `message`
 * tells more than the reason does. Null: it is not, and nothing has changed.
 */
export async function dropJob(
  db: Database,
  job: Pick<Job, 'id' | 'pipeline_id'>,
  failure_reason: FailureReason,
  now: number,
  while_in: readonly JobStatus[],
  message: string | null = null,
): Promise<Job | null> {
  return await db.write((tx) =>
    changeAndAdvance(tx, job.pipeline_id, now, async () => {
      const present = await findJobById(tx, job.id);
      if (!present || !while_in.includes(present.status)) return null;
      if (message !== null) await addJobMessage(tx, job.id, message);
      return await changeJob(tx, job.id, 'drop', now, { failure_reason });
    }),
  );
}
