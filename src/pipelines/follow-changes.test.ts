import { beforeAll, describe, expect, test } from 'vitest';
import { projectWithRunner } from '../../test/support/claims.ts';
import { databases } from '../../test/support/databases.ts';
import {
  jobsOf,
  needing,
  planned,
  START,
  startedPipeline,
  statusesOf,
} from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { PlannedJob } from '../ci/plan.ts';
import type { Database } from '../db/database.ts';
import { allJobs } from '../jobs/job-store.ts';
import { cancelJob } from './cancel-job.ts';
import { enqueueScheduled } from './enqueue-scheduled.ts';
import { dropJob, finishJob } from './finish-job.ts';
import { playJob } from './play-job.ts';
import { retryJob } from './retry-job.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const retry = (max: number, over: Partial<PlannedJob['retry']> = {}) => ({
  retry: { max, when: ['always'], exit_codes: [], ...over },
});

const delayed = (over: Partial<PlannedJob> = {}) =>
  planned('rollout', { when: 'delayed', start_in: 1800, ...over });

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  async function house() {
    const { project, claim } = await projectWithRunner(db);
    const take = async (now = START) => {
      const claimed = await claim(now);
      if (!claimed) throw new Error('nothing is pending');
      return claimed.job;
    };
    return { project, take };
  }
  type Take = Awaited<ReturnType<typeof house>>['take'];

  /** The next pending job fails. */
  const fail = async (take: Take, exit_code: number | null = null, failure_reason = 'script_failure') =>
    await finishJob(db, await take(), { state: 'failed', failure_reason, exit_code }, START);
  const succeed = async (take: Take) => await finishJob(db, await take(), { state: 'success' }, START);
  const history = async (pipelineId: number) =>
    (await allJobs(db.read, pipelineId)).map(
      ({ name, status, retried }) => `${name} ${status}${retried ? ' (retried)' : ''}`,
    );
  const workOf = async (jobId: number) =>
    await db.read
      .selectFrom('work')
      .select('due_at')
      .where('kind', '=', 'enqueue_scheduled_job')
      .where('key', '=', String(jobId))
      .execute();

  describe('a job with `retry`', () => {
    test('is run again as often as it says, as the same user’s, and fails its pipeline then', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [
        planned('build', retry(2)),
        planned('deploy', { stage_idx: 2 }),
      ]);
      await fail(take);
      expect(await statusesOf(db, id)).toBe('pending: build pending, deploy created');
      await fail(take);
      await fail(take);
      expect(await history(id)).toEqual([
        'build failed (retried)',
        'deploy skipped',
        'build failed (retried)',
        'build failed',
      ]);
      expect((await jobsOf(db, id))['build']).toMatchObject({
        user_id: project.user_id,
        retries_count: 2,
        failure_reason: 'script_failure',
      });
      expect(await statusesOf(db, id)).toBe('failed: build failed, deploy skipped');
    });

    test('goes on as if nothing had been when the second try is good', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [
        planned('build', retry(1)),
        planned('deploy', { stage_idx: 2 }),
      ]);
      await fail(take);
      await succeed(take);
      expect(await statusesOf(db, id)).toBe('running: build success, deploy pending');
    });

    test('is not run again after a reason that it does not name, nor when it is canceled', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [
        planned('build', retry(2, { when: ['runner_system_failure'] })),
        planned('test', retry(2)),
      ]);
      await fail(take);
      await cancelJob(db, await take(), { force: false }, START);
      expect(await history(id)).toEqual(['build failed', 'test canceled']);
    });

    test('is run again for a failure that the server finds', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [
        planned('build', retry(1, { when: ['stuck_or_timeout_failure'] })),
      ]);
      await dropJob(db, await take(), 'no_updates_running', START, ['running']);
      expect(await history(id)).toEqual(['build failed (retried)', 'build pending']);
    });

    test('has no tries left that somebody has used by hand', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [planned('build', retry(1))]);
      const done = await succeed(take);
      await retryJob(db, done!, { user_id: project.user_id }, START);
      await fail(take);
      expect(await history(id)).toEqual(['build success (retried)', 'build failed']);
    });
  });

  describe('a job with `allow_failure:exit_codes`', () => {
    const allowed = { allow_failure_exit_codes: [137, 2] };

    test('only warns when it ends with one of them', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [
        planned('lint', allowed),
        planned('deploy', { stage_idx: 2 }),
      ]);
      await fail(take, 137);
      expect((await jobsOf(db, id))['lint']).toMatchObject({ status: 'failed', allow_failure: 1 });
      expect(await statusesOf(db, id)).toBe('pending: lint failed, deploy pending');
    });

    test('fails with any other, and when the runner tells none', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [planned('lint', allowed), planned('test', allowed)]);
      await fail(take, 1);
      await fail(take);
      expect(await jobsOf(db, id)).toMatchObject({ lint: { allow_failure: 0 }, test: { allow_failure: 0 } });
      expect(await statusesOf(db, id)).toBe('failed: lint failed, test failed');
    });

    test('fails for good at the next try, though the last was allowed to fail', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [planned('lint', allowed)]);
      const done = await fail(take, 2);
      await retryJob(db, done!, { user_id: project.user_id }, START);
      await fail(take, 1);
      expect(await statusesOf(db, id)).toBe('failed: lint failed');
    });
  });

  describe('a delayed job', () => {
    test('is scheduled when its turn comes, and what ends its delay is kept with that', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [planned('build'), delayed({ stage_idx: 2 })]);
      await finishJob(db, await take(), { state: 'success' }, START + MINUTE);
      expect(await statusesOf(db, id)).toBe('scheduled: build success, rollout scheduled');
      const { rollout } = await jobsOf(db, id);
      expect(rollout!.scheduled_at).toBe(START + 31 * MINUTE);
      expect(await workOf(rollout!.id)).toEqual([{ due_at: START + 31 * MINUTE }]);
    });

    test('runs when its time has come, and not before', async () => {
      const { project } = await house();
      const id = await startedPipeline(db, project, [delayed()]);
      const { rollout } = await jobsOf(db, id);
      await enqueueScheduled(db, rollout!.id, HOUR, START + 30 * MINUTE - 1);
      expect(await statusesOf(db, id)).toBe('scheduled: rollout scheduled');
      expect(await workOf(rollout!.id)).toEqual([{ due_at: START + 30 * MINUTE }]);
      await enqueueScheduled(db, rollout!.id, HOUR, START + 30 * MINUTE);
      expect(await statusesOf(db, id)).toBe('pending: rollout pending');
      expect((await jobsOf(db, id))['rollout']!.scheduled_at).toBeNull();
    });

    test('is played before its time, and its end of delay is forgotten', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [delayed()]);
      const { rollout } = await jobsOf(db, id);
      await playJob(db, rollout!, { user_id: project.user_id }, START);
      expect(await workOf(rollout!.id)).toEqual([]);
      await succeed(take);
      await enqueueScheduled(db, rollout!.id, HOUR, START + HOUR);
      expect(await statusesOf(db, id)).toBe('success: rollout success');
    });

    test('is canceled while it waits', async () => {
      const { project } = await house();
      const id = await startedPipeline(db, project, [delayed()]);
      const { rollout } = await jobsOf(db, id);
      await cancelJob(db, rollout!, { force: false }, START);
      expect(await statusesOf(db, id)).toBe('canceled: rollout canceled');
      expect(await workOf(rollout!.id)).toEqual([]);
    });

    test('fails when it is so late that nobody may want it any more', async () => {
      const { project } = await house();
      const id = await startedPipeline(db, project, [delayed()]);
      const { rollout } = await jobsOf(db, id);
      await enqueueScheduled(db, rollout!.id, HOUR, START + 90 * MINUTE + 1);
      expect((await jobsOf(db, id))['rollout']).toMatchObject({
        status: 'failed',
        failure_reason: 'stale_schedule',
      });
    });

    test('does not wait again when it is retried', async () => {
      const { project, take } = await house();
      const id = await startedPipeline(db, project, [delayed()]);
      const { rollout } = await jobsOf(db, id);
      await playJob(db, rollout!, { user_id: project.user_id }, START);
      const done = await succeed(take);
      await retryJob(db, done!, { user_id: project.user_id }, START);
      expect(await statusesOf(db, id)).toBe('pending: rollout pending');
    });
  });

  describe('`auto_cancel:on_job_failure: all`', () => {
    const auto_cancel = { on_new_commit: 'conservative', on_job_failure: 'all' } as const;

    test('ends every other job when one fails', async () => {
      const { project, take } = await house();
      const jobs = [
        planned('lint'),
        planned('unit'),
        planned('docs'),
        planned('deploy', { stage_idx: 2, ...needing('docs') }),
      ];
      const id = await startedPipeline(db, project, jobs, { auto_cancel });
      const lint = await take();
      await take();
      await finishJob(db, lint, { state: 'failed' }, START);
      expect(await statusesOf(db, id)).toBe(
        'failed: lint failed, unit canceled, docs canceled, deploy canceled',
      );
      const pipeline = await db.read
        .selectFrom('pipelines')
        .select('auto_canceled_by_id')
        .where('id', '=', id)
        .executeTakeFirst();
      expect(pipeline).toEqual({ auto_canceled_by_id: id });
    });

    test('lets the others go on when the failure is allowed, or another try is to come', async () => {
      const { project, take } = await house();
      const jobs = [
        planned('lint', { allow_failure_exit_codes: [1] }),
        planned('unit', retry(1)),
        planned('docs'),
      ];
      const id = await startedPipeline(db, project, jobs, { auto_cancel });
      await fail(take, 1);
      await fail(take);
      expect(await statusesOf(db, id)).toBe('pending: lint failed, unit pending, docs pending');
    });
  });
});
