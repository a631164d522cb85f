import { type Static, Type } from 'typebox';
import { type TestSuite, totalOf } from '../../reports/test-report.ts';
import { entity, nullable } from './entity.ts';

const counts = {
  total_time: Type.Number({ description: 'Seconds' }),
  total_count: Type.Integer(),
  success_count: Type.Integer(),
  failed_count: Type.Integer(),
  skipped_count: Type.Integer(),
  error_count: Type.Integer(),
};
const suite = {
  name: Type.String({ description: 'Of the job; jobs of one `parallel` are one suite' }),
  ...counts,
  suite_error: nullable(Type.String({ description: 'Why the report cannot be read' })),
};

const TestCase = entity({
  recent_failures: Type.Optional(
    entity({
      count: Type.Integer({ description: 'On the default branch, in the last 14 days' }),
      base_branch: Type.String(),
    }),
  ),
  status: Type.Enum(['success', 'failed', 'error', 'skipped']),
  name: Type.String(),
  classname: Type.String(),
  file: Type.Optional(Type.String()),
  execution_time: Type.Number({ description: 'Seconds' }),
  system_output: Type.Union([Type.String(), Type.Null(), Type.Record(Type.String(), Type.String())]),
  stack_trace: Type.Null(),
  attachment_url: Type.Optional(Type.String({ description: "The path of a file of the job's archive" })),
});

export const TestReport = entity({
  ...counts,
  test_suites: Type.Array(entity({ ...suite, test_cases: Type.Array(TestCase) })),
});

export const TestReportSummary = entity({
  total: entity({
    time: Type.Number(),
    count: Type.Integer(),
    success: Type.Integer(),
    failed: Type.Integer(),
    skipped: Type.Integer(),
    error: Type.Integer(),
    suite_error: nullable(Type.String()),
  }),
  test_suites: Type.Array(entity({ ...suite, build_ids: Type.Array(Type.Integer()) })),
});

export function testReportSummary(suites: readonly TestSuite[]): Static<typeof TestReportSummary> {
  const total = totalOf(suites);
  return {
    total: {
      time: total.total_time,
      count: total.total_count,
      success: total.success_count,
      failed: total.failed_count,
      skipped: total.skipped_count,
      error: total.error_count,
      suite_error: total.suite_error,
    },
    test_suites: suites.map(({ reports, ...each }) => ({
      ...each,
      build_ids: reports.map(({ job_id }) => job_id),
    })),
  };
}
