import type { Database, Transaction } from '../db/database.ts';
import { changeJob } from '../jobs/change-job.ts';
import { canCancel } from '../jobs/job-actions.ts';
import { findJobById, gracefulManagers, type Job } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';

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
      if (present.status === 'canceling') return await changeJob(tx, job.id, 'force_cancel', now);
      return (await cancelJobs(tx, [present], now, { force })).at(0) ?? null;
    }),
  );
}

/** Cancels these jobs, running ones gracefully where their runner can. The caller holds the pipeline's lock. */
export async function cancelJobs(
  tx: Transaction,
  jobs: readonly Pick<Job, 'id' | 'status' | 'runner_manager_id'>[],
  now: number,
  { force }: { force: boolean },
): Promise<Job[]> {
  const running = jobs.filter(({ status }) => status === 'running');
  const graceful = force ? new Set() : await gracefulManagers(tx, running);
  const isGraceful = (job: (typeof jobs)[number]) =>
    job.status === 'running' && graceful.has(job.runner_manager_id);
  const changed: Job[] = [];
  for (const job of jobs) {
    const event = isGraceful(job) ? 'cancel_gracefully' : 'cancel';
    const done = await changeJob(tx, job.id, event, now);
    if (done) changed.push(done);
  }
  return changed;
}
