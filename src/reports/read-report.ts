import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { CoberturaReader, type CoveredFiles, JacocoReader } from './coverage.ts';
import { gzipMembers } from './gzip-members.ts';
import { JunitReader, type TestCase, type TestStatus } from './junit.ts';
import {
  type CoverageSummary,
  emptySummary,
  microseconds,
  MOST_FAILURES,
  type TestSummary,
} from './report-summary.ts';
import { readXml, type XmlReader } from './xml.ts';

/** A report to be read, and what its reading is held to. */
export interface ReportRequest {
  type: 'junit' | 'cobertura' | 'jacoco';
  /** The file that the runner sent. */
  path: string;
  /** The full path of the project. */
  project: string;
  /** What the jobs of one report have in common: the group's name. */
  suite_name: string;
  /** The address below which the job's artifacts lie, with a slash at its end. */
  artifacts: string;
  limits: { report_size: number; junit_test_cases: number; unit_test_history: number };
}

/** A test's result in a report, all its cases of one name together. */
export interface UnitTestResult {
  key_hash: string;
  classname: string;
  name: string;
  file: string | null;
  status: TestStatus;
  /** Seconds. */
  execution_time: number;
}

export type ReportResult =
  | { kind: 'tests'; summary: TestSummary; tests: UnitTestResult[] }
  | { kind: 'coverage'; summary: CoverageSummary };

const CHUNK_CHARACTERS = 1 << 17;
const SEPARATOR = ',\n';
/** Characters of a name that the history keeps. */
const LONGEST_NAME = 255;
const WORST_FIRST: readonly TestStatus[] = ['error', 'failed', 'success', 'skipped'];

/**
 * Reads a report. `write` is given JSON by and by and holds the reading back until it is done with it: test
 * cases, or files as `[path, {line: hits}]` in the order of their paths, separated by `,` and a line feed.
 * A report that cannot be read has a summary that says why, and what was written is worth nothing.
 */
export async function readReport(
  request: ReportRequest,
  write: (text: string) => Promise<void>,
): Promise<ReportResult> {
  return request.type === 'junit' ? await readTests(request, write) : await readCoverage(request, write);
}

async function readTests(
  request: ReportRequest,
  write: (text: string) => Promise<void>,
): Promise<ReportResult> {
  const { limits, suite_name, artifacts } = request;
  const summary = emptySummary();
  const tests = new Map<string, UnitTestResult>();
  let written = 0;
  let waiting: string[] = [];
  let waitingCharacters = 0;
  const take = (testCase: TestCase) => {
    summary.total_count += 1;
    if (summary.total_count > limits.junit_test_cases)
      throw new Error(`there are more than ${limits.junit_test_cases} test cases`);
    summary[`${testCase.status}_count`] += 1;
    summary.total_time += testCase.execution_time;
    const key_hash = keyHash(suite_name, testCase);
    remember(tests, key_hash, testCase, limits.unit_test_history);
    const text =
      (summary.total_count === 1 ? '' : SEPARATOR) + JSON.stringify(presented(testCase, artifacts));
    const isFailure = testCase.status === 'failed' || testCase.status === 'error';
    if (isFailure && summary.failures.length <= MOST_FAILURES)
      summary.failures.push([written + (summary.total_count === 1 ? 0 : SEPARATOR.length), key_hash]);
    written += Buffer.byteLength(text);
    waiting.push(text);
    waitingCharacters += text.length;
  };
  const flush = async (least = 0) => {
    if (waitingCharacters <= least) return;
    const text = waiting.join('');
    waiting = [];
    waitingCharacters = 0;
    await write(text);
  };
  try {
    await eachFile(
      request,
      () => new JunitReader(take),
      () => flush(CHUNK_CHARACTERS),
    );
    await flush();
  } catch (error) {
    if (isOfDisk(error)) throw error;
    const suite_error = `JUnit XML parsing failed: ${(error as Error).message}`;
    return { kind: 'tests', summary: emptySummary(suite_error), tests: [] };
  }
  summary.total_time = microseconds(summary.total_time);
  if (summary.failures.length > MOST_FAILURES) summary.failures = [];
  return { kind: 'tests', summary, tests: [...tests.values()] };
}

/** That is no fault of the report: it will be read another time. */
function isOfDisk(error: unknown): boolean {
  const { syscall, cause } = error as NodeJS.ErrnoException;
  return syscall !== undefined || (cause !== undefined && isOfDisk(cause));
}

function presented({ attachment, ...testCase }: TestCase, artifacts: string): object {
  if (attachment === undefined) return testCase;
  const path = attachment.split('/').map(encodeURIComponent).join('/');
  return { ...testCase, attachment_url: artifacts + path };
}

const keyHash = (suite: string, { classname, name }: TestCase) =>
  hash('sha256', `${suite}\0${classname}\0${name}`).slice(0, 32);

function remember(
  tests: Map<string, UnitTestResult>,
  key_hash: string,
  { classname, name, file, status, execution_time }: TestCase,
  most: number,
): void {
  const known = tests.get(key_hash);
  if (known) {
    known.execution_time += execution_time;
    if (WORST_FIRST.indexOf(status) < WORST_FIRST.indexOf(known.status)) known.status = status;
  } else if (tests.size < most)
    tests.set(key_hash, {
      key_hash,
      classname: short(classname),
      name: short(name),
      file: file === undefined ? null : short(file),
      status,
      execution_time,
    });
}

/** Without what a database does not take: NUL, and half a character. */
const short = (text: string) => text.slice(0, LONGEST_NAME).replaceAll('\0', '').toWellFormed();

async function readCoverage(
  request: ReportRequest,
  write: (text: string) => Promise<void>,
): Promise<ReportResult> {
  const reader = request.type === 'cobertura' ? new CoberturaReader(request.project) : new JacocoReader();
  try {
    await eachFile(
      request,
      () => reader,
      async () => {},
    );
  } catch (error) {
    if (isOfDisk(error)) throw error;
    const message = `Coverage report parsing failed: ${(error as Error).message}`;
    return { kind: 'coverage', summary: { files: 0, lines: 0, covered: 0, error: message } };
  }
  return { kind: 'coverage', summary: await writeCoverage(reader.files, write) };
}

async function writeCoverage(
  files: CoveredFiles,
  write: (text: string) => Promise<void>,
): Promise<CoverageSummary> {
  const summary: CoverageSummary = { files: files.size, lines: 0, covered: 0, error: null };
  const paths = [...files.keys()].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const [index, path] of paths.entries()) {
    const lines = files.get(path) ?? new Map<number, number>();
    for (const hits of lines.values()) if (hits > 0) summary.covered += 1;
    summary.lines += lines.size;
    await write((index === 0 ? '' : SEPARATOR) + JSON.stringify([path, Object.fromEntries(lines)]));
  }
  return summary;
}

/** Reads one file of the report after another; `flush` is awaited wherever the reading can be held back. */
async function eachFile(
  { path, limits }: ReportRequest,
  open: () => XmlReader,
  flush: () => Promise<void>,
): Promise<void> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  let size = 0;
  const bounded = async function* (content: AsyncIterable<Buffer>) {
    for await (const chunk of content) {
      size += chunk.length;
      if (size > limits.report_size)
        throw new Error(`unpacked it is larger than ${limits.report_size} bytes`);
      yield chunk;
      await flush();
    }
  };
  try {
    for await (const { content } of gzipMembers(source)) await readXml(bounded(content), open());
  } finally {
    source.destroy();
  }
}
