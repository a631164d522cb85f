import type { Kysely, Selectable } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { PipelineExplanations } from '../db/rows/pipelines.ts';
import type { Tables } from '../db/schema.ts';

/** What a pipeline keeps of how it was made, as it is stored. */
export type Kept = Omit<Selectable<PipelineExplanations>, 'pipeline_id'>;

export async function insertKept(tx: Transaction, pipeline_id: number, kept: Kept): Promise<void> {
  await tx
    .insertInto('pipeline_explanations')
    .values({ pipeline_id, ...kept })
    .execute();
}

/** Undefined: the pipeline has none. */
export async function readExplanation(
  db: Kysely<Tables>,
  pipeline_id: number,
): Promise<Pick<Kept, 'data' | 'full_data'> | undefined> {
  return await db
    .selectFrom('pipeline_explanations')
    .select(['data', 'full_data'])
    .where('pipeline_id', '=', pipeline_id)
    .executeTakeFirst();
}

/** Undefined: the pipeline has none; and `configuration` null of a pipeline that was created before it was kept. */
export async function readConfiguration(
  db: Kysely<Tables>,
  pipeline_id: number,
): Promise<Pick<Kept, 'configuration' | 'merged_yaml'> | undefined> {
  return await db
    .selectFrom('pipeline_explanations')
    .select(['configuration', 'merged_yaml'])
    .where('pipeline_id', '=', pipeline_id)
    .executeTakeFirst();
}

/** `configuration` alone: all of it in one may be large. Null also where the pipeline has none. */
export async function readConfigurationWithoutText(
  db: Kysely<Tables>,
  pipeline_id: number,
): Promise<Kept['configuration']> {
  const row = await db
    .selectFrom('pipeline_explanations')
    .select('configuration')
    .where('pipeline_id', '=', pipeline_id)
    .executeTakeFirst();
  return row?.configuration ?? null;
}
