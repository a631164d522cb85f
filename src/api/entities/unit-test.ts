import { type Static, Type } from 'typebox';
import { flakyScore } from '../../reports/flaky-score.ts';
import type { UnitTest } from '../../reports/unit-test-list-store.ts';
import type { UnitTestRun } from '../../reports/unit-test-store.ts';
import { entity, iso, Moment, nullable } from './entity.ts';

/** A test with its last runs, and how flaky they show it to be. */
export const UnitTestHistory = entity({
  id: Type.Integer(),
  suite_name: Type.String(),
  classname: Type.String(),
  name: Type.String(),
  file: nullable(Type.String()),
  flaky_score: Type.Number({
    description:
      'Of the pairs of results that follow each other on one ref, the share in which success changed to failure or back: 0 to 1',
  }),
  total_count: Type.Integer({ description: 'Runs below; no more than the last 100 are kept' }),
  success_count: Type.Integer(),
  failed_count: Type.Integer(),
  error_count: Type.Integer(),
  skipped_count: Type.Integer(),
  average_time: nullable(Type.Number({ description: 'Seconds, of the runs that were not skipped' })),
  last_run_at: Moment,
  runs: Type.Array(
    entity({
      job_id: Type.Integer(),
      pipeline_id: Type.Integer(),
      ref: Type.String(),
      sha: Type.String(),
      status: Type.String(),
      execution_time: Type.Number({ description: 'Seconds' }),
      created_at: Moment,
    }),
    { description: 'The latest first' },
  ),
});

/** `runs`: those to be shown, the oldest first. */
export function unitTestHistory(test: UnitTest, runs: UnitTestRun[]): Static<typeof UnitTestHistory> {
  const count = (status: string) => runs.filter((run) => run.status === status).length;
  const timed = runs.filter(({ status }) => status !== 'skipped');
  const time = timed.reduce((sum, run) => sum + run.execution_time, 0);
  return {
    id: test.id,
    suite_name: test.suite_name,
    classname: test.classname,
    name: test.name,
    file: test.file,
    flaky_score: flakyScore(runs),
    total_count: runs.length,
    success_count: count('success'),
    failed_count: count('failed'),
    error_count: count('error'),
    skipped_count: count('skipped'),
    average_time: timed.length === 0 ? null : time / timed.length,
    last_run_at: iso(test.last_run_at),
    runs: runs.toReversed().map(({ unit_test_id: _id, created_at, ...run }) => ({
      ...run,
      created_at: iso(created_at),
    })),
  };
}
