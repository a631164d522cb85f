import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { claims } from '../../test/support/claims.ts';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  jobsOf,
  planned,
  START,
  startedPipeline,
} from '../../test/support/pipelines.ts';
import { digestToken } from '../access/token.ts';
import { enterQueue, requeuePipeline, requeueProject } from '../jobs/job-queue.ts';
import { tidyTurns } from '../jobs/queue-turn-store.ts';
import { updateRunner } from '../runners/runner-store.ts';
import { acknowledgeJob, type ClaimedJob } from './claim-job.ts';
import { finishJob } from './finish-job.ts';

describe.each(databases)('on %s', async (kind) => {
  const { db, claim, nameClaimed } = await claims(kind);

  describe('a runner takes', () => {
    test('the job with the least id among those that fit', async () => {
      const project = await createProject(db);
      await startedPipeline(db, project, [planned('a'), planned('b', { tag_list: ['gpu'] }), planned('c')]);
      const runner = await createTestRunner(db, { tag_list: ['gpu', 'linux'] });
      expect([await nameClaimed(runner), await nameClaimed(runner), await nameClaimed(runner)]).toEqual([
        'a',
        'b',
        'c',
      ]);
      expect(await nameClaimed(runner)).toBeNull();
    });

    test('what is urgent first', async () => {
      const project = await createProject(db);
      await startedPipeline(db, project, [planned('a')]);
      const id = await startedPipeline(db, project, [planned('urgent')]);
      await db.write(async (tx) => {
        await tx.updateTable('pipelines').set({ priority: 1 }).where('id', '=', id).execute();
        await requeuePipeline(tx, id);
      });
      expect(await nameClaimed(await createTestRunner(db))).toBe('urgent');
    });

    test('only jobs all of whose tags it has, and untagged ones only if it may', async () => {
      const project = await createProject(db);
      await startedPipeline(db, project, [
        planned('untagged'),
        planned('both', { tag_list: ['linux', 'gpu'] }),
        planned('one', { tag_list: ['linux'] }),
      ]);
      expect(await nameClaimed(await createTestRunner(db, { tag_list: ['linux'], run_untagged: 0 }))).toBe(
        'one',
      );
      expect(
        await nameClaimed(await createTestRunner(db, { tag_list: ['gpu'], run_untagged: 0 })),
      ).toBeNull();
      expect(
        await nameClaimed(await createTestRunner(db, { tag_list: ['gpu', 'linux'], run_untagged: 0 })),
      ).toBe('both');
    });

    test('only jobs of protected refs when it is protected', async () => {
      const project = await createProject(db);
      await startedPipeline(db, project, [planned('open')]);
      await startedPipeline(db, project, [planned('protected')], { protected: 1 });
      const runner = await createTestRunner(db, { access_level: 'ref_protected' });
      expect(await nameClaimed(runner)).toBe('protected');
      expect(await nameClaimed(runner)).toBeNull();
      expect(await nameClaimed(await createTestRunner(db))).toBe('open');
    });

    test('nothing while it is paused', async () => {
      const project = await createProject(db);
      await startedPipeline(db, project, [planned('a')]);
      expect(await nameClaimed(await createTestRunner(db, { active: 0 }))).toBeNull();
    });

    test('only jobs of its scope', async () => {
      const shared = await createProject(db);
      const own = await createProject(db, { shared_runners_enabled: 0 });
      await startedPipeline(db, shared, [planned('shared')]);
      await startedPipeline(db, own, [planned('own'), planned('own too')]);
      const ofProject = await createTestRunner(db, { runner_type: 'project_type', projects: [own.id] });
      const ofNobody = await createTestRunner(db, { runner_type: 'project_type' });
      const ofInstance = await createTestRunner(db);
      expect(await nameClaimed(ofNobody)).toBeNull();
      expect(await nameClaimed(ofInstance)).toBe('shared');
      expect(await nameClaimed(ofInstance)).toBeNull();
      expect(await nameClaimed(ofProject)).toBe('own');
      await db.write(async (tx) => {
        await tx
          .updateTable('projects')
          .set({ shared_runners_enabled: 1 })
          .where('id', '=', own.id)
          .execute();
        await requeueProject(tx, own.id);
      });
      expect(await nameClaimed(ofInstance)).toBe('own too');
    });

    test('what its project allows by now, though the project changed its mind while a job entered', async () => {
      const project = await createProject(db);
      await startedPipeline(db, project, [planned('a'), planned('b')]);
      const runner = await createTestRunner(db);
      const allow = (shared_runners_enabled: 0 | 1) =>
        db.write((tx) =>
          tx.updateTable('projects').set({ shared_runners_enabled }).where('id', '=', project.id).execute(),
        );
      await allow(0);
      expect(await nameClaimed(runner)).toBeNull();
      await tidyTurns(db);
      await allow(1);
      expect(await nameClaimed(runner)).toBeNull();
      await tidyTurns(db);
      expect(await nameClaimed(runner)).toBe('a');
    });

    test('jobs of its group and of the groups below', async () => {
      const project = await createProject(db, { shared_runners_enabled: 0 });
      const parent = await createProject(db);
      const stranger = await createProject(db);
      await db.write((tx) =>
        tx
          .updateTable('namespaces')
          .set({ parent_id: parent.namespace_id })
          .where('id', '=', project.namespace_id)
          .execute(),
      );
      await startedPipeline(db, stranger, [planned('no')]);
      await startedPipeline(db, project, [planned('yes')]);
      const runner = await createTestRunner(db, {
        runner_type: 'group_type',
        namespaces: [parent.namespace_id],
      });
      expect(await nameClaimed(runner)).toBe('yes');
      expect(await nameClaimed(runner)).toBeNull();
    });
  });

  test('a job has the least of its own, its project’s and its runner’s timeouts', async () => {
    const project = await createProject(db);
    await startedPipeline(db, project, [
      planned('a'),
      planned('b', { timeout: 7200 }),
      planned('c', { timeout: 60 }),
    ]);
    const runner = await createTestRunner(db, { maximum_timeout: 5400 });
    const timeouts = [await claim(runner), await claim(runner), await claim(runner)].map(
      (each) => each?.job.timeout,
    );
    expect(timeouts).toEqual([3600, 5400, 60]);
  });

  test.each([
    ['runs at once', 'running', {}],
    ['has yet to be acknowledged', 'pending', { two_phase_job_commit: true }],
  ])(
    'a job that %s, claimed by twenty runners at once, goes to exactly one',
    async (_words, status, features) => {
      const project = await createProject(db);
      const runners = await Promise.all(Array.from({ length: 20 }, () => createTestRunner(db, { features })));
      for (let round = 0; round < 5; round++) {
        const id = await startedPipeline(db, project, [planned('only')]);
        const answers = await Promise.all(runners.map((runner) => claim(runner)));
        const claimed = answers.filter((each) => each !== null);
        expect(claimed).toHaveLength(1);
        const [{ token }] = claimed as [ClaimedJob];
        const only = (await jobsOf(db, id))['only']!;
        expect(only).toMatchObject({ status, token_digest: digestToken(token) });
        if (status === 'pending') await acknowledgeJob(db, only, token, START);
        await finishJob(db, only, { state: 'success' }, START);
      }
    },
  );

  test.each([
    ['paused', { active: 0 }],
    ['given another token', { token_digest: 'a new one', previous_token_digest: null }],
  ] as const)('a runner that has been %s since it asked takes nothing, and no turn', async (_, columns) => {
    await startedPipeline(db, await createProject(db), [planned('a')]);
    await startedPipeline(db, await createProject(db), [planned('b')]);
    const changed = await createTestRunner(db);
    await db.write((tx) => updateRunner(tx, changed.runner.id, columns));
    expect(await nameClaimed(changed)).toBeNull();
    expect(await nameClaimed(await createTestRunner(db))).toBe('a');
  });

  test('twenty runners take the twenty jobs of one pipeline, each another', async () => {
    const project = await createProject(db);
    const runners = await Promise.all(Array.from({ length: 20 }, () => createTestRunner(db)));
    await startedPipeline(
      db,
      project,
      runners.map((_, index) => planned(`job ${index}`)),
    );
    const claimed = await Promise.all(runners.map((runner) => claim(runner)));
    expect(new Set(claimed.map((each) => each?.job.id)).size).toBe(20);
    expect(claimed).not.toContain(null);
  });

  test('a row of the queue that stands for nothing hides no job', async () => {
    const project = await createProject(db);
    const id = await startedPipeline(db, project, [planned('a'), planned('b')]);
    const { a } = await jobsOf(db, id);
    await db.write((tx) =>
      tx.updateTable('jobs').set({ status: 'canceled' }).where('id', '=', a!.id).execute(),
    );
    expect(await nameClaimed(await createTestRunner(db))).toBe('b');
  });

  test('a runner finds its job among thousands of others', async () => {
    const project = await createProject(db);
    const id = await startedPipeline(db, project, [planned('a', { tag_list: ['mine'] })]);
    const { a } = await jobsOf(db, id);
    const runner = await createTestRunner(db, { tag_list: ['mine'], run_untagged: 0 });
    const fill = (from: number, to: number) =>
      db.write(async (tx) => {
        await sql`INSERT INTO jobs (kind, project_id, pipeline_id, name, stage, stage_idx, status, ref, tag, sha,
            protected, allow_failure, "when", scheduling_type, created_at, updated_at)
          WITH RECURSIVE n (i) AS (SELECT CAST(${from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ${to})
          SELECT 'build', ${project.id}, ${id}, 'fill ' || i, 'stage 1', 1, 'pending', 'main', 0, 'a', 0, 0,
            'on_success', 'stage', 0, 0 FROM n`.execute(tx);
        await sql`UPDATE jobs SET tag_list = '["tag ' || (id % 100) || '"]' WHERE name LIKE 'fill %'`.execute(
          tx,
        );
        const rows = await tx.selectFrom('jobs').select('id').where('name', 'like', 'fill %').execute();
        await enterQueue(
          tx,
          rows.map((row) => row.id),
          START,
        );
      });
    await fill(1, 2000);
    const other = { ...runner, runner: { ...runner.runner, tag_list: '["none"]' } };
    expect(await claim(other)).toBeNull();
    expect((await claim(runner))?.job.id).toBe(a!.id);
  });
});
