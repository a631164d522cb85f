import { eraseJobFiles } from '../artifacts/erase-job-files.ts';
import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { markErased } from '../jobs/job-erase-store.ts';

/**
 * Removes the log and all artifacts of a job that has ended; the job itself stays.
 * @throws 403 `Job is not erasable!`: it has not ended, or nothing is left of it
 */
export async function eraseJob(db: Database, jobId: number, userId: number, now: number): Promise<void> {
  const erased = await db.write(async (tx) => {
    if (!(await markErased(tx, jobId, userId, now))) return false;
    await eraseJobFiles(tx, [jobId], now);
    return true;
  });
  if (!erased) throw apiError('forbidden_because', 'Job is not erasable!');
}
