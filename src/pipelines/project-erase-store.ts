import type { Transaction } from '../db/database.ts';
import { syncBridgeLater } from '../jobs/bridge-work.ts';

/**
 * Removes the oldest pipelines of a project with their jobs, whose files must be gone; bridges that wait for them hear
 * of that. False: none is left.
 */
export async function deleteSomePipelines(
  tx: Transaction,
  project_id: number,
  limit: number,
  now: number,
): Promise<boolean> {
  const some = await tx
    .selectFrom('pipelines')
    .select('id')
    .where('project_id', '=', project_id)
    .orderBy('id')
    .limit(limit)
    .execute();
  if (some.length === 0) return false;
  const ids = some.map(({ id }) => id);
  const gone = await tx.deleteFrom('pipelines').where('id', 'in', ids).returning('upstream_job_id').execute();
  for (const { upstream_job_id } of gone)
    if (upstream_job_id !== null) await syncBridgeLater(tx, upstream_job_id, now);
  return true;
}
