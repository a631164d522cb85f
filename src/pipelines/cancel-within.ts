import type { Transaction } from '../db/database.ts';
import { CANCELABLE } from '../jobs/job-state.ts';
import { type Job, latestJobs } from '../jobs/job-store.ts';
import { cancelJobs } from './cancel-jobs.ts';
import { cancelChildrenLater } from './child-work.ts';
import { type LockedPipeline, noteAutoCanceled } from './process-store.ts';

/** What a pipeline's cancel leaves: manual jobs keep waiting for somebody to play them. */
const STATUSES = CANCELABLE.filter((status) => status !== 'manual');

export interface CancelOptions {
  /** The pipeline for whose sake nobody needs this one any more; absent when a person cancels it. */
  auto_canceled_by_id?: number;
  /** Leaves the jobs alone that are not interruptible. */
  only_interruptible?: boolean;
}

/**
 * Cancels the pipeline's jobs that are under way or have yet to come; those of its child pipelines follow soon,
 * unless only interruptible ones are meant. The caller holds the pipeline's lock and advances it.
 */
export async function cancelWithin(
  tx: Transaction,
  pipeline: Pick<LockedPipeline, 'id'>,
  now: number,
  { auto_canceled_by_id, only_interruptible = false }: CancelOptions = {},
): Promise<Job[]> {
  const jobs = await latestJobs(tx, pipeline.id, STATUSES);
  const canceled = await cancelJobs(
    tx,
    jobs.filter(({ interruptible }) => !only_interruptible || interruptible === 1),
    now,
    { force: false },
  );
  if (!only_interruptible) await cancelChildrenLater(tx, pipeline.id, now);
  if (auto_canceled_by_id !== undefined && canceled.length > 0)
    await noteAutoCanceled(tx, pipeline.id, auto_canceled_by_id);
  return canceled;
}
