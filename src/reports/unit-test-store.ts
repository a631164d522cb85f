import { type Kysely, sql } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { portions } from '../db/portions.ts';
import type { Time } from '../db/rows/column.ts';
import type { Tables } from '../db/schema.ts';
import { flakyScore } from './flaky-score.ts';
import type { UnitTestResult } from './read-report.ts';

/** Tests that one statement asks for. */
const AT_ONCE = 500;

/** Runs of a test that are kept: the last so many. */
export const KEPT_RUNS = 100;

/** Where results come from. */
export interface RecordedJob {
  id: number;
  project_id: number;
  suite_name: string;
}

/** A result of a test with the job it came from. */
export interface UnitTestRun {
  unit_test_id: number;
  job_id: number;
  pipeline_id: number;
  ref: string;
  sha: string;
  status: string;
  execution_time: number;
  created_at: Time;
}

/**
 * Adds a run to the history of each of these tests, over the oldest where there are enough, and counts
 * anew how flaky those are that failed lately.
 */
export async function recordRuns(
  tx: Transaction,
  { id: job_id, project_id, suite_name }: RecordedJob,
  results: readonly UnitTestResult[],
  now: Time,
): Promise<void> {
  if (results.length === 0) return;
  // Two reports at once lock the tests in one order.
  const sorted = results.toSorted((a, b) => (a.key_hash < b.key_hash ? -1 : 1));
  const tests = await tx
    .insertInto('unit_tests')
    .values(
      sorted.map(({ status, execution_time: _time, ...test }) => ({
        ...test,
        project_id,
        suite_name: suite_name.slice(0, 255),
        runs: 1,
        last_failed_run: isFailure(status) ? 1 : null,
        last_run_at: now,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['project_id', 'key_hash']).doUpdateSet((eb) => ({
        runs: eb('unit_tests.runs', '+', 1),
        file: eb.ref('excluded.file'),
        last_run_at: eb.ref('excluded.last_run_at'),
        last_failed_run: sql<number | null>`CASE WHEN excluded.last_failed_run IS NULL
          THEN unit_tests.last_failed_run ELSE unit_tests.runs + 1 END`,
      })),
    )
    .returning(['id', 'key_hash', 'runs', 'last_failed_run', 'flaky_score'])
    .execute();
  const byKey = new Map(results.map((result) => [result.key_hash, result]));
  await tx
    .insertInto('unit_test_runs')
    .values(
      tests.flatMap(({ id, key_hash, runs }) => {
        const result = byKey.get(key_hash);
        if (!result) return [];
        const { status, execution_time } = result;
        return { unit_test_id: id, slot: runs % KEPT_RUNS, job_id, status, execution_time };
      }),
    )
    .onConflict((conflict) =>
      conflict.columns(['unit_test_id', 'slot']).doUpdateSet((eb) => ({
        job_id: eb.ref('excluded.job_id'),
        status: eb.ref('excluded.status'),
        execution_time: eb.ref('excluded.execution_time'),
      })),
    )
    .execute();
  const doubtful = tests.filter(
    ({ runs, last_failed_run, flaky_score }) =>
      flaky_score > 0 || (last_failed_run !== null && runs - last_failed_run < KEPT_RUNS),
  );
  await scoreAnew(tx, doubtful);
}

async function scoreAnew(
  tx: Transaction,
  tests: readonly { id: number; flaky_score: number }[],
): Promise<void> {
  const runs = await runsOf(
    tx,
    tests.map(({ id }) => id),
  );
  for (const { id, flaky_score: before } of tests) {
    const flaky_score = flakyScore(runs.get(id) ?? []);
    if (flaky_score !== before)
      await tx.updateTable('unit_tests').set({ flaky_score }).where('id', '=', id).execute();
  }
}

const isFailure = (status: string) => status === 'failed' || status === 'error';

/** The runs that are kept of these tests whose jobs are still there, the oldest job first. */
export async function runsOf(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<Map<number, UnitTestRun[]>> {
  const byTest = new Map<number, UnitTestRun[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return byTest;
  const rows = await db
    .selectFrom('unit_test_runs')
    .innerJoin('jobs', 'jobs.id', 'unit_test_runs.job_id')
    .selectAll('unit_test_runs')
    .select(['jobs.pipeline_id', 'jobs.ref', 'jobs.sha', 'jobs.created_at'])
    .where('unit_test_runs.unit_test_id', 'in', ids)
    .orderBy('unit_test_runs.job_id')
    .execute();
  for (const { slot: _slot, ...run } of rows) byTest.get(run.unit_test_id)?.push(run);
  return byTest;
}

/** How often each of these tests failed on a ref in jobs made since then, by its key; at most the runs kept. */
export async function recentFailures(
  db: Kysely<Tables>,
  given: { project_id: number; key_hashes: readonly string[]; ref: string; since: Time },
): Promise<Map<string, number>> {
  const failures = new Map<string, number>();
  for (const key_hashes of portions(given.key_hashes, AT_ONCE))
    for (const { key_hash, count } of await someFailures(db, { ...given, key_hashes }))
      failures.set(key_hash, Number(count));
  return failures;
}

const someFailures = (
  db: Kysely<Tables>,
  given: { project_id: number; key_hashes: readonly string[]; ref: string; since: Time },
) =>
  db
    .selectFrom('unit_tests')
    .innerJoin('unit_test_runs', 'unit_test_runs.unit_test_id', 'unit_tests.id')
    .innerJoin('jobs', 'jobs.id', 'unit_test_runs.job_id')
    .select(['unit_tests.key_hash', (eb) => eb.fn.countAll<number | string>().as('count')])
    .where('unit_tests.project_id', '=', given.project_id)
    .where('unit_tests.key_hash', 'in', given.key_hashes)
    .where('unit_test_runs.status', 'in', ['failed', 'error'])
    .where('jobs.ref', '=', given.ref)
    .where('jobs.created_at', '>=', given.since)
    .groupBy('unit_tests.key_hash')
    .execute();

/** Removes some tests that have not run since `before`, or of one project. False: there were none. */
export async function deleteUnitTests(
  tx: Transaction,
  which: { before: Time } | { project_id: number },
  limit: number,
): Promise<boolean> {
  const all = tx.selectFrom('unit_tests').select('id').limit(limit);
  const some = await (
    'before' in which
      ? all.where('last_run_at', '<', which.before)
      : all.where('project_id', '=', which.project_id)
  ).execute();
  if (some.length === 0) return false;
  const ids = some.map(({ id }) => id);
  await tx.deleteFrom('unit_tests').where('id', 'in', ids).execute();
  return true;
}
