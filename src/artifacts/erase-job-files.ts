import type { Database, Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { eraseTraces } from '../traces/seal-trace.ts';
import { deleteArtifacts, jobsWithFiles } from './artifact-store.ts';
import { releaseArtifacts } from './expire-artifacts.ts';

const BATCH = 100;

/** Removes all artifacts of these jobs, never their traces; the bytes go right after the commit. */
export async function deleteJobArtifacts(tx: Transaction, jobIds: number[], now: Time): Promise<void> {
  await releaseArtifacts(tx, await deleteArtifacts(tx, jobIds), now);
}

/**
 * Removes all artifacts and the traces of these jobs: for erase, and before jobs are deleted (their rows
 * cannot be as long as files are noted for them).
 */
export async function eraseJobFiles(tx: Transaction, jobIds: number[], now: Time): Promise<void> {
  await deleteJobArtifacts(tx, jobIds, now);
  await eraseTraces(tx, jobIds, now);
}

/** Removes the files of all jobs of a project, a batch a transaction: before the project is deleted. */
export async function eraseProjectFiles(
  db: Database,
  project_id: number,
  clock: () => number,
): Promise<void> {
  for (;;) {
    const jobIds = await jobsWithFiles(db, project_id, BATCH);
    if (jobIds.length === 0) return;
    await db.write((tx) => eraseJobFiles(tx, jobIds, clock()));
  }
}
