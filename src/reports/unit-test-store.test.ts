import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, jobsOf, planned, startedPipeline } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import type { UnitTestResult } from './read-report.ts';
import { listUnitTests } from './unit-test-list-store.ts';
import { deleteUnitTests, KEPT_RUNS, recordRuns, runsOf } from './unit-test-store.ts';

const result = (name: string, status: UnitTestResult['status'] = 'success'): UnitTestResult => ({
  key_hash: name,
  classname: 'c',
  name,
  file: null,
  status,
  execution_time: 1,
});
const page = { keyset: false, sort: 'desc', limit: 10, offset: 0, after: null } as const;

describe.each(databases)('the history of tests, on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  async function open() {
    const project = await createProject(db);
    const pipeline = await startedPipeline(
      db,
      project,
      Array.from({ length: KEPT_RUNS + 20 }, (_, index) => planned(`job ${index}`)),
    );
    const ids = Object.values(await jobsOf(db, pipeline)).map(({ id }) => id);
    const record = (id: number, results: UnitTestResult[], now = 0) =>
      db.write((tx) => recordRuns(tx, { id, project_id: project.id, suite_name: 's' }, results, now));
    const list = () => listUnitTests(db.read, project.id, {}, page);
    return { project, ids: ids.toSorted((a, b) => a - b), record, list };
  }

  test('keeps the last 100 runs of each', async () => {
    const { ids, record, list } = await open();
    for (const [index, id] of ids.entries())
      await record(id, [result('a'), ...(index % 2 === 0 ? [result('b')] : [])]);
    const tests = (await list()).items;
    const runs = await runsOf(
      db.read,
      tests.map(({ id }) => id),
    );
    const of = (name: string) => runs.get(tests.find((each) => each.name === name)!.id)!;
    expect(of('a').map(({ job_id }) => job_id)).toEqual(ids.slice(-KEPT_RUNS));
    expect(of('b')).toHaveLength(ids.length / 2);
  });

  test('knows the flakiest by its runs, until these are all of one kind again', async () => {
    const { ids, record, list } = await open();
    const score = async () => (await list()).items.find(({ name }) => name === 'moody')?.flaky_score;
    await record(ids[0]!, [result('calm'), result('moody', 'failed')]);
    expect(await score()).toBe(0);
    await record(ids[1]!, [result('calm'), result('moody')]);
    expect(await score()).toBe(1);
    expect((await list()).items.map(({ name }) => name)).toEqual(['moody', 'calm']);
    for (const id of ids.slice(2, KEPT_RUNS)) await record(id, [result('moody')]);
    expect(await score()).toBeCloseTo(1 / (KEPT_RUNS - 1));
    await record(ids[KEPT_RUNS]!, [result('moody')]);
    expect(await score()).toBe(0);
  });

  test('of two reports at once lose nothing', async () => {
    const { ids, record, list } = await open();
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(
      ids.slice(0, 10).map((id, index) =>
        record(
          id,
          (index % 2 === 0 ? names : names.toReversed()).map((name) => result(name)),
        ),
      ),
    );
    expect((await list()).items.map(({ runs }) => runs)).toEqual(names.map(() => 10));
  });

  test('forgets tests that do not run any more, and all of a project', async () => {
    const { project, ids, record, list } = await open();
    await record(ids[0]!, [result('old')], 1000);
    await record(ids[1]!, [result('new')], 2000);
    expect(await db.write((tx) => deleteUnitTests(tx, { before: 2000 }, 100))).toBe(true);
    expect((await list()).items.map(({ name }) => name)).toEqual(['new']);
    expect(await db.write((tx) => deleteUnitTests(tx, { project_id: project.id }, 100))).toBe(true);
    expect(await db.write((tx) => deleteUnitTests(tx, { project_id: project.id }, 100))).toBe(false);
  });
});
