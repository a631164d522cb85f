import type { Kysely } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

/** A variable that a job left for later ones. */
export interface JobDotenvVariable {
  job_id: number;
  key: string;
  /** Encrypted. */
  value: string;
}

export async function insertDotenvVariables(
  tx: Transaction,
  variables: readonly JobDotenvVariable[],
): Promise<void> {
  if (variables.length === 0) return;
  await tx
    .insertInto('job_dotenv_variables')
    .values([...variables])
    .execute();
}

/** What these jobs left, in their order and that of their reports: the later over the earlier. */
export async function readDotenvVariables(
  db: Kysely<Tables>,
  jobIds: readonly number[],
): Promise<JobDotenvVariable[]> {
  if (jobIds.length === 0) return [];
  return await db
    .selectFrom('job_dotenv_variables')
    .select(['job_id', 'key', 'value'])
    .where('job_id', 'in', jobIds)
    .orderBy('job_id')
    .orderBy('id')
    .execute();
}
