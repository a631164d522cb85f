import { describe, expect, test } from 'vitest';
import { claims, MINUTE } from '../../test/support/claims.ts';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  planned,
  START,
  startedPipeline,
  statusesOf,
} from '../../test/support/pipelines.ts';
import { digestToken } from '../access/token.ts';
import { enterQueue } from '../jobs/job-queue.ts';
import { findJobById, findJobByToken } from '../jobs/job-store.ts';
import { cancelJob } from './cancel-job.ts';
import { acknowledgeJob, takeBackOffers } from './claim-job.ts';
import { finishJob } from './finish-job.ts';

describe.each(databases)('a runner that acknowledges, on %s,', async (kind) => {
  const { db, claim, nameClaimed } = await claims(kind);

  async function offered() {
    const project = await createProject(db);
    const id = await startedPipeline(db, project, [planned('a')]);
    const runner = await createTestRunner(db, { features: { two_phase_job_commit: true } });
    const claimed = (await claim(runner))!;
    return { id, runner, ...claimed };
  }
  const traces = (id: number) =>
    db.read.selectFrom('job_traces').select('job_id').where('job_id', '=', id).execute();

  test('has a pending job without a log, which is nobody else’s', async () => {
    const { id, job, token } = await offered();
    expect(job).toMatchObject({ status: 'pending', started_at: null, acknowledge_until: START + MINUTE });
    expect(await statusesOf(db, id)).toBe('pending: a pending');
    expect(await traces(job.id)).toEqual([]);
    expect(await nameClaimed(await createTestRunner(db))).toBeNull();
    expect((await findJobByToken(db.read, token))?.id).toBe(job.id);
    expect(await finishJob(db, job, { state: 'success' }, START)).toBeNull();
  });

  test('keeps it from one that still saw it in the queue', async () => {
    const { job, token } = await offered();
    await db.write((tx) => enterQueue(tx, [job.id], START));
    expect(await nameClaimed(await createTestRunner(db))).toBeNull();
    expect(await acknowledgeJob(db, job, token, START)).toMatchObject({ status: 'running' });
  });

  test('runs it from when it says so', async () => {
    const { id, job, token } = await offered();
    expect(await acknowledgeJob(db, job, 'glcbt-another', START)).toBeNull();
    const running = await acknowledgeJob(db, job, token, START + 1000);
    expect(running).toMatchObject({ status: 'running', started_at: START + 1000, acknowledge_until: null });
    expect(await statusesOf(db, id)).toBe('running: a running');
    expect(await traces(job.id)).toHaveLength(1);
    expect(await acknowledgeJob(db, job, token, START + 1000)).toBeNull();
    expect(await claim(await createTestRunner(db), START + 2 * MINUTE)).toBeNull();
  });

  test('loses it when it lets the time pass; any other may have it then', async () => {
    const { id, job, token } = await offered();
    const late = START + MINUTE;
    expect(await acknowledgeJob(db, job, token, late)).toBeNull();
    const other = await createTestRunner(db);
    const claimed = await claim(other, late);
    expect(claimed!.job).toMatchObject({ id: job.id, status: 'running', runner_id: other.runner.id });
    expect(claimed!.token).not.toBe(token);
    expect(await findJobByToken(db.read, token)).toBeNull();
    expect(await acknowledgeJob(db, job, token, late)).toBeNull();
    expect(await statusesOf(db, id)).toBe('running: a running');
  });

  test('either has it or has lost it, however close the moments are', async () => {
    for (let round = 0; round < 10; round++) {
      const { job, token } = await offered();
      // Two clocks that disagree by a moment.
      const [running] = await Promise.all([
        acknowledgeJob(db, job, token, START + MINUTE - 1),
        takeBackOffers(db, START + MINUTE),
      ]);
      const after = await findJobById(db.read, job.id);
      const queued = await db.read
        .selectFrom('job_queue')
        .select('job_id')
        .where('job_id', '=', job.id)
        .execute();
      const held = { status: 'running', runner_id: job.runner_id, token_digest: digestToken(token) };
      const free = { status: 'pending', runner_id: null, token_digest: null };
      expect(after).toMatchObject(running ? held : free);
      expect(queued).toHaveLength(running ? 0 : 1);
      if (!running) await cancelJob(db, job, { force: false }, START);
    }
  });

  test('loses it when it is canceled meanwhile', async () => {
    const { id, job, token } = await offered();
    await cancelJob(db, job, { force: false }, START);
    expect(await acknowledgeJob(db, job, token, START)).toBeNull();
    await takeBackOffers(db, START + 2 * MINUTE);
    expect(await statusesOf(db, id)).toBe('canceled: a canceled');
  });
});
