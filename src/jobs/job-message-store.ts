import type { Kysely } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

/** Keeps what there is to say of a job's failure besides its reason. */
export async function addJobMessage(tx: Transaction, jobId: number, content: string): Promise<void> {
  await tx
    .insertInto('job_messages')
    .values({ job_id: jobId, content })
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet({ content }))
    .execute();
}

/** The messages of these jobs by their ids; most jobs have none. */
export async function readJobMessages(
  db: Kysely<Tables>,
  jobIds: readonly number[],
): Promise<Map<number, string>> {
  const rows = await db.selectFrom('job_messages').selectAll().where('job_id', 'in', jobIds).execute();
  return new Map(rows.map(({ job_id, content }) => [job_id, content]));
}
