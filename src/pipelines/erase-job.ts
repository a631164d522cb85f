import { eraseJobFiles } from '../artifacts/erase-job-files.ts';
import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { canErase } from '../jobs/job-actions.ts';
import { findJobById, hasFiles, type Job, markErased } from '../jobs/job-store.ts';
import { lockPipeline } from './process-store.ts';

/**
 * Removes the job's log and all of its artifacts, for good, and notes who wanted it.
 * @throws 403 `Job is not erasable!`: it has not ended, or there is nothing left of it
 */
export async function eraseJob(
  db: Database,
  job: Pick<Job, 'id' | 'pipeline_id'>,
  userId: number,
  now: number,
): Promise<Job> {
  const erased = await db.write(async (tx) => {
    await lockPipeline(tx, job.pipeline_id);
    const present = await findJobById(tx, job.id);
    if (!present || !canErase(present.status, await hasFiles(tx, job.id))) return null;
    await eraseJobFiles(tx, [job.id], now);
    return await markErased(tx, job.id, userId, now);
  });
  if (!erased) throw apiError('forbidden_because', 'Job is not erasable!');
  return erased;
}
