import type { Insertable } from 'kysely';
import type { Database, Transaction } from '../db/database.ts';
import type { PipelineSchedules } from '../db/rows/schedules.ts';
import { addWork, removeWork } from '../work/work-store.ts';
import { nextRunAt } from './cron.ts';
import {
  deleteScheduleRow,
  insertSchedule,
  lockSchedule,
  type Schedule,
  type ScheduleChange,
  updateScheduleRow,
} from './schedule-store.ts';

/** The durable work that looks whether a schedule is due; its key is the schedule's id. */
export const PIPELINE_SCHEDULE = 'pipeline_schedule';

type Given = Omit<
  Insertable<PipelineSchedules>,
  'id' | 'next_run_at' | 'last_run_error' | 'created_at' | 'updated_at'
>;

/** Stores a schedule, whose cron must be a good one, and has it run. Null: the project has `most` already. */
export async function createSchedule(
  db: Database,
  given: Given,
  most: number,
  now: number,
): Promise<Schedule | null> {
  const times = { next_run_at: nextRunAt(given, now), created_at: now, updated_at: now };
  return await db.write(async (tx) => {
    const schedule = await insertSchedule(tx, { ...given, ...times, last_run_error: null }, most);
    if (schedule) await awaitNextRun(tx, schedule);
    return schedule;
  });
}

/**
 * Changes a schedule, `changeOf` what it is while nobody else changes it. When it runs next is reckoned anew, from now on, if that changes or if it is activated:
 * otherwise a run that is due this very moment stays due. Null: it is gone.
 */
export async function updateSchedule(
  db: Database,
  id: number,
  changeOf: (before: Schedule) => ScheduleChange,
  now: number,
): Promise<Schedule | null> {
  return await db.write(async (tx) => {
    const before = await lockSchedule(tx, id);
    if (!before) return null;
    const change = changeOf(before);
    const after = { ...before, ...change };
    const isMoved =
      before.cron !== after.cron ||
      before.cron_timezone !== after.cron_timezone ||
      (before.active === 0 && after.active === 1);
    const next_run_at = isMoved ? nextRunAt(after, now) : before.next_run_at;
    const schedule = await updateScheduleRow(tx, id, { ...change, next_run_at, updated_at: now });
    if (schedule) await awaitNextRun(tx, schedule);
    return schedule;
  });
}

export async function deleteSchedule(db: Database, id: number): Promise<void> {
  await db.write(async (tx) => {
    await deleteScheduleRow(tx, id);
    await removeWork(tx, PIPELINE_SCHEDULE, String(id));
  });
}

/** Has the schedule looked at when it is due, or not at all while it is inactive. */
export async function awaitNextRun(
  tx: Transaction,
  { id, active, next_run_at }: Pick<Schedule, 'id' | 'active' | 'next_run_at'>,
): Promise<void> {
  const key = String(id);
  if (active === 0 || next_run_at === null) await removeWork(tx, PIPELINE_SCHEDULE, key);
  else await addWork(tx, { kind: PIPELINE_SCHEDULE, key, due_at: next_run_at });
}
