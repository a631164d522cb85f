import type { Transaction } from '../db/database.ts';
import { mayLock, removeLocks, setLock } from './artifact-store.ts';

/** What of a pipeline the locks go by. */
export interface LockingPipeline {
  id: number;
  project_id: number;
  ref: string;
  tag: 0 | 1;
}

const fullRef = (ref: string, tag: 0 | 1) => `refs/${tag ? 'tags' : 'heads'}/${ref}`;

/**
 * The artifacts of a ref's latest successful pipeline outlive their expiry; those of the one before are
 * unlocked. In the transaction in which the pipeline becomes success, also when it does so again. Without
 * effect when a newer one has succeeded, or the project does not keep its latest artifacts.
 */
export async function lockArtifacts(tx: Transaction, pipeline: LockingPipeline): Promise<void> {
  if ((await mayLock(tx, pipeline)) !== 'lock') return;
  const locked_ref = fullRef(pipeline.ref, pipeline.tag);
  await setLock(tx, pipeline.id, locked_ref);
  await removeLocks(tx, { project_id: pipeline.project_id, locked_ref, exceptPipelineId: pipeline.id });
}

/**
 * Lets go what is locked: of one ref when that is deleted, of the whole project when it stops keeping its
 * latest artifacts. What has expired meanwhile is removed by the next sweep.
 */
export async function unlockArtifacts(
  tx: Transaction,
  project_id: number,
  ref?: { name: string; tag: 0 | 1 },
): Promise<void> {
  await removeLocks(tx, { project_id, ...(ref && { locked_ref: fullRef(ref.name, ref.tag) }) });
}
