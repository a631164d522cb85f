import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { canRetry, factsOf } from '../jobs/job-actions.ts';
import type { NewJobVariable } from '../jobs/job-clone-store.ts';
import { findJobById, type Job } from '../jobs/job-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { enqueueClone } from './enqueue-clone.ts';
import { noteRestarted } from './process-store.ts';
import { refuseOvertaken } from './refuse-overtaken.ts';

export interface RetryOptions {
  /** Who asks: the new job's user. */
  user_id: number;
  /** Instead of those of the old job; values encrypted. */
  variables?: readonly NewJobVariable[];
  /** Jobs older than that are archived; null: none is. */
  archived_before?: number | null;
}

/**
 * Runs the job again as a new one, which takes its place and is enqueued at once; what was skipped because
 * of the old one gets another turn. The old job keeps its log and artifacts.
 * @throws 403 `Job is not retryable`: it has not ended, has been retried already, is archived, or would fail
 * again for where its pipeline stands
 */
export async function retryJob(
  db: Database,
  job: Pick<Job, 'id' | 'pipeline_id'>,
  options: RetryOptions,
  now: number,
): Promise<Job> {
  const retried = await db.write((tx) =>
    changeAndAdvance(tx, job.pipeline_id, now, async () => {
      const present = await findJobById(tx, job.id);
      if (!present || !canRetry(factsOf(present, options.archived_before))) return null;
      await refuseOvertaken(tx, present);
      await noteRestarted(tx, job.pipeline_id, now);
      return await enqueueClone(tx, present, options, now);
    }),
  );
  if (!retried) throw apiError('forbidden_because', 'Job is not retryable');
  return retried;
}
