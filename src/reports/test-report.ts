import type { BlobStore } from '../blobs/blob-store.ts';
import { groupName } from './group-name.ts';
import type { PipelineReport } from './report-store.ts';
import { addSummaries, emptySummary, type TestSummary } from './report-summary.ts';

/** The reports that the jobs of one group left, as one suite. */
export interface TestSuite extends Omit<TestSummary, 'failures'> {
  name: string;
  reports: { job_id: number; report_key: string | null; summary: TestSummary }[];
}

/** The suites of a pipeline in the order of their first jobs. What is not read yet is left out. */
export function suitesOf(reports: readonly PipelineReport[]): TestSuite[] {
  const groups = new Map<string, TestSuite['reports']>();
  for (const { name, job_id, report, report_key } of reports) {
    if (report === null) continue;
    const group = groups.get(groupName(name)) ?? [];
    group.push({ job_id, report_key, summary: JSON.parse(report) as TestSummary });
    groups.set(groupName(name), group);
  }
  return [...groups].map(([name, members]) => {
    const added = addSummaries(members.map(({ summary: each }) => each));
    // What one job left unreadable makes the whole suite an error.
    const { failures: _, ...summary } = added.suite_error === null ? added : emptySummary(added.suite_error);
    return { name, ...summary, reports: members };
  });
}

/** All suites in one. */
export const totalOf = (suites: readonly TestSuite[]) =>
  addSummaries(suites.map((suite) => ({ ...suite, failures: [] })));

/** What failed in these suites: the keys of the tests, each once. */
export const failedTests = (suites: readonly TestSuite[]): string[] => [
  ...new Set(
    suites.flatMap(({ reports }) => reports.flatMap(({ summary }) => summary.failures.map(([, key]) => key))),
  ),
];

/** Says of a failed test how often it failed lately; null: nothing is known. */
export type Recent = (key_hash: string) => { count: number; base_branch: string } | null;

/**
 * The report of a pipeline as JSON, in pieces: the test cases go from their blobs straight into the reply,
 * so that memory does not grow with their number.
 */
export async function* testReportText(
  suites: readonly TestSuite[],
  blobs: BlobStore,
  recent: Recent,
): AsyncIterable<string | Buffer> {
  const { suite_error: _error, failures: _failures, ...total } = totalOf(suites);
  yield `${JSON.stringify(total).slice(0, -1)},"test_suites":[`;
  for (const [index, { reports, ...suite }] of suites.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(suite).slice(0, -1)},"test_cases":[`;
    let isFirst = true;
    for (const { report_key, summary } of suite.suite_error === null ? reports : []) {
      const stream = report_key === null ? null : await blobs.get(report_key);
      if (!stream || summary.total_count === 0) continue;
      if (!isFirst) yield ',';
      isFirst = false;
      yield* withInsertions(stream, insertionsOf(summary, recent));
    }
    yield ']}';
  }
  yield ']}';
}

function insertionsOf({ failures }: TestSummary, recent: Recent): [offset: number, text: string][] {
  return failures.flatMap(([offset, key]): [number, string][] => {
    const recent_failures = recent(key);
    return recent_failures ? [[offset + 1, `"recent_failures":${JSON.stringify(recent_failures)},`]] : [];
  });
}

/** The bytes with texts put in between, each before the byte at its offset; in the order of the offsets. */
async function* withInsertions(
  source: AsyncIterable<Buffer>,
  insertions: readonly [offset: number, text: string][],
): AsyncIterable<string | Buffer> {
  let at = 0;
  let next = 0;
  for await (const chunk of source) {
    let from = 0;
    for (let insertion = insertions[next]; insertion; insertion = insertions[next]) {
      const [offset, text] = insertion;
      if (offset - at >= chunk.length) break;
      yield chunk.subarray(from, offset - at);
      yield text;
      from = offset - at;
      next += 1;
    }
    yield chunk.subarray(from);
    at += chunk.length;
  }
}
