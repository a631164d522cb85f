import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectWithRunner } from '../../test/support/claims.ts';
import { databases } from '../../test/support/databases.ts';
import { jobsOf, planned, START, startedPipeline, statusesOf } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { until } from '../../test/support/until.ts';
import type { Database } from '../db/database.ts';
import type { Job } from '../jobs/job-store.ts';
import { findResourceGroup, type ProcessMode } from '../jobs/resource-group-store.ts';
import { Worker } from '../work/worker.ts';
import { assignResource, assignResources } from './assign-resource.ts';
import { cancelJob } from './cancel-job.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import { deletePipeline } from './delete-pipeline.ts';
import { dropJob, finishJob } from './finish-job.ts';
import { playJob } from './play-job.ts';
import { retryJob } from './retry-job.ts';
import { setProcessMode } from './set-process-mode.ts';

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  /** A project with a runner of its own, whose deploys use one resource. */
  async function house(mode?: ProcessMode) {
    const { project, claim } = await projectWithRunner(db);
    const groupOf = async (key = 'production') => (await findResourceGroup(db.read, project.id, key))!;
    const deploys = (count = 1, over: Parameters<typeof planned>[1] = {}) =>
      startedPipeline(
        db,
        project,
        Array.from({ length: count }, (_, index) =>
          planned(`deploy ${index}`, { resource_group: 'production', ...over }),
        ),
      );
    if (mode) {
      const first = await deploys(1);
      await cancelPipeline(db, first, START);
      await setProcessMode(db, await groupOf(), mode, START);
    }
    return {
      project,
      deploys,
      groupOf,
      claim,
      /** What the durable work does right after a commit. */
      assign: async () => assignResource(db, (await groupOf()).id, START),
    };
  }

  const finish = (job: { id: number; pipeline_id: number }) =>
    finishJob(db, job, { state: 'success' }, START);

  test('of two jobs of a resource group the second waits until the first has ended', async () => {
    const { deploys, claim, assign } = await house();
    const first = await deploys();
    const second = await deploys();
    expect(await statusesOf(db, first)).toBe('waiting_for_resource: deploy 0 waiting_for_resource');
    await assign();
    expect(await statusesOf(db, first)).toBe('pending: deploy 0 pending');
    expect(await statusesOf(db, second)).toBe('waiting_for_resource: deploy 0 waiting_for_resource');
    const claimed = (await claim())!.job;
    await assign();
    expect(await claim()).toBeNull();
    await finish(claimed);
    await assign();
    expect(await statusesOf(db, first)).toBe('success: deploy 0 success');
    expect(await statusesOf(db, second)).toBe('pending: deploy 0 pending');
  });

  test('groups of another key, and of another project, do not matter', async () => {
    const one = await house();
    const other = await house();
    await one.deploys();
    await one.assign();
    const id = await other.deploys();
    await other.assign();
    expect(await statusesOf(db, id)).toBe('pending: deploy 0 pending');
    const staging = await startedPipeline(db, one.project, [planned('stage', { resource_group: 'staging' })]);
    await assignResource(db, (await one.groupOf('staging')).id, START);
    expect(await statusesOf(db, staging)).toBe('pending: stage pending');
  });

  test('a key that no group can have lets the job run without one', async () => {
    const { project } = await house();
    const id = await startedPipeline(db, project, [
      planned('a', { resource_group: '/no' }),
      planned('b', { resource_group: '' }),
    ]);
    expect(await statusesOf(db, id)).toBe('pending: a pending, b pending');
  });

  test.each([
    ['canceled', (job: { id: number; pipeline_id: number }) => cancelJob(db, job, { force: false }, START)],
    [
      'failed',
      (job: { id: number; pipeline_id: number }) =>
        dropJob(db, job, 'runner_system_failure', START, ['running']),
    ],
    [
      'deleted with its pipeline',
      (job: { id: number; pipeline_id: number; project_id: number }) =>
        deletePipeline(db, { id: job.pipeline_id, project_id: job.project_id }, START),
    ],
  ])('the resource of a job that is %s goes to the next', async (_, end) => {
    const { deploys, claim, assign } = await house();
    await deploys();
    await assign();
    const claimed = (await claim())!.job;
    const second = await deploys();
    await end(claimed);
    await assign();
    expect(await statusesOf(db, second)).toBe('pending: deploy 0 pending');
  });

  test('a waiting job that is canceled leaves, and is not given anything', async () => {
    const { deploys, claim, assign } = await house();
    await deploys();
    await assign();
    const running = (await claim())!.job;
    const second = await deploys();
    const third = await deploys();
    await cancelPipeline(db, second, START);
    expect(await statusesOf(db, second)).toBe('canceled: deploy 0 canceled');
    await finish(running);
    await assign();
    expect(await statusesOf(db, third)).toBe('pending: deploy 0 pending');
  });

  test('a manual job waits for the resource when it is played, and so does a retried one', async () => {
    const { deploys, claim, assign, project } = await house();
    await deploys();
    await assign();
    const running = (await claim())!.job;
    const manual = await deploys(1, { when: 'manual' });
    const user_id = project.user_id;
    const played = await playJob(db, (await jobsOf(db, manual))['deploy 0']!, { user_id }, START);
    expect(played.enqueued).toMatchObject({ status: 'waiting_for_resource', user_id, queued_at: null });
    await finish(running);
    const again = await retryJob(db, running, { user_id }, START);
    expect(again.status).toBe('waiting_for_resource');
    // Of the older pipeline, it is before the manual one.
    await assign();
    expect(await statusesOf(db, again.pipeline_id)).toContain('deploy 0 pending');
    expect(await statusesOf(db, manual)).toContain('deploy 0 waiting_for_resource');
  });

  /** Three pipelines whose deploys wait, but for the middle one's, which has yet to come. */
  async function three(mode: ProcessMode) {
    const { project, deploys, claim, assign } = await house(mode);
    const build = () =>
      startedPipeline(db, project, [
        planned('build'),
        planned('deploy', { stage_idx: 2, resource_group: 'production' }),
      ]);
    const holder = await deploys();
    await assign();
    const held = (await claim())!.job;
    expect(held.pipeline_id).toBe(holder);
    const [a, b, c] = [await build(), await build(), await build()];
    const builds = new Map<number, Job>();
    for (let each = await claim(); each; each = await claim()) builds.set(each.job.pipeline_id, each.job);
    const endBuild = (id: number) => finish(builds.get(id)!);
    await endBuild(a);
    await endBuild(c);
    await finish(held);
    await assign();
    return { a, b, c, assign, endBuild };
  }
  const status = async (id: number) => (await jobsOf(db, id))['deploy']!.status;

  describe('the next is', () => {
    const waiting = 'waiting_for_resource';

    test('any that waits, unordered: the oldest', async () => {
      const { a, b, c } = await three('unordered');
      expect([await status(a), await status(b), await status(c)]).toEqual(['pending', 'created', waiting]);
    });

    test('the oldest pipeline, oldest_first, which the others wait for even if it has yet to come', async () => {
      const { a, b, c, assign, endBuild } = await three('oldest_first');
      expect([await status(a), await status(b), await status(c)]).toEqual(['pending', 'created', waiting]);
      await cancelJob(db, (await jobsOf(db, a))['deploy']!, { force: false }, START);
      await assign();
      expect([await status(b), await status(c)]).toEqual(['created', waiting]);
      await endBuild(b);
      await assign();
      expect([await status(b), await status(c)]).toEqual(['pending', waiting]);
    });

    test('the newest pipeline, newest_first, which the others wait for', async () => {
      const { a, b, c, assign } = await three('newest_first');
      expect([await status(a), await status(b), await status(c)]).toEqual([waiting, 'created', 'pending']);
      await cancelJob(db, (await jobsOf(db, c))['deploy']!, { force: false }, START);
      await assign();
      expect([await status(a), await status(b)]).toEqual([waiting, 'created']);
      // It is out of the way once it never comes.
      await cancelPipeline(db, b, START);
      await assign();
      expect(await status(a)).toBe('pending');
    });

    test('the newest that waits, newest_ready_first', async () => {
      const { a, b, c, assign } = await three('newest_ready_first');
      expect([await status(a), await status(b), await status(c)]).toEqual([waiting, 'created', 'pending']);
      await cancelJob(db, (await jobsOf(db, c))['deploy']!, { force: false }, START);
      await assign();
      expect([await status(a), await status(b)]).toEqual(['pending', 'created']);
    });
  });

  test('two that give the resource at the same time give it to one', async () => {
    const { deploys, assign, project } = await house();
    for (let round = 0; round < 5; round++) {
      await deploys(2);
      await Promise.all(Array.from({ length: 8 }, assign));
      const pending = await db.read
        .selectFrom('jobs')
        .select('id')
        .where('project_id', '=', project.id)
        .where('status', '=', 'pending')
        .execute();
      expect(pending).toHaveLength(1);
    }
  });

  describe('while the server works', () => {
    let worker: Worker;
    beforeAll(async () => {
      worker = new Worker(db, { report: (message, error) => console.error(message, error) });
      await worker.handle(...assignResources(db, () => START)).start();
    });
    afterAll(() => worker.stop());

    test.each(['oldest_first', 'newest_ready_first'] as const)(
      '50 jobs of 10 pipelines that end in every way run one at a time, and all of them (%s)',
      async (mode) => {
        const { deploys, claim, project, groupOf } = await house(mode);
        const held = await startedPipeline(db, project, [planned('hold', { resource_group: 'production' })]);
        const holder = await until('a holder', async () => (await claim()) ?? undefined);
        const pipelines = [];
        for (let count = 0; count < 10; count++) pipelines.push(await deploys(5));
        const group = await groupOf();
        const holding = async () =>
          (
            await db.read
              .selectFrom('jobs')
              .select('id')
              .where('resource_group_id', '=', group.id)
              .where('status', 'in', ['pending', 'running', 'canceling'])
              .execute()
          ).length;
        let most = 0;
        const order: number[] = [];
        let ended = 0;
        const ends = [
          (job: { id: number; pipeline_id: number }) => finish(job),
          (job: { id: number; pipeline_id: number }) =>
            dropJob(db, job, 'script_failure', START, ['running']),
          (job: { id: number; pipeline_id: number }) => cancelJob(db, job, { force: true }, START),
        ];
        await finish(holder.job);
        const run = async () => {
          while (ended < 50) {
            const claimed = await claim();
            if (!claimed) {
              await new Promise((resolve) => setTimeout(resolve, 2));
              continue;
            }
            order.push(claimed.job.pipeline_id);
            most = Math.max(most, await holding());
            const end = ends[claimed.job.id % ends.length]!;
            await end(claimed.job);
            ended += 1;
          }
        };
        await Promise.all([run(), run(), run()]);
        expect(most).toBe(1);
        const sorted = order.toSorted((a, b) => (mode.startsWith('newest') ? b - a : a - b));
        expect(order).toEqual(sorted);
        expect(await statusesOf(db, held)).toBe('success: hold success');
        for (const id of pipelines) expect(await statusesOf(db, id)).not.toMatch(/waiting|pending|running/);
      },
    );
  });
});
