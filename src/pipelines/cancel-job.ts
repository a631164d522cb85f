import type { Database } from '../db/database.ts';
import { canCancel } from '../jobs/job-actions.ts';
import { findJobById, type Job } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { cancelJobs } from './cancel-jobs.ts';

/**
 * Cancels a job: at once, or, when its runner declared that it can stop a job gracefully, by way of
 * `canceling`, which `force` cuts short. A job that cannot be canceled is left as it is, without an error.
 * Answers the job as it is then; null when it is gone.
 */
export async function cancelJob(
  db: Database,
  job: Pick<Job, 'id' | 'pipeline_id'>,
  { force }: { force: boolean },
  now: number,
): Promise<Job | null> {
  return await db.write((tx) =>
    changeAndAdvance(tx, job.pipeline_id, now, async () => {
      const present = await findJobById(tx, job.id);
      if (!present || !canCancel(present.status, force)) return present;
      return (await cancelJobs(tx, [present], now, { force })).at(0) ?? null;
    }),
  );
}
