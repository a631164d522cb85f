import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, START } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { createSchedule, PIPELINE_SCHEDULE, updateSchedule } from './change-schedule.ts';
import { followSchedules } from './run-schedule.ts';
import { findScheduleById } from './schedule-store.ts';

const HOUR = 3_600_000;
const { signal } = new AbortController();

describe.each(databases)('a schedule on %s', (kind) => {
  /** An hourly schedule, without a worker that looks at it. */
  async function hourly() {
    const db = await openTestDatabase(kind);
    const { id: project_id, user_id } = await createProject(db);
    const given = {
      project_id,
      owner_id: user_id,
      description: 'Hourly',
      ref: 'refs/heads/main',
      cron: '0 * * * *',
      cron_timezone: 'UTC',
      active: 1 as const,
      priority: null,
    };
    const id = (await createSchedule(db, given, 1, START))?.id ?? 0;
    const works = await db.read.selectFrom('work').select('kind').execute();
    expect(works).toEqual([{ kind: PIPELINE_SCHEDULE }]);
    return {
      db,
      id,
      lookAt: (now: number) => followSchedules(db, () => now)[1]({ key: String(id), payload: {} }, signal),
      runs: async () => {
        const rows = await db.read
          .selectFrom('work')
          .select('key')
          .where('kind', '=', 'run_pipeline_schedule')
          .execute();
        return rows.map(({ key }) => key);
      },
      next: async () => {
        const work = await db.read
          .selectFrom('work')
          .select('due_at')
          .where('kind', '=', PIPELINE_SCHEDULE)
          .executeTakeFirst();
        return { due_at: work?.due_at, next_run_at: (await findScheduleById(db.read, id))?.next_run_at };
      },
    };
  }

  test('has one run of each due time, however often it is looked at', async () => {
    const { id, lookAt, runs, next } = await hourly();
    const due = START + HOUR;
    expect(await next()).toEqual({ due_at: due, next_run_at: due });
    await lookAt(due - 1);
    expect(await runs()).toEqual([]);
    await Promise.all([lookAt(due), lookAt(due), lookAt(due + 1)]);
    await lookAt(due - HOUR);
    expect(await runs()).toEqual([`${id} due ${due}`]);
    expect(await next()).toEqual({ due_at: due + HOUR, next_run_at: due + HOUR });
  });

  test('has one run for all that it missed', async () => {
    const { id, lookAt, runs, next } = await hourly();
    await lookAt(START + 5.5 * HOUR);
    expect(await runs()).toEqual([`${id} due ${START + HOUR}`]);
    expect(await next()).toEqual({ due_at: START + 6 * HOUR, next_run_at: START + 6 * HOUR });
  });

  test('that is overdue stays so when something else of it changes', async () => {
    const { db, id, lookAt, runs, next } = await hourly();
    await updateSchedule(db, id, () => ({ description: 'Other' }), START + 2 * HOUR);
    expect(await next()).toEqual({ due_at: START + HOUR, next_run_at: START + HOUR });
    await updateSchedule(db, id, () => ({ active: 0 }), START + 2 * HOUR);
    await lookAt(START + 2 * HOUR);
    expect(await runs()).toEqual([]);
    await updateSchedule(db, id, () => ({ active: 1 }), START + 2 * HOUR);
    expect(await next()).toEqual({ due_at: START + 3 * HOUR, next_run_at: START + 3 * HOUR });
  });
});
