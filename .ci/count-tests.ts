/**
 * Prints `N passed, N failed`, summed over Vitest's JSON reports in a folder. A step that failed without any
 * failed test (a file that does not load, a type error) counts as one.
 * Usage: count-tests.ts FOLDER FAILED_STEPS
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}

const [folder = '.', failedSteps = '0'] = process.argv.slice(2);
const reports = readdirSync(folder).map(
  (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report,
);
const sum = (count: (report: Report) => number) => reports.reduce((total, one) => total + count(one), 0);

const passed = sum(({ numPassedTests }) => numPassedTests);
const failed = Math.max(
  sum(({ numFailedTests }) => numFailedTests),
  Number(failedSteps),
);
const skipped = sum(({ numPendingTests, numTodoTests }) => numPendingTests + numTodoTests);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
