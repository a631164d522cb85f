import type { Database } from '../db/database.ts';
import { changeJobs } from '../jobs/change-job.ts';
import { cloneJob } from '../jobs/job-clone-store.ts';
import { latestJobs } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';

/**
 * Gives every failed or canceled job of the pipeline another try, and what was skipped another turn.
 * Successful jobs stay; a pipeline in which nothing failed is left as it is.
 */
export async function retryPipeline(
  db: Database,
  pipelineId: number,
  user_id: number,
  now: number,
): Promise<void> {
  await db.write((tx) =>
    changeAndAdvance(tx, pipelineId, now, async () => {
      for (const job of await latestJobs(tx, pipelineId, ['failed', 'canceled']))
        await cloneJob(tx, job, { user_id }, now);
      const skipped = await latestJobs(tx, pipelineId, ['skipped']);
      await changeJobs(
        tx,
        skipped.map(({ id }) => id),
        'process',
        now,
      );
    }),
  );
}
