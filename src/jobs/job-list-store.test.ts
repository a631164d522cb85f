import * as fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  planned,
  START,
  startedPipeline,
} from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import type { JobFilter } from './job-filter-store.ts';
import { countJobs, type JobPageRequest, listJobs, SCANNED } from './job-list-store.ts';
import { findJobDetails } from './job-details-store.ts';
import type { JobStatus } from './job-state.ts';

const JOBS = 300;
const STATUSES: JobStatus[] = ['success', 'failed', 'running', 'canceled'];

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const defined = (filter: object) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as JobFilter;

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  let project: { id: number; user_id: number };
  let pipelines: number[];
  let runners: Awaited<ReturnType<typeof createTestRunner>>[];
  let all: Awaited<ReturnType<typeof rowsOf>>;

  const rowsOf = (projectId: number) =>
    db.read.selectFrom('jobs').selectAll().where('project_id', '=', projectId).orderBy('id').execute();

  beforeAll(async () => {
    db = await openTestDatabase(kind);
    project = await createProject(db);
    const other = await createProject(db);
    await startedPipeline(db, other, [planned('another project’s')]);
    runners = [await createTestRunner(db), await createTestRunner(db)];
    pipelines = [];
    for (let batch = 0; batch < 3; batch++)
      pipelines.push(
        await startedPipeline(
          db,
          project,
          Array.from({ length: JOBS / 3 }, (_, index) => planned(`job ${index % 7} ${index}`)),
        ),
      );
    await db.write(async (tx) => {
      for (const { id } of await tx
        .selectFrom('jobs')
        .select('id')
        .where('project_id', '=', project.id)
        .execute())
        await tx
          .updateTable('jobs')
          .set({
            name: `job ${id % 7}`,
            stage: `stage ${id % 3}`,
            ref: id % 5 === 0 ? 'other' : 'main',
            tag: id % 4 === 0 ? 1 : 0,
            status: STATUSES[id % STATUSES.length]!,
            failure_reason: id % STATUSES.length === 1 ? 'script_failure' : null,
            runner_id: id % 6 === 0 ? null : runners[id % 2]!.runner.id,
            runner_manager_id: id % 6 === 0 ? null : runners[id % 2]!.manager.id,
            user_id: id % 10 === 0 ? other.user_id : project.user_id,
            retried: id % 8 === 0 ? 1 : 0,
            created_at: START + id,
          })
          .where('id', '=', id)
          .execute();
    });
    all = await rowsOf(project.id);
  });

  /** The same filter in plain words, over all rows. */
  const matches = (row: (typeof all)[number], filter: JobFilter) =>
    (filter.pipeline_id === undefined || row.pipeline_id === filter.pipeline_id) &&
    (filter.runner_id === undefined || row.runner_id === filter.runner_id) &&
    (filter.statuses === undefined ||
      filter.statuses.length === 0 ||
      filter.statuses.some((status) => status === row.status)) &&
    (filter.name === undefined || row.name === filter.name) &&
    (filter.stage === undefined || row.stage === filter.stage) &&
    (filter.ref === undefined || row.ref === filter.ref) &&
    (filter.tag === undefined || row.tag === Number(filter.tag)) &&
    (filter.failure_reason === undefined || row.failure_reason === filter.failure_reason) &&
    (filter.user_id === undefined || row.user_id === filter.user_id) &&
    (filter.created_after === undefined || row.created_at > filter.created_after) &&
    (filter.created_before === undefined || row.created_at < filter.created_before) &&
    (filter.include_retried !== false || row.retried === 0);

  test('every combination of filters, in both orders and by every way of paging, finds what it should', async () => {
    const filters = fc.record({
      pipeline: maybe(fc.nat(2)),
      runner: maybe(fc.nat(1)),
      statuses: maybe(fc.uniqueArray(fc.constantFrom<JobStatus>(...STATUSES, 'skipped'), { maxLength: 3 })),
      name: maybe(fc.constantFrom('job 1', 'job 2', 'no such job')),
      stage: maybe(fc.constantFrom('stage 0', 'stage 1')),
      ref: maybe(fc.constantFrom('main', 'other')),
      tag: maybe(fc.boolean()),
      failure_reason: maybe(fc.constantFrom('script_failure', 'api_failure')),
      own: maybe(fc.boolean()),
      created_after: maybe(fc.nat(JOBS)),
      created_before: maybe(fc.nat(JOBS)),
      include_retried: maybe(fc.boolean()),
    });
    const ways = fc.record({
      sort: fc.constantFrom<'asc' | 'desc'>('asc', 'desc'),
      limit: fc.integer({ min: 1, max: 60 }),
      keyset: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(filters, ways, async (given, { sort, limit, keyset }) => {
        const { pipeline, runner, own, created_after, created_before, ...same } = given;
        const filter = defined({
          ...same,
          project_id: project.id,
          pipeline_id: pipeline === undefined ? undefined : pipelines[pipeline],
          runner_id: runner === undefined ? undefined : runners[runner]!.runner.id,
          user_id: own === undefined ? undefined : own ? project.user_id : 0,
          created_after: created_after === undefined ? undefined : START + created_after,
          created_before: created_before === undefined ? undefined : START + created_before,
        });
        const expected = all.filter((row) => matches(row, filter)).map(({ id }) => id);
        if (sort === 'desc') expected.reverse();
        const found: number[] = [];
        const request: JobPageRequest = { sort, limit, offset: 0, after: null };
        for (let pages = 0; ; pages++) {
          expect(pages).toBeLessThanOrEqual(expected.length / limit + 1);
          const page = await listJobs(db.read, filter, request);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          found.push(...page.items.map(({ id }) => id));
          expect(found.length).toBeLessThanOrEqual(expected.length);
          if (page.next === null) break;
          if (keyset) request.after = page.next;
          else request.offset += limit;
        }
        expect(found).toEqual(expected);
        expect(await countJobs(db.read, filter)).toBe(expected.length);
      }),
      // To make a failure of so many statements smaller takes longer than anybody waits.
      { numRuns: 60, endOnFailure: true },
    );
  });

  test('jobs of a moment come in the order of their creation, whatever their ids, and so do the next pages', async () => {
    const odd = await createProject(db);
    const id = await startedPipeline(
      db,
      odd,
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => planned(name)),
    );
    const rows = await rowsOf(odd.id);
    // The clock went back after the third.
    const times = [10, 20, 30, 15, 20, 40];
    const set = (index: number, columns: object) =>
      db.write((tx) => tx.updateTable('jobs').set(columns).where('id', '=', rows[index]!.id).execute());
    for (const [index, created_at] of times.entries()) await set(index, { created_at });
    const filter: JobFilter = { project_id: odd.id, created_after: 10, created_before: 40 };
    const names = async (sort: 'asc' | 'desc') => {
      const found: string[] = [];
      for (let after: number | null = null; ;) {
        const page = await listJobs(db.read, filter, { sort, limit: 1, offset: 0, after });
        found.push(...page.items.map(({ name }) => name));
        expect(found.length).toBeLessThanOrEqual(4);
        if (page.next === null) return found.join('');
        after = page.next;
      }
    };
    expect(await names('asc')).toBe('dbec');
    expect(await names('desc')).toBe('cebd');
    expect(await countJobs(db.read, filter)).toBe(4);
    expect(await listJobs(db.read, filter, { sort: 'desc', limit: 2, offset: 2, after: null })).toMatchObject(
      {
        items: [{ name: 'b' }, { name: 'd' }],
        next: null,
      },
    );
    await set(2, { kind: 'bridge' });
    expect(await names('desc')).toBe('ebd');
    expect(await countJobs(db.read, { pipeline_id: id })).toBe(5);
  });

  test('lists hold builds: bridges between them are passed over by every index', async () => {
    const mixed = await createProject(db);
    const pipeline_id = await startedPipeline(db, mixed, [planned('one'), planned('two')]);
    const [one, two] = await rowsOf(mixed.id);
    await db.write((tx) =>
      tx.updateTable('jobs').set({ kind: 'bridge' }).where('id', '=', two!.id).execute(),
    );
    const { stage, ref, user_id, created_at } = one!;
    const status = one!.status as JobStatus;
    const filters: JobFilter[] = [
      {},
      { pipeline_id },
      { pipeline_id, include_retried: false },
      { stage },
      { ref },
      { tag: false },
      { user_id: user_id! },
      { statuses: [status] },
      { statuses: [status, 'canceled'] },
      { created_after: created_at - 1 },
    ];
    for (const filter of filters) {
      const whole = { project_id: mixed.id, ...filter };
      const page = await listJobs(db.read, whole, { sort: 'desc', limit: 20, offset: 0, after: null });
      expect(
        page.items.map(({ name }) => name),
        JSON.stringify(filter),
      ).toEqual(['one']);
      expect(await countJobs(db.read, whole)).toBe(1);
    }
  });

  test('a user is found by name too, whatever the case', async () => {
    const { username } = await db.read
      .selectFrom('users')
      .select('username')
      .where('id', '=', project.user_id)
      .executeTakeFirstOrThrow();
    const filter = { project_id: project.id, username: username.toUpperCase() };
    expect(await countJobs(db.read, filter)).toBe(
      all.filter((row) => row.user_id === project.user_id).length,
    );
    expect(await countJobs(db.read, { ...filter, username: 'nobody' })).toBe(0);
  });

  test('a job comes with its pipeline, user, commit, runner, log and artifacts', async () => {
    // Of the two runners the first has running jobs, the second has none.
    const [row, other] = runners.map(({ runner }) => all.find(({ runner_id }) => runner_id === runner.id)!);
    await db.write(async (tx) => {
      await tx
        .insertInto('job_traces')
        .values({
          job_id: row!.id,
          project_id: project.id,
          state: 'live',
          blob_key: null,
          size: 7,
          sha256: null,
        })
        .execute();
    });
    const job = await findJobDetails(db.read, project.id, row!.id);
    expect(job).toMatchObject({
      id: row!.id,
      name: row!.name,
      pipeline: { id: row!.pipeline_id, project_id: project.id, ref: 'main' },
      user: { id: row!.user_id },
      commit: expect.stringMatching(/^{/),
      runner: { id: row!.runner_id, job_execution_status: 'active' },
      runner_manager: { id: row!.runner_manager_id },
      trace_size: 7,
      artifacts: [],
    });
    expect(await findJobDetails(db.read, project.id + 1, row!.id)).toBeNull();
    expect(await findJobDetails(db.read, project.id, other!.id)).toMatchObject({
      runner: { job_execution_status: 'idle' },
    });
    const idle = all.find(({ runner_id }) => runner_id === null)!;
    expect(await findJobDetails(db.read, project.id, idle.id)).toMatchObject({
      runner: null,
      runner_manager: null,
      trace_size: null,
    });
  });

  test('a page looks at no more than its bound of rows, and says where it stopped', async () => {
    const large = await createProject(db);
    const id = await startedPipeline(db, large, [planned('needle')]);
    const needle = (await rowsOf(large.id))[0]!;
    await db.write((tx) =>
      sql`INSERT INTO jobs (kind, project_id, pipeline_id, name, stage, stage_idx, status, ref, tag, sha,
          protected, allow_failure, "when", scheduling_type, created_at, updated_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${SCANNED + 50})
        SELECT 'build', ${large.id}, ${id}, 'hay', 'stage 1', 1, 'success', 'main', 1, 'a', 0, 0, 'on_success',
          'stage', 0, 0 FROM n`.execute(tx),
    );
    const filter: JobFilter = { project_id: large.id, ref: 'main', tag: false };
    const request: JobPageRequest = { sort: 'desc', limit: 20, offset: 0, after: null };
    const page = await listJobs(db.read, filter, request);
    expect(page).toMatchObject({ items: [], bounded: true });
    const rest = await listJobs(db.read, filter, { ...request, after: page.next });
    expect(rest.items.map((job) => job.id)).toEqual([needle.id]);
    expect(rest).toMatchObject({ next: null, bounded: false });
    expect(await countJobs(db.read, filter)).toBeNull();
    expect(await countJobs(db.read, { project_id: large.id })).toBeNull();
    const tagged = await listJobs(db.read, { project_id: large.id, tag: false }, request);
    expect(tagged).toMatchObject({ items: [{ id: needle.id }], next: null, bounded: false });
    const indexed = await listJobs(db.read, { project_id: large.id, name: 'needle' }, request);
    expect(indexed).toMatchObject({ items: [{ id: needle.id }], next: null, bounded: false });
  });
});
