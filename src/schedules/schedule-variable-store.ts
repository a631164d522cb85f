import type { Kysely, Selectable, Updateable } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { PipelineScheduleVariables } from '../db/rows/schedules.ts';
import type { Tables } from '../db/schema.ts';

type Read = Kysely<Tables>;
/** The value encrypted. */
export type ScheduleVariable = Selectable<PipelineScheduleVariables>;

/** In the order in which they were given. */
export async function listScheduleVariables(db: Read, schedule_id: number): Promise<ScheduleVariable[]> {
  return await db
    .selectFrom('pipeline_schedule_variables')
    .selectAll()
    .where('pipeline_schedule_id', '=', schedule_id)
    .orderBy('id')
    .execute();
}

export async function findScheduleVariable(
  db: Read,
  schedule_id: number,
  key: string,
): Promise<ScheduleVariable | null> {
  const row = await db
    .selectFrom('pipeline_schedule_variables')
    .selectAll()
    .where('pipeline_schedule_id', '=', schedule_id)
    .where('key', '=', key)
    .executeTakeFirst();
  return row ?? null;
}

/** Null: the schedule has one of this key. */
export async function insertScheduleVariable(
  tx: Transaction,
  variable: Omit<ScheduleVariable, 'id'>,
): Promise<ScheduleVariable | null> {
  const row = await tx
    .insertInto('pipeline_schedule_variables')
    .values(variable)
    .onConflict((conflict) => conflict.columns(['pipeline_schedule_id', 'key']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Null: it is gone. */
export async function updateScheduleVariable(
  tx: Transaction,
  id: number,
  set: Pick<Updateable<PipelineScheduleVariables>, 'key' | 'value' | 'variable_type'>,
): Promise<ScheduleVariable | null> {
  const query = tx.updateTable('pipeline_schedule_variables').set(set).where('id', '=', id).returningAll();
  return (await query.executeTakeFirst()) ?? null;
}

export async function deleteScheduleVariable(tx: Transaction, id: number): Promise<void> {
  await tx.deleteFrom('pipeline_schedule_variables').where('id', '=', id).execute();
}
