import type { Transaction } from '../db/database.ts';
import { COMPLETED } from './job-state.ts';

/**
 * Notes that log and artifacts of a job that has ended were removed. False when it has not ended, or has
 * neither a log nor an artifact.
 */
export async function markErased(
  tx: Transaction,
  jobId: number,
  userId: number,
  now: number,
): Promise<boolean> {
  const row = await tx
    .updateTable('jobs')
    .set({ erased_at: now, erased_by_id: userId, artifacts_expire_at: null })
    .where('id', '=', jobId)
    .where('status', 'in', COMPLETED)
    .where((where) =>
      where.or([
        where.exists(where.selectFrom('job_traces').select('job_id').where('job_id', '=', jobId)),
        where.exists(where.selectFrom('job_artifacts').select('job_id').where('job_id', '=', jobId)),
      ]),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
