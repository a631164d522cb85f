import type { Transaction } from '../db/database.ts';
import { changeJobs } from '../jobs/change-job.ts';
import type { Job } from '../jobs/job-store.ts';
import { dropOutdated } from './drop-outdated.ts';

/** What decides how a job is enqueued. */
export type EnqueuedJob = Pick<Job, 'id' | 'environment_id' | 'resource_group_id'>;

/**
 * Lets jobs go to the runners whose time has come: their turn, somebody's wish, a retry, or the end of a delay.
 * Those of a resource group wait for the resource first, see assign-resource.ts; those whose deployment a newer
 * one has overtaken fail instead. Answers those that changed. The caller holds the pipeline's lock and advances it.
 */
export async function enqueueJobs(
  tx: Transaction,
  jobs: readonly EnqueuedJob[],
  now: number,
  details: { user_id?: number } = {},
): Promise<Job[]> {
  const dropped = await dropOutdated(tx, jobs, now);
  const left = jobs.filter(({ id }) => !dropped.some((job) => job.id === id));
  const idsOf = (some: readonly EnqueuedJob[]) => some.map(({ id }) => id);
  const grouped = idsOf(left.filter(({ resource_group_id }) => resource_group_id !== null));
  const free = idsOf(left.filter(({ resource_group_id }) => resource_group_id === null));
  return [
    ...dropped,
    ...(await changeJobs(tx, grouped, 'wait_for_resource', now, details)),
    ...(await changeJobs(tx, free, 'enqueue', now, details)),
  ];
}

/** The same for one job; null: its status does not admit that (any more). */
export async function enqueueJob(
  tx: Transaction,
  job: EnqueuedJob,
  now: number,
  details: { user_id?: number } = {},
): Promise<Job | null> {
  const [changed] = await enqueueJobs(tx, [job], now, details);
  return changed ?? null;
}
