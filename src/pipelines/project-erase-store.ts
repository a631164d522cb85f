import type { Transaction } from '../db/database.ts';

/** Removes the oldest pipelines of a project with their jobs, whose files must be gone. False: none is left. */
export async function deleteSomePipelines(
  tx: Transaction,
  project_id: number,
  limit: number,
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
  await tx.deleteFrom('pipelines').where('id', 'in', ids).execute();
  return true;
}
