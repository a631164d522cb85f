import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { forUpdate } from '../db/dialect.ts';
import { type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Users } from '../db/rows/access.ts';
import type { PipelineSchedules } from '../db/rows/schedules.ts';
import type { Tables } from '../db/schema.ts';
import { asPipeline, type Pipeline } from '../pipelines/pipeline-store.ts';

type Read = Kysely<Tables>;
export type Schedule = Selectable<PipelineSchedules>;
export type ScheduleOwner = Pick<Selectable<Users>, 'id' | 'username' | 'name' | 'state' | 'public_email'>;
export type ScheduleChange = Omit<Updateable<PipelineSchedules>, 'id' | 'project_id' | 'created_at'>;

export async function listSchedules(
  db: Read,
  { project_id, active }: { project_id: number; active?: 0 | 1 },
  request: PageRequest,
): Promise<Page<Schedule>> {
  let rows = db.selectFrom('pipeline_schedules').selectAll().where('project_id', '=', project_id);
  if (active !== undefined) rows = rows.where('active', '=', active);
  return await readPage(db, rows, request, { column: 'id', of: ({ id }) => id });
}

export async function findSchedule(db: Read, project_id: number, id: number): Promise<Schedule | null> {
  const row = await db
    .selectFrom('pipeline_schedules')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

export async function findScheduleById(db: Read, id: number): Promise<Schedule | null> {
  const row = await db.selectFrom('pipeline_schedules').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Locks the schedule's row until the transaction ends; null: it is gone. */
export async function lockSchedule(tx: Transaction, id: number): Promise<Schedule | null> {
  const query = tx.selectFrom('pipeline_schedules').selectAll().where('id', '=', id);
  return (await forUpdate(tx, query).executeTakeFirst()) ?? null;
}

/** Null: the project has `most` of them. Whoever adds another at the same time waits. */
export async function insertSchedule(
  tx: Transaction,
  schedule: Insertable<PipelineSchedules>,
  most: number,
): Promise<Schedule | null> {
  const { project_id } = schedule;
  const project = tx.selectFrom('projects').select('id').where('id', '=', project_id);
  await forUpdate(tx, project).executeTakeFirstOrThrow();
  const { count } = await tx
    .selectFrom('pipeline_schedules')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('project_id', '=', project_id)
    .executeTakeFirstOrThrow();
  if (Number(count) >= most) return null;
  return await tx.insertInto('pipeline_schedules').values(schedule).returningAll().executeTakeFirstOrThrow();
}

export async function updateScheduleRow(
  tx: Transaction,
  id: number,
  set: ScheduleChange,
): Promise<Schedule | null> {
  const query = tx.updateTable('pipeline_schedules').set(set).where('id', '=', id).returningAll();
  return (await query.executeTakeFirst()) ?? null;
}

/** Deletes the schedule with its variables; its pipelines stay. */
export async function deleteScheduleRow(tx: Transaction, id: number): Promise<void> {
  await tx.deleteFrom('pipeline_schedules').where('id', '=', id).execute();
}

/** The owners of the schedules by their id. */
export async function findOwners(
  db: Read,
  schedules: readonly Schedule[],
): Promise<Map<number, ScheduleOwner>> {
  const ids = [...new Set(schedules.flatMap(({ owner_id }) => owner_id ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('users')
    .select(['id', 'username', 'name', 'state', 'public_email'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** The newest pipeline of the schedule, or null. */
export async function findLastPipeline(db: Read, id: number): Promise<Pipeline | null> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('pipeline_schedule_id', '=', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? asPipeline(row) : null;
}
