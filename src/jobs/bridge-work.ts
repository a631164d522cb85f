import type { Transaction } from '../db/database.ts';
import { addWork } from '../work/work-store.ts';

/** The work of a bridge: to create its pipeline, and then to follow it. See pipelines/sync-bridge.ts. */
export const SYNC_BRIDGE = 'sync_bridge';
/** To cancel the pipeline of a bridge that was canceled. */
export const CANCEL_DOWNSTREAM = 'cancel_downstream';

/** How a pipeline is canceled after another. */
export interface CancelWork {
  /** Not when a job has begun in it by then that must not be interrupted. */
  conservative?: boolean;
}

/** The bridge will be brought to where its pipeline is, right after this commit, however the server dies. */
export async function syncBridgeLater(tx: Transaction, jobId: number, now: number): Promise<void> {
  await addWork(tx, { kind: SYNC_BRIDGE, key: String(jobId), due_at: now });
}

/** The pipelines of these bridges will be canceled, if they have any. What is said last holds. */
export async function cancelDownstreamLater(
  tx: Transaction,
  jobIds: readonly number[],
  now: number,
  payload: CancelWork = {},
): Promise<void> {
  for (const id of jobIds)
    await addWork(tx, { kind: CANCEL_DOWNSTREAM, key: String(id), payload, due_at: now });
}
