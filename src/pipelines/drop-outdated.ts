import type { Transaction } from '../db/database.ts';
import { overtakenJobs } from '../environments/deployment-store.ts';
import { changeJobs } from '../jobs/change-job.ts';
import type { Job } from '../jobs/job-store.ts';

/**
 * Fails those of these jobs that would put an older commit in the place of a newer one. Answers them. The
 * caller holds the pipeline's lock.
 */
export async function dropOutdated(
  tx: Transaction,
  jobs: readonly Pick<Job, 'id' | 'environment_id'>[],
  now: number,
): Promise<Job[]> {
  const deploying = jobs.filter(({ environment_id }) => environment_id !== null).map(({ id }) => id);
  const overtaken = await overtakenJobs(tx, deploying, { ended: false });
  if (overtaken.length === 0) return [];
  return await changeJobs(tx, overtaken, 'drop', now, { failure_reason: 'failed_outdated_deployment_job' });
}
