import type { Kysely } from 'kysely';
import type { Database, Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { apiError } from '../errors.ts';
import { findSubtree } from '../projects/group-store.ts';
import { findProjectIds } from '../projects/project-store.ts';
import type { Handler } from '../work/worker.ts';
import { foldSomeStorage, lockQuota, type Quota, quotasOf, sizeOf } from './storage-store.ts';

const FOLD_EVERY_MS = 10_000;
const BATCH = 500;

/** A quota with the bytes that count towards it. */
export interface QuotaUse extends Quota {
  storage_size: number;
}

/** The quotas that a project is under, and how far they are used. */
export async function quotaUses(db: Kysely<Tables>, project_id: number): Promise<QuotaUse[]> {
  const uses: QuotaUse[] = [];
  for (const quota of await quotasOf(db, project_id))
    uses.push({ ...quota, storage_size: await useOf(db, quota) });
  return uses;
}

/**
 * Before a file of `size` bytes is taken.
 * @throws 413 naming the quota that has no room for it
 */
export async function requireRoom(db: Kysely<Tables>, project_id: number, size: number): Promise<void> {
  for (const use of await quotaUses(db, project_id)) refuseAbove(use, size);
}

/**
 * In the transaction that stores `size` bytes: of several at once, only as many are taken as there is room for.
 * @throws 413, as requireRoom
 */
export async function takeRoom(tx: Transaction, project_id: number, size: number): Promise<void> {
  for (const quota of await quotasOf(tx, project_id)) {
    await lockQuota(tx, quota);
    refuseAbove({ ...quota, storage_size: await useOf(tx, quota) }, size);
  }
}

async function useOf(db: Kysely<Tables>, { kind, id }: Quota): Promise<number> {
  return await sizeOf(db, kind === 'project' ? [id] : await findProjectIds(db, await findSubtree(db, id)));
}

function refuseAbove({ kind, full_path, storage_limit, storage_size }: QuotaUse, size: number): void {
  if (storage_size + size <= storage_limit) return;
  throw apiError(
    'too_large_because',
    `The ${kind} ${full_path} stores ${storage_size} of ${storage_limit} bytes: delete artifacts, logs or pipelines, or ask for a larger storage_limit`,
  );
}

/** Keeps the statistics short to add up. For `Worker.addRepeating(...)`. */
export const foldStorage = (db: Database): [kind: string, everyMs: number, handler: Handler] => [
  'fold_storage',
  FOLD_EVERY_MS,
  async (_work, signal) => {
    while ((await foldSomeStorage(db, BATCH)) === BATCH) signal.throwIfAborted();
  },
];
