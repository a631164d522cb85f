import { cancelWithin } from './cancel-within.ts';
import type { Follower } from './follow-changes.ts';

/** `workflow:auto_cancel:on_job_failure: all`: a job that fails, and is not run again by itself, ends the others. */
export const cancelOnFailure: Follower = async (tx, pipeline, jobs, now) => {
  if (pipeline.auto_cancel_on_job_failure !== 'all') return;
  const failed = jobs.filter((job) => job.status === 'failed' && job.allow_failure === 0);
  if (failed.some((job) => job.retried === 0))
    await cancelWithin(tx, pipeline, now, { auto_canceled_by_id: pipeline.id });
};
