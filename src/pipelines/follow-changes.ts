import type { Transaction } from '../db/database.ts';
import { takeChanges } from '../jobs/change-job.ts';
import type { Job } from '../jobs/job-store.ts';
import { allowFailures } from './allow-failures.ts';
import { cancelOnFailure } from './cancel-on-failure.ts';
import { followDeployments } from './follow-deployments.ts';
import { followResourceGroups } from './follow-resource-groups.ts';
import type { LockedPipeline } from './process-store.ts';
import { retryFailures } from './retry-failures.ts';
import { scheduleDelayed } from './schedule-delayed.ts';

/**
 * Does what follows when these jobs of the pipeline have changed, whoever changed them: in the same
 * transaction, under the pipeline's lock, before the pipeline takes its status. What it changes is followed
 * in turn. A job may have changed again since: each is as one change left it.
 */
export type Follower = (
  tx: Transaction,
  pipeline: LockedPipeline,
  jobs: readonly Job[],
  now: number,
) => Promise<void>;

/** In the order in which they are asked: whether a failure is allowed comes before what a failure leads to. */
const FOLLOWERS: readonly Follower[] = [
  allowFailures,
  retryFailures,
  cancelOnFailure,
  scheduleDelayed,
  followDeployments,
  followResourceGroups,
];

/** Lets all of them follow what this transaction has changed. Answers whether they have changed more jobs. */
export async function followChanges(
  tx: Transaction,
  pipeline: LockedPipeline,
  now: number,
): Promise<boolean> {
  let rounds = 0;
  for (let jobs = takeChanges(tx); jobs.length > 0; jobs = takeChanges(tx), rounds++)
    for (const follow of FOLLOWERS) await follow(tx, pipeline, jobs, now);
  return rounds > 1;
}
