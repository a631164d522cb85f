import { breather } from '../artifacts/breathe.ts';
import type { Transaction } from '../db/database.ts';
import { noteChange } from '../events/change.ts';
import { syncBridgeLater } from '../jobs/bridge-work.ts';

/** Deletes the rows of pipelines, and with them all rows of their jobs. The bridges that have created them hear of that. */
export async function deletePipelineRows(
  tx: Transaction,
  ids: readonly number[],
  now: number,
): Promise<void> {
  await deleteJobs(tx, ids);
  const gone = await tx
    .deleteFrom('pipelines')
    .where('id', 'in', ids)
    .returning(['id', 'project_id', 'upstream_job_id'])
    .execute();
  for (const { id, project_id, upstream_job_id } of gone) {
    noteChange(tx, { type: 'pipeline', project_id, id });
    if (upstream_job_id !== null) await syncBridgeLater(tx, upstream_job_id, now);
  }
}

/** Jobs that one statement removes. */
const AT_ONCE = 256;

/** Before their pipelines, which would take all of them at one go: SQLite is in this thread, and others wait. */
async function deleteJobs(tx: Transaction, pipelineIds: readonly number[]): Promise<void> {
  const breathe = breather();
  const some = tx.selectFrom('jobs').select('id').where('pipeline_id', 'in', pipelineIds).limit(AT_ONCE);
  for (let count = AT_ONCE; count === AT_ONCE;) {
    const { numDeletedRows } = await tx.deleteFrom('jobs').where('id', 'in', some).executeTakeFirstOrThrow();
    count = Number(numDeletedRows);
    await breathe();
  }
}

/**
 * Removes the oldest pipelines of a project with their jobs, whose files must be gone. False: none is left.
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
  await deletePipelineRows(tx, ids, now);
  return true;
}

/** What a project may have many of besides pipelines. */
const MANY = ['deployments', 'environments', 'resource_groups', 'pushes'] as const;

/** Removes some of what a deleted project has besides its pipelines. False: none of it is left. */
export async function deleteSomeRows(tx: Transaction, project_id: number, limit: number): Promise<boolean> {
  for (const table of MANY) {
    const some = tx
      .selectFrom(table)
      .select('id')
      .where('project_id', '=', project_id)
      .orderBy('id')
      .limit(limit);
    const { numDeletedRows } = await tx.deleteFrom(table).where('id', 'in', some).executeTakeFirst();
    if (numDeletedRows > 0n) return true;
  }
  const commits = tx.selectFrom('commits').select('sha').where('project_id', '=', project_id).limit(limit);
  const { numDeletedRows } = await tx
    .deleteFrom('commits')
    .where('project_id', '=', project_id)
    .where('sha', 'in', commits)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
