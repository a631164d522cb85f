import type { Kysely } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

/** The ids of all jobs of a pipeline, retried ones too. */
export async function jobIdsOf(db: Kysely<Tables>, pipelineId: number): Promise<number[]> {
  const rows = await db.selectFrom('jobs').select('id').where('pipeline_id', '=', pipelineId).execute();
  return rows.map(({ id }) => id);
}

/** Removes the pipeline with its jobs, whose files must be gone. */
export async function deletePipelineRow(tx: Transaction, pipelineId: number): Promise<void> {
  await tx.deleteFrom('pipelines').where('id', '=', pipelineId).execute();
}
