import { afterCommit, type Transaction } from '../db/database.ts';
import type { JobStatus } from '../jobs/job-state.ts';

export interface PipelineChange {
  id: number;
  project_id: number;
  status: JobStatus;
}

type Listener = (change: PipelineChange) => void;
const listeners = new Set<Listener>();

/** Calls `listener` after any commit in this process that changed a pipeline's status; answers how to stop that. */
export function onPipelineChanged(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells the listeners once this transaction is committed. */
export function announcePipeline(tx: Transaction, change: PipelineChange): void {
  afterCommit(tx, () => {
    for (const listener of listeners) listener(change);
  });
}
