import type { Transaction } from '../db/database.ts';
import { cancelDownstreamLater } from '../jobs/bridge-work.ts';
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
  /** Leaves a child alone in which a job has begun, by the time it is its turn, that must not be interrupted. */
  conservative?: boolean;
}

/**
 * Cancels the pipeline's jobs that are under way or have yet to come; those of its child pipelines follow soon,
 * unless only interruptible ones are meant. The caller holds the pipeline's lock and advances it.
 */
export async function cancelWithin(
  tx: Transaction,
  pipeline: Pick<LockedPipeline, 'id'>,
  now: number,
  { auto_canceled_by_id, only_interruptible = false, conservative = false }: CancelOptions = {},
): Promise<Job[]> {
  const jobs = await latestJobs(tx, pipeline.id, STATUSES);
  const canceled = await cancelJobs(
    tx,
    jobs.filter(({ interruptible }) => !only_interruptible || interruptible === 1),
    now,
    { force: false },
  );
  if (!only_interruptible) await cancelChildrenLater(tx, pipeline.id, now, { conservative });
  const bridges = canceled.filter(({ kind }) => kind === 'bridge').map(({ id }) => id);
  // In place of what their change has added, which is the same for a cancel by a person.
  if (conservative) await cancelDownstreamLater(tx, bridges, now, { conservative });
  if (auto_canceled_by_id !== undefined && canceled.length > 0)
    await noteAutoCanceled(tx, pipeline.id, auto_canceled_by_id);
  return canceled;
}
