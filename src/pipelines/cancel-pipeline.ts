import type { Database } from '../db/database.ts';
import { CANCELABLE } from '../jobs/job-state.ts';
import { latestJobs } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { cancelJobs } from './cancel-job.ts';

/**
 * Cancels every job of the pipeline that is under way or has yet to come. Manual jobs keep waiting for
 * somebody to play them. A pipeline that has ended is left as it is.
 */
export async function cancelPipeline(db: Database, pipelineId: number, now: number): Promise<void> {
  const statuses = CANCELABLE.filter((status) => status !== 'manual');
  await db.write((tx) =>
    changeAndAdvance(tx, pipelineId, now, async () => {
      const jobs = await latestJobs(tx, pipelineId, statuses);
      await cancelJobs(tx, jobs, now, { force: false });
    }),
  );
}
