import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  jobsOf,
  planned,
  START,
  startedPipeline,
} from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { touchJob } from '../jobs/job-store.ts';
import { cancelJob } from './cancel-job.ts';
import { claimJob } from './claim-job.ts';
import { failSilentJobs, reasonOf } from './fail-silent-jobs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const silence = {
  running: HOUR,
  canceling: 30 * MINUTE,
  pending_unmatched: HOUR,
  pending_matched: 24 * HOUR,
  archived: null,
};

describe('a job in the hands of a runner', () => {
  const running = { status: 'running' as const, started_at: 0, updated_at: 0, timeout: 600 };

  test.each([
    ['goes on while it is in time', { updated_at: 10 * MINUTE }, 11 * MINUTE, null],
    [
      'fails a minute after its timeout',
      { updated_at: 11 * MINUTE },
      11 * MINUTE + 1,
      'server_timeout_running',
    ],
    ['goes on with signs of life', { timeout: 36_000, updated_at: 5 * HOUR }, 6 * HOUR, null],
    ['fails without one', { timeout: 36_000, updated_at: 5 * HOUR }, 6 * HOUR + 1, 'no_updates_running'],
    ['may cancel for a while', { status: 'canceling' as const, updated_at: 0 }, 30 * MINUTE, null],
    [
      'may not cancel silently',
      { status: 'canceling' as const, updated_at: 0 },
      30 * MINUTE + 1,
      'no_updates_canceling',
    ],
    [
      'may not cancel for ever',
      { status: 'canceling' as const, updated_at: 41 * MINUTE },
      41 * MINUTE + 1,
      'server_timeout_canceling',
    ],
  ])('%s', (_, over, now, reason) => {
    expect(reasonOf({ ...running, ...over }, silence, (from, span) => now - from > span)).toBe(reason);
  });
});

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });
  const sweep = (now: number) => failSilentJobs(db, silence, 2 * HOUR, now);

  test('silent jobs fail, with the reason; those that speak do not', async () => {
    const project = await createProject(db, { shared_runners_enabled: 0 });
    const { runner, manager } = await createTestRunner(db, {
      runner_type: 'project_type',
      projects: [project.id],
      maximum_timeout: 100_000,
      features: { cancel_gracefully: true },
    });
    const id = await startedPipeline(db, project, [
      planned('silent', { timeout: 90_000 }),
      planned('alive', { timeout: 90_000 }),
      planned('canceling', { timeout: 90_000 }),
      planned('late', { timeout: 60 }),
    ]);
    for (let taken = 0; taken < 4; taken++) await claimJob(db, runner, manager, START, MINUTE);
    const { alive, canceling, late } = await jobsOf(db, id);
    await cancelJob(db, canceling!, { force: false }, START);
    const now = START + HOUR + 1;
    await touchJob(db, alive!, now - MINUTE);
    await touchJob(db, late!, now - MINUTE);
    expect(await sweep(now)).toBe(3);
    expect(await jobsOf(db, id)).toMatchObject({
      silent: { status: 'failed', failure_reason: 'no_updates_running' },
      alive: { status: 'running' },
      canceling: { status: 'canceled', failure_reason: null },
      late: { status: 'failed', failure_reason: 'server_timeout_running' },
    });
    expect(await sweep(now)).toBe(0);
    await cancelJob(db, alive!, { force: true }, now);
  });

  test('pending jobs fail after an hour when no runner that is online fits, after a day when one does', async () => {
    const project = await createProject(db, { shared_runners_enabled: 0 });
    const { runner } = await createTestRunner(db, {
      runner_type: 'project_type',
      projects: [project.id],
      tag_list: ['linux'],
    });
    const contact = (contacted_at: number) =>
      db.write((tx) => tx.updateTable('runners').set({ contacted_at }).where('id', '=', runner.id).execute());
    const id = await startedPipeline(db, project, [
      planned('fits', { tag_list: ['linux'] }),
      planned('fits not', { tag_list: ['mars'] }),
    ]);
    await contact(START + HOUR);
    expect(await sweep(START + HOUR)).toBe(0);
    expect(await sweep(START + HOUR + 1)).toBe(1);
    expect(await jobsOf(db, id)).toMatchObject({
      fits: { status: 'pending' },
      'fits not': { status: 'failed', failure_reason: 'stuck_pending_no_matching_runners' },
    });
    await contact(START + 24 * HOUR);
    expect(await sweep(START + 24 * HOUR)).toBe(0);
    expect(await sweep(START + 24 * HOUR + 1)).toBe(1);
    expect((await jobsOf(db, id))['fits']).toMatchObject({
      failure_reason: 'stuck_pending_with_matching_runners',
    });
  });

  test('a pending job that is archived by now fails, and no other', async () => {
    const project = await createProject(db, { shared_runners_enabled: 0 });
    const id = await startedPipeline(db, project, [planned('old'), planned('new')]);
    const created_at = START + MINUTE;
    await db.write((tx) =>
      tx
        .updateTable('jobs')
        .set({ created_at })
        .where('pipeline_id', '=', id)
        .where('name', '=', 'new')
        .execute(),
    );
    const archiving = { ...silence, archived: 10 * MINUTE };
    await failSilentJobs(db, archiving, HOUR, START + 10 * MINUTE);
    expect(await jobsOf(db, id)).toMatchObject({ old: { status: 'pending' }, new: { status: 'pending' } });
    await failSilentJobs(db, archiving, HOUR, START + 11 * MINUTE);
    expect(await jobsOf(db, id)).toMatchObject({
      old: { status: 'failed', failure_reason: 'archived_failure' },
      new: { status: 'pending' },
    });
  });
});
