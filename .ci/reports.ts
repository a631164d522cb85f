/** What is read of Vitest's JSON reports here. */
import { readFileSync } from 'node:fs';

interface Report {
  testResults: TestFile[];
}

export interface TestFile {
  /** The file's path. */
  name: string;
  status: 'passed' | 'failed';
  assertionResults: { status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo' | 'disabled' }[];
}

export const testFiles = (report: string): TestFile[] =>
  (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults;
