import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  jobsOf,
  needing,
  planned,
  START,
  startedPipeline,
  statusesOf,
} from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { digestToken } from '../access/token.ts';
import type { PlannedJob } from '../ci/plan.ts';
import type { Database } from '../db/database.ts';
import { enterQueue, requeuePipeline, requeueProject } from '../jobs/job-queue.ts';
import { tidyTurns } from '../jobs/queue-turn-store.ts';
import { findJobById, findJobByToken } from '../jobs/job-store.ts';
import { WaitingRunners } from '../jobs/waiting-runners.ts';
import { awaitJob } from './await-job.ts';
import { cancelJob } from './cancel-job.ts';
import { acknowledgeJob, type ClaimedJob, claimJob, takeBackOffers } from './claim-job.ts';
import { finishJob } from './finish-job.ts';

const MINUTE = 60_000;
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};
const open = (db: Database) =>
  new WaitingRunners(db, (error) => {
    throw error;
  });

type TestRunner = Awaited<ReturnType<typeof createTestRunner>>;

const CACHE: PlannedJob['cache'][number] = {
  key: 'a',
  paths: ['node_modules/'],
  untracked: false,
  policy: 'pull-push',
  when: 'on_success',
  fallback_keys: [],
  unprotect: false,
};

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });
  // Instance runners see every project: each test begins with nothing to take.
  beforeEach(async () => {
    await db.write(async (tx) => {
      await tx.deleteFrom('job_queue').execute();
      await tx.deleteFrom('queued_projects').execute();
      await tx.updateTable('jobs').set({ acknowledge_until: null }).execute();
    });
  });

  const claim = ({ runner, manager }: TestRunner, now = START) => claimJob(db, runner, manager, now, MINUTE);
  const nameClaimed = async (runner: TestRunner) => (await claim(runner))?.job.name ?? null;

  async function offered() {
    const project = await createProject(db);
    const id = await startedPipeline(db, project, [planned('a')]);
    const runner = await createTestRunner(db, { features: { two_phase_job_commit: true } });
    const claimed = (await claim(runner))!;
    return { id, runner, ...claimed };
  }
  const traces = (id: number) =>
    db.read.selectFrom('job_traces').select('job_id').where('job_id', '=', id).execute();

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

  describe('instead of being handed out, a job fails', () => {
    test.each<[string, Parameters<typeof createProject>[1]]>([
      ['archived_failure', { archived: 1 }],
      ['builds_disabled', { builds_access_level: 'disabled' }],
    ])('with %s', async (failure_reason, settings) => {
      const project = await createProject(db, settings);
      const id = await startedPipeline(db, project, [planned('a'), planned('later', { stage_idx: 2 })]);
      expect(await nameClaimed(await createTestRunner(db))).toBeNull();
      expect((await jobsOf(db, id))['a']).toMatchObject({ status: 'failed', failure_reason });
      expect(await statusesOf(db, id)).toBe('failed: a failed, later skipped');
    });

    test('of a blocked user, and the next one is handed out', async () => {
      const blocked = await createProject(db);
      const other = await createProject(db);
      await db.write((tx) =>
        tx.updateTable('users').set({ state: 'blocked' }).where('id', '=', blocked.user_id).execute(),
      );
      const id = await startedPipeline(db, blocked, [planned('a')]);
      await startedPipeline(db, other, [planned('b')]);
      expect(await nameClaimed(await createTestRunner(db))).toBe('b');
      expect((await jobsOf(db, id))['a']).toMatchObject({ failure_reason: 'user_blocked' });
    });

    test('when what it fetches was erased, or has expired', async () => {
      const project = await createProject(db);
      const runner = await createTestRunner(db);
      for (const lost of [{ erased_at: START }, { artifacts_expire_at: START }]) {
        const id = await startedPipeline(db, project, [
          planned('build'),
          planned('uses it', { ...needing('build') }),
          planned('does not', { needs: [{ name: 'build', artifacts: false, optional: false }] }),
        ]);
        const build = await claim(runner);
        await finishJob(db, build!.job, { state: 'success' }, START);
        await db.write((tx) => tx.updateTable('jobs').set(lost).where('id', '=', build!.job.id).execute());
        expect(await nameClaimed(runner)).toBe('does not');
        expect((await jobsOf(db, id))['uses it']).toMatchObject({
          failure_reason: 'missing_dependency_failure',
        });
      }
    });

    test.each<[string, Partial<PlannedJob>]>([
      ['artifacts_exclude', { artifacts: { paths: ['a'], exclude: ['b'] } }],
      ['upload_multiple_artifacts', { reports: [{ artifact_type: 'junit', paths: ['a.xml'] }] }],
      ['return_exit_code', { allow_failure_exit_codes: [3] }],
      ['return_exit_code', { retry: { max: 1, when: [], exit_codes: [3] } }],
      ['fallback_cache_keys', { cache: [{ ...CACHE, fallback_keys: ['b'] }] }],
    ])('when the runner lacks %s, which it needs', async (feature, over) => {
      const project = await createProject(db);
      const id = await startedPipeline(db, project, [planned('a', over)]);
      expect(await nameClaimed(await createTestRunner(db, { features: { [feature]: false } }))).toBeNull();
      expect((await jobsOf(db, id))['a']).toMatchObject({ failure_reason: 'runner_unsupported' });
      await startedPipeline(db, project, [planned('again', over)]);
      expect(await nameClaimed(await createTestRunner(db))).toBe('again');
    });
  });

  describe('a runner that acknowledges', () => {
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

  describe('a held request', () => {
    const patience = { hold: 5000, acknowledge: MINUTE, lateBy: () => START };
    const held = (
      waiting: WaitingRunners,
      { runner, manager }: TestRunner,
      signal = new AbortController().signal,
    ) => awaitJob(db, waiting, runner, manager, patience, () => START, signal);
    test('is answered when a job comes; one of those that fit, the others wait on', async () => {
      const waiting = open(db);
      const project = await createProject(db, { shared_runners_enabled: 0 });
      const scoped = { runner_type: 'project_type' as const, projects: [project.id] };
      const stranger = held(waiting, await createTestRunner(db));
      const tagged = held(waiting, await createTestRunner(db, { ...scoped, run_untagged: 0 }));
      const first = held(waiting, await createTestRunner(db, scoped));
      const second = held(waiting, await createTestRunner(db, scoped));
      await until(() => waiting.size === 4);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const begun = performance.now();
      await startedPipeline(db, project, [planned('a')]);
      expect((await first)?.job.name).toBe('a');
      expect(performance.now() - begun).toBeLessThan(1000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(waiting.size).toBe(3);
      await startedPipeline(db, project, [planned('b')]);
      expect((await second)?.job.name).toBe('b');
      waiting.close();
      expect(await Promise.all([stranger, tagged])).toEqual([null, null]);
    });

    test('whose runner hangs up passes its job on', async () => {
      const waiting = open(db);
      const project = await createProject(db);
      const call = new AbortController();
      const gone = held(waiting, await createTestRunner(db), call.signal);
      const other = held(waiting, await createTestRunner(db));
      await until(() => waiting.size === 2);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const started = startedPipeline(db, project, [planned('a')]);
      call.abort();
      await started;
      const answers = await Promise.all([gone, other]);
      expect(answers.map((each) => each?.job.name)).toEqual([undefined, 'a']);
      waiting.close();
    });

    test('ends with nothing when its time is over', async () => {
      const waiting = open(db);
      const { runner, manager } = await createTestRunner(db);
      const never = new AbortController().signal;
      const short = { hold: 20, acknowledge: MINUTE, lateBy: () => START };
      expect(await awaitJob(db, waiting, runner, manager, short, () => START, never)).toBeNull();
      expect(waiting.size).toBe(0);
      waiting.close();
    });
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
