import type { Transaction } from '../db/database.ts';
import type { CancelWork } from '../jobs/bridge-work.ts';
import { addWork } from '../work/work-store.ts';
import { childrenOf, openBelow } from './downstream-store.ts';

export const CANCEL_PIPELINE = 'cancel_pipeline';
export const DELETE_PIPELINE = 'delete_pipeline';

/**
 * The child pipelines below this one, which are of the same project, will be canceled right after this commit, each in
 * a transaction of its own, which does the same with those below it: no two pipelines are ever locked at once.
 */
export async function cancelChildrenLater(
  tx: Transaction,
  pipelineId: number,
  now: number,
  payload: CancelWork,
): Promise<void> {
  for (const id of await openBelow(tx, pipelineId))
    await addWork(tx, { kind: CANCEL_PIPELINE, key: String(id), payload, due_at: now });
}

/** The same for the end of a pipeline that is deleted: its children go too. */
export async function deleteChildrenLater(tx: Transaction, pipelineId: number, now: number): Promise<void> {
  for (const id of await childrenOf(tx, pipelineId))
    await addWork(tx, { kind: DELETE_PIPELINE, key: String(id), due_at: now });
}
