import type { Transaction } from '../db/database.ts';
import { changeJobs } from '../jobs/change-job.ts';
import { gracefulManagers, type Job } from '../jobs/job-store.ts';

/**
 * Cancels these jobs, running ones gracefully where their runner can; `force`: none gracefully, and those at once that are
 * being canceled. The caller holds the pipeline's lock.
 */
export async function cancelJobs(
  tx: Transaction,
  jobs: readonly Pick<Job, 'id' | 'status' | 'runner_manager_id'>[],
  now: number,
  { force }: { force: boolean },
): Promise<Job[]> {
  const running = jobs.filter(({ status }) => status === 'running');
  const managers = force ? new Set() : await gracefulManagers(tx, running);
  const graceful = new Set(running.filter((job) => managers.has(job.runner_manager_id)).map(({ id }) => id));
  const ids = jobs.map(({ id }) => id);
  const canceling = force ? jobs.filter(({ status }) => status === 'canceling').map(({ id }) => id) : [];
  return [
    ...(await changeJobs(tx, canceling, 'force_cancel', now)),
    ...(await changeJobs(tx, [...graceful], 'cancel_gracefully', now)),
    ...(await changeJobs(
      tx,
      ids.filter((id) => !graceful.has(id)),
      'cancel',
      now,
    )),
  ];
}
