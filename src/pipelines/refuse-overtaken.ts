import type { Transaction } from '../db/database.ts';
import { overtakenJobs } from '../environments/deployment-store.ts';
import { apiError } from '../errors.ts';
import { isCompleted } from '../jobs/job-state.ts';
import type { Job } from '../jobs/job-store.ts';

/** @throws 403 for a job that would put an older commit in the place of a newer one, where the project forbids that */
export async function refuseOvertaken(tx: Transaction, job: Job): Promise<void> {
  if (job.environment_id === null) return;
  const overtaken = await overtakenJobs(tx, [job.id], { ended: isCompleted(job.status) });
  if (overtaken.length > 0) throw apiError('forbidden');
}
