/** What a JUnit report comes to; its test cases are a blob of their own. */
export interface TestSummary {
  /** Seconds. */
  total_time: number;
  total_count: number;
  success_count: number;
  failed_count: number;
  skipped_count: number;
  error_count: number;
  /** Why the report cannot be read; then everything else is 0. */
  suite_error: string | null;
  /**
   * Where in the blob of test cases those begin that failed, and the keys of their tests; only as long as
   * there are few of them.
   */
  failures: [offset: number, key_hash: string][];
}

/** What a coverage report comes to; the files are a blob of their own. */
export interface CoverageSummary {
  files: number;
  lines: number;
  covered: number;
  error: string | null;
}

/** Above so many, nobody asks of each how often it failed lately. */
export const MOST_FAILURES = 200;

export const emptySummary = (suite_error: string | null = null): TestSummary => ({
  total_time: 0,
  total_count: 0,
  success_count: 0,
  failed_count: 0,
  skipped_count: 0,
  error_count: 0,
  suite_error,
  failures: [],
});

/** Several reports as one; the first error stands for all. */
export function addSummaries(summaries: readonly TestSummary[]): TestSummary {
  const total = emptySummary();
  for (const each of summaries) {
    total.total_time = microseconds(total.total_time + each.total_time);
    total.total_count += each.total_count;
    total.success_count += each.success_count;
    total.failed_count += each.failed_count;
    total.skipped_count += each.skipped_count;
    total.error_count += each.error_count;
    total.suite_error ??= each.suite_error;
  }
  return total;
}

/** Without the noise that adding many fractions brings. */
export const microseconds = (seconds: number) => Math.round(seconds * 1e6) / 1e6;
