import type { Database } from '../db/database.ts';
import { changeJobs } from '../jobs/change-job.ts';
import { overtakenJobs } from '../environments/deployment-store.ts';
import { cloneJobs } from '../jobs/job-clone-store.ts';
import { canRetry, factsOf, isArchived } from '../jobs/job-actions.ts';
import { latestJobs } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { noteRestarted } from './process-store.ts';
import type { RetryOptions } from './retry-job.ts';

/**
 * Gives every failed or canceled job of the pipeline another try, and what was skipped another turn, as the
 * jobs of whoever asks. Successful jobs stay, those that cannot be retried, and those that would put an older
 * commit in the place of a newer one where the project forbids that; a pipeline in which nothing failed is left
 * as it is. A bridge's new try creates a new pipeline.
 */
export async function retryPipeline(
  db: Database,
  pipelineId: number,
  { user_id, archived_before = null }: Pick<RetryOptions, 'user_id' | 'archived_before'>,
  now: number,
): Promise<void> {
  await db.write((tx) =>
    changeAndAdvance(tx, pipelineId, now, async () => {
      const ended = (await latestJobs(tx, pipelineId, ['failed', 'canceled'])).filter((job) =>
        canRetry(factsOf(job, archived_before)),
      );
      const deploying = ended.filter(({ environment_id }) => environment_id !== null).map(({ id }) => id);
      const overtaken = new Set(await overtakenJobs(tx, deploying, { ended: true }));
      const again = ended.filter(({ id }) => !overtaken.has(id));
      await cloneJobs(tx, again, { user_id }, now);
      const skipped = await latestJobs(tx, pipelineId, ['skipped']);
      const ids = skipped.filter((job) => !isArchived(job, archived_before)).map(({ id }) => id);
      await changeJobs(tx, ids, 'process', now, { user_id });
      await noteRestarted(tx, pipelineId, now);
    }),
  );
}
