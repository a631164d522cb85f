import type { Kysely } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

/** As ExplanationDraft; `full` is encrypted. */
export interface StoredExplanation {
  data: string;
  full: string | null;
}

export async function insertExplanation(
  tx: Transaction,
  pipeline_id: number,
  { data, full }: StoredExplanation,
): Promise<void> {
  await tx.insertInto('pipeline_explanations').values({ pipeline_id, data, full_data: full }).execute();
}

/** Undefined: the pipeline has none. */
export async function readExplanation(
  db: Kysely<Tables>,
  pipeline_id: number,
): Promise<StoredExplanation | undefined> {
  return await db
    .selectFrom('pipeline_explanations')
    .select(['data', 'full_data as full'])
    .where('pipeline_id', '=', pipeline_id)
    .executeTakeFirst();
}
