import type { Transaction } from '../db/database.ts';
import { holdLocks, isReplaced, keepsLatest, removeLocks, setLock } from './artifact-store.ts';
import { eldestOf, familyOf } from './pipeline-family-store.ts';

/** What of a pipeline the locks go by. */
export interface LockingPipeline {
  id: number;
  project_id: number;
}

const fullRef = (ref: string, tag: 0 | 1) => `refs/${tag ? 'tags' : 'heads'}/${ref}`;

/**
 * The artifacts of a ref's latest successful pipeline outlive their expiry, and those of its child pipelines
 * with them; those of the one before are unlocked. In the transaction in which the pipeline becomes success,
 * also when it does so again. Without effect when a newer one has succeeded, the project does not keep its
 * latest artifacts, or it is a child and its parent has not succeeded.
 */
export async function lockArtifacts(tx: Transaction, { id, project_id }: LockingPipeline): Promise<void> {
  if (!(await keepsLatest(tx, project_id))) return;
  await holdLocks(tx, project_id);
  const eldest = await eldestOf(tx, { id, project_id });
  if (eldest.status !== 'success' || (await isReplaced(tx, eldest))) return;
  const locked_ref = fullRef(eldest.ref, eldest.tag);
  const family = await familyOf(tx, project_id, eldest.id);
  await setLock(tx, family, locked_ref);
  await removeLocks(tx, { project_id, locked_ref, exceptPipelines: family });
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
  await holdLocks(tx, project_id);
  await removeLocks(tx, { project_id, ...(ref && { locked_ref: fullRef(ref.name, ref.tag) }) });
}
