import type { Transaction } from '../db/database.ts';
import type { JobStatus } from '../jobs/job-state.ts';
import { addWork } from '../work/work-store.ts';
import type { Follower } from './follow-changes.ts';

/** The durable work that gives a resource to the job that is next; its key is the group's id. */
export const ASSIGN_RESOURCE = 'assign_resource';

/** In these a job neither asks for the resource nor leaves it or its place to another. */
const CHANGES_NOTHING: readonly JobStatus[] = [
  'created',
  'scheduled',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'canceling',
];

/**
 * Where a job of a resource group waits, has ended or gives up its place, the resource is given to who is next
 * right after the commit: that job may be another pipeline's, whose lock is not to be taken besides this one's.
 */
export const followResourceGroups: Follower = async (tx, _pipeline, jobs, now) => {
  const moved = jobs.filter(({ status }) => !CHANGES_NOTHING.includes(status));
  const groups = new Set(moved.flatMap(({ resource_group_id }) => resource_group_id ?? []));
  // In order, so that two that note the same groups do not wait for each other.
  for (const id of [...groups].toSorted((a, b) => a - b)) await assignResourceLater(tx, id, now);
};

export async function assignResourceLater(tx: Transaction, groupId: number, now: number): Promise<void> {
  await addWork(tx, { kind: ASSIGN_RESOURCE, key: String(groupId), due_at: now });
}
