import type { Database, Transaction } from '../db/database.ts';
import { changeJob } from '../jobs/change-job.ts';
import {
  currentHolder,
  findResourceGroupById,
  lockResourceGroup,
  nextUpcoming,
  updateResourceGroup,
} from '../jobs/resource-group-store.ts';
import type { Handler } from '../work/worker.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { dropOutdated } from './drop-outdated.ts';
import { ASSIGN_RESOURCE } from './follow-resource-groups.ts';

/**
 * Gives the group's resource to the job that is next, unless another has it. Each try locks the pipeline of that
 * job and then the group, whose row nobody else locks the other way round: so there is never a second holder, and
 * whoever ends meanwhile has this work done once more.
 */
export async function assignResource(db: Database, groupId: number, now: number): Promise<void> {
  for (;;) {
    const group = await findResourceGroupById(db.read, groupId);
    if (!group || (await currentHolder(db.read, group)) !== null) return;
    const next = await nextUpcoming(db.read, group);
    if (!next) return;
    const isGiven = await db.write((tx) =>
      changeAndAdvance(tx, next.pipeline_id, now, () => giveTo(tx, groupId, next.id, now)),
    );
    if (isGiven) return;
  }
}

/** False: things have changed, or the job must not run any more; somebody else may be next. */
async function giveTo(tx: Transaction, groupId: number, jobId: number, now: number): Promise<boolean> {
  const group = await lockResourceGroup(tx, groupId);
  if (!group || (await currentHolder(tx, group)) !== null) return true;
  const next = await nextUpcoming(tx, group);
  if (next?.id !== jobId) return false;
  if ((await dropOutdated(tx, [next], now)).length > 0) return false;
  await updateResourceGroup(tx, groupId, { job_id: jobId });
  return (await changeJob(tx, jobId, 'enqueue', now)) !== null;
}

/** For `Worker.handle(...assignResources(…))`. */
export const assignResources = (db: Database, clock: () => number): [kind: string, handler: Handler] => [
  ASSIGN_RESOURCE,
  ({ key }) => assignResource(db, Number(key), clock()),
];
