import { beforeAll, describe, expect, test } from 'vitest';
import { projectWithRunner } from '../../test/support/claims.ts';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  jobsOf,
  needing,
  planned,
  START,
  startedPipeline,
  statusesOf,
} from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { ApiError } from '../errors.ts';
import type { Database } from '../db/database.ts';
import { findJobById } from '../jobs/job-store.ts';
import { cancelJob } from './cancel-job.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import type { claimJob } from './claim-job.ts';
import { eraseJob } from './erase-job.ts';
import { finishJob } from './finish-job.ts';
import { playJob } from './play-job.ts';
import { retryJob } from './retry-job.ts';
import { retryPipeline } from './retry-pipeline.ts';

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof ApiError ? `${error.status} ${JSON.stringify(error.body)}` : error),
  );

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  const house = (features?: Record<string, boolean>) => projectWithRunner(db, features);

  /** The runner takes every pending job; each ends as `outcomes` says by its name, or well. */
  async function runAll(
    claim: (now?: number) => ReturnType<typeof claimJob>,
    outcomes: Record<string, string> = {},
    now = START,
  ): Promise<string[]> {
    const names: string[] = [];
    for (let claimed = await claim(now); claimed; claimed = await claim(now)) {
      const { job } = claimed;
      names.push(job.name);
      const reason = outcomes[job.name];
      await finishJob(
        db,
        job,
        reason ? { state: 'failed', failure_reason: reason } : { state: 'success' },
        now,
      );
    }
    return names;
  }

  test('stages follow one another, and the pipeline tells how long it took', async () => {
    const { project, claim } = await house();
    const id = await startedPipeline(db, project, [
      planned('build', { stage_idx: 1 }),
      planned('test', { stage_idx: 2 }),
    ]);
    expect(await statusesOf(db, id)).toBe('pending: build pending, test created');
    const build = await claim(START + 5000);
    expect(await statusesOf(db, id)).toBe('running: build running, test created');
    await finishJob(db, build!.job, { state: 'success' }, START + 9000);
    expect(await statusesOf(db, id)).toBe('running: build success, test pending');
    const second = await claim(START + 20_000);
    await finishJob(db, second!.job, { state: 'success' }, START + 26_000);
    expect(await statusesOf(db, id)).toBe('success: build success, test success');
    expect(
      await db.read.selectFrom('pipelines').selectAll().where('id', '=', id).executeTakeFirst(),
    ).toMatchObject({
      started_at: START + 5000,
      finished_at: START + 26_000,
      queued_duration: 5,
      duration: 10,
    });
  });

  test('a job has its times, and its token ends with it', async () => {
    const { project, claim } = await house();
    const id = await startedPipeline(db, project, [planned('build')]);
    const claimed = await claim(START + 1000);
    expect(claimed!.job).toMatchObject({ status: 'running', queued_at: START, started_at: START + 1000 });
    expect(claimed!.job.token_digest).not.toBeNull();
    expect(claimed!.job.token_digest).not.toBe(claimed!.token);
    const ended = await finishJob(
      db,
      claimed!.job,
      { state: 'failed', failure_reason: 'no such reason', exit_code: 3 },
      START + 2000,
    );
    expect(ended).toMatchObject({
      status: 'failed',
      failure_reason: 'unknown_failure',
      exit_code: 3,
      finished_at: START + 2000,
      token_digest: null,
    });
    expect(await finishJob(db, claimed!.job, { state: 'success' }, START + 3000)).toBeNull();
    expect(await statusesOf(db, id)).toBe('failed: build failed');
  });

  test('a failure skips what comes after, but not what waits for failures', async () => {
    const { project, claim } = await house();
    const id = await startedPipeline(db, project, [
      planned('build'),
      planned('lint', { allow_failure: true }),
      planned('test', { stage_idx: 2 }),
      planned('tell', { stage_idx: 3, when: 'on_failure' }),
    ]);
    await runAll(claim, { build: 'script_failure', lint: 'script_failure' });
    expect(await statusesOf(db, id)).toBe('failed: build failed, lint failed, test skipped, tell success');
  });

  test('a job that is allowed to fail lets the pipeline succeed', async () => {
    const { project, claim } = await house();
    const id = await startedPipeline(db, project, [
      planned('lint', { allow_failure: true }),
      planned('test', { stage_idx: 2 }),
    ]);
    expect(await runAll(claim, { lint: 'script_failure' })).toEqual(['lint', 'test']);
    expect(await statusesOf(db, id)).toBe('success: lint failed, test success');
  });

  test('a job with needs does not wait for the rest of the stage', async () => {
    const { project, claim } = await house();
    const id = await startedPipeline(db, project, [
      planned('a'),
      planned('b'),
      planned('after a', { stage_idx: 2, ...needing('a') }),
      planned('after all', { stage_idx: 2 }),
      planned('at once', { stage_idx: 3, ...needing() }),
    ]);
    expect(await statusesOf(db, id)).toBe(
      'pending: a pending, b pending, after a created, after all created, at once pending',
    );
    await finishJob(db, (await claim())!.job, { state: 'success' }, START);
    expect(await statusesOf(db, id)).toBe(
      'running: a success, b pending, after a pending, after all created, at once pending',
    );
  });

  test('a blocking manual job holds the pipeline until it is played', async () => {
    const { project, claim } = await house();
    const other = await createProject(db);
    const id = await startedPipeline(db, project, [
      planned('deploy', { when: 'manual' }),
      planned('tell', { stage_idx: 2 }),
    ]);
    expect(await statusesOf(db, id)).toBe('manual: deploy manual, tell created');
    const { deploy } = await jobsOf(db, id);
    const variables = [{ key: 'TARGET', value: 'encrypted' }];
    const { job } = await playJob(db, deploy!, { user_id: other.user_id, variables }, START);
    expect(job).toMatchObject({ id: deploy!.id, status: 'pending', user_id: other.user_id });
    expect(
      await db.read.selectFrom('job_variables').select('key').where('job_id', '=', job.id).execute(),
    ).toEqual([{ key: 'TARGET' }]);
    expect(await runAll(claim)).toEqual(['deploy', 'tell']);
    expect(await statusesOf(db, id)).toBe('success: deploy success, tell success');
  });

  test('a manual job that has ended is played again as a new one', async () => {
    const { project, claim } = await house();
    const id = await startedPipeline(db, project, [
      planned('deploy', { when: 'manual', allow_failure: true }),
    ]);
    const { deploy } = await jobsOf(db, id);
    await playJob(db, deploy!, { user_id: project.user_id }, START);
    await runAll(claim);
    const again = await playJob(db, deploy!, { user_id: project.user_id }, START);
    expect(again.job.id).toBe(deploy!.id);
    expect(again.enqueued.id).toBeGreaterThan(deploy!.id);
    expect(await refusal(playJob(db, deploy!, { user_id: project.user_id }, START))).toBe(
      '400 {"message":"400 Bad request - Unplayable Job"}',
    );
  });

  test('a job that waits for nobody cannot be played', async () => {
    const { project } = await house();
    const id = await startedPipeline(db, project, [planned('build')]);
    const { build } = await jobsOf(db, id);
    expect(await refusal(playJob(db, build!, { user_id: project.user_id }, START))).toBe(
      '400 {"message":"400 Bad request - Unplayable Job"}',
    );
  });

  test('a retried job is a new one, and what was skipped because of it gets its turn', async () => {
    const { project, claim } = await house();
    const other = await createProject(db);
    const id = await startedPipeline(db, project, [
      planned('build', { tag_list: [] }),
      planned('needs build', { ...needing('build') }),
      planned('needs that', { ...needing('needs build') }),
      planned('test', { stage_idx: 2 }),
    ]);
    await runAll(claim, { build: 'script_failure' });
    expect(await statusesOf(db, id)).toBe(
      'failed: build failed, needs build skipped, needs that skipped, test skipped',
    );
    const { build: old } = await jobsOf(db, id);
    const retried = await retryJob(db, old!, { user_id: other.user_id }, START + 1000);
    expect(retried).toMatchObject({ status: 'pending', name: 'build', user_id: other.user_id, retried: 0 });
    expect(retried.id).toBeGreaterThan(old!.id);
    expect(await statusesOf(db, id)).toBe(
      'pending: build pending, needs build created, needs that created, test created',
    );
    expect(await refusal(retryJob(db, old!, { user_id: other.user_id }, START))).toBe(
      '403 {"message":"403 Forbidden - Job is not retryable"}',
    );
    expect(await runAll(claim)).toEqual(['build', 'needs build', 'needs that', 'test']);
    expect(await statusesOf(db, id)).toBe(
      'success: build success, needs build success, needs that success, test success',
    );
  });

  test('a job that is retried twice at once is retried once', async () => {
    const { project, claim } = await house();
    const id = await startedPipeline(db, project, [planned('build')]);
    await runAll(claim);
    const { build } = await jobsOf(db, id);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => refusal(retryJob(db, build!, { user_id: project.user_id }, START))),
    );
    expect(answers.toSorted()).toEqual([
      ...Array<string>(4).fill('403 {"message":"403 Forbidden - Job is not retryable"}'),
      'no refusal',
    ]);
    const rows = await db.read.selectFrom('jobs').select('retried').where('pipeline_id', '=', id).execute();
    expect(rows.map(({ retried }) => retried).toSorted()).toEqual([0, 1]);
  });

  test('a pipeline retries what failed and was canceled, and nothing that succeeded', async () => {
    const { project, claim } = await house();
    const id = await startedPipeline(db, project, [
      planned('good'),
      planned('bad'),
      planned('later', { stage_idx: 2 }),
    ]);
    await runAll(claim, { bad: 'script_failure' });
    await retryPipeline(db, id, { user_id: project.user_id }, START);
    expect(await statusesOf(db, id)).toBe('running: good success, bad pending, later created');
    expect(await runAll(claim)).toEqual(['bad', 'later']);
    await retryPipeline(db, id, { user_id: project.user_id }, START);
    expect(await statusesOf(db, id)).toBe('success: good success, bad success, later success');
  });

  test('a canceled pipeline leaves the queue empty, and its graceful jobs time', async () => {
    const { project, claim } = await house({ cancel_gracefully: true });
    const id = await startedPipeline(db, project, [
      planned('a'),
      planned('b'),
      planned('c', { stage_idx: 2 }),
      planned('m', { stage_idx: 2, when: 'manual' }),
    ]);
    const running = await claim();
    await cancelPipeline(db, id, START);
    expect(await statusesOf(db, id)).toBe('canceling: a canceling, b canceled, c canceled, m canceled');
    expect(await claim()).toBeNull();
    const ended = await finishJob(
      db,
      running!.job,
      { state: 'failed', failure_reason: 'unknown_failure' },
      START,
    );
    expect(ended).toMatchObject({ status: 'canceled', failure_reason: null, exit_code: null });
    expect(await statusesOf(db, id)).toBe('canceled: a canceled, b canceled, c canceled, m canceled');
  });

  test('a running job is canceled at once when its runner knows no better, or by force', async () => {
    const plain = await house();
    const id = await startedPipeline(db, plain.project, [planned('a')]);
    const { job } = (await plain.claim())!;
    expect(await cancelJob(db, job, { force: false }, START)).toMatchObject({
      status: 'canceled',
      token_digest: null,
    });
    expect(await cancelJob(db, job, { force: false }, START)).toMatchObject({ status: 'canceled' });
    expect(await finishJob(db, job, { state: 'success' }, START)).toBeNull();
    expect(await statusesOf(db, id)).toBe('canceled: a canceled');

    const graceful = await house({ cancel_gracefully: true });
    await startedPipeline(db, graceful.project, [planned('a')]);
    const second = (await graceful.claim())!.job;
    expect(await cancelJob(db, second, { force: false }, START)).toMatchObject({ status: 'canceling' });
    expect(await cancelJob(db, second, { force: false }, START)).toMatchObject({ status: 'canceling' });
    expect(await cancelJob(db, second, { force: true }, START)).toMatchObject({ status: 'canceled' });
  });

  test('a job is erased once, when it has ended and left something', async () => {
    const { project, claim } = await house();
    await startedPipeline(db, project, [planned('a')]);
    const { job } = (await claim())!;
    const notErasable = '403 {"message":"403 Forbidden - Job is not erasable!"}';
    expect(await refusal(eraseJob(db, job, project.user_id, START))).toBe(notErasable);
    await finishJob(db, job, { state: 'success' }, START);
    const answers = await Promise.all([
      refusal(eraseJob(db, job, project.user_id, START + 1)),
      refusal(eraseJob(db, job, project.user_id, START + 1)),
    ]);
    expect(answers.toSorted()).toEqual([notErasable, 'no refusal']);
    expect(await findJobById(db.read, job.id)).toMatchObject({
      erased_at: START + 1,
      erased_by_id: project.user_id,
    });
  });

  test('two jobs that finish at the same instant start the next stage, once', async () => {
    const { project, claim } = await house();
    for (let round = 0; round < 10; round++) {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const id = await startedPipeline(db, project, [
        ...names.map((name) => planned(name)),
        planned('last', { stage_idx: 2 }),
      ]);
      const claimed = await Promise.all(names.map(() => claim()));
      expect(new Set(claimed.map((each) => each?.job.id)).size).toBe(5);
      await Promise.all(claimed.map((each) => finishJob(db, each!.job, { state: 'success' }, START)));
      expect(await statusesOf(db, id)).toBe(
        'running: a success, b success, c success, d success, e success, last pending',
      );
      expect(await runAll(claim)).toEqual(['last']);
    }
  });

  test('cancel against finish: one of them has it, and the pipeline follows', async () => {
    const { project, claim } = await house();
    for (let round = 0; round < 10; round++) {
      const id = await startedPipeline(db, project, [planned('a')]);
      const { job } = (await claim())!;
      const [, finished] = await Promise.all([
        cancelJob(db, job, { force: false }, START),
        finishJob(db, job, { state: 'success' }, START),
      ]);
      expect(await statusesOf(db, id)).toBe(finished ? 'success: a success' : 'canceled: a canceled');
    }
  });

  test('a large pipeline is created and advanced in moments', async () => {
    const { project, claim } = await house();
    const jobs = Array.from({ length: 1500 }, (_, index) =>
      planned(`job ${index}`, { stage_idx: index % 3 }),
    );
    const id = await startedPipeline(db, project, jobs);
    const pending = await db.read
      .selectFrom('job_queue')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('pipeline_id', '=', id)
      .executeTakeFirst();
    expect(Number(pending?.count)).toBe(500);
    const { job } = (await claim())!;
    await finishJob(db, job, { state: 'success' }, START);
    await cancelPipeline(db, id, START);
    expect(await claim()).toBeNull();
  });
});
