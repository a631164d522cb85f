/**
 * Prints `N passed, N failed`, summed over Vitest's JSON reports in a folder; of a file that ran again in the same
 * place, the last run counts. A step that failed without any failed test (a file that does not load, a type error)
 * counts as one.
 * Usage: count-tests.ts FOLDER FAILED_STEPS
 */
import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { testFiles, type TestFile } from './reports.ts';

const [folder = '.', failedSteps = '0'] = process.argv.slice(2);
// `test`, then `test-again`.
const reports = readdirSync(folder)
  .map((name) => parse(name).name)
  .toSorted();

const files = new Map<string, TestFile>();
for (const report of reports)
  for (const file of testFiles(join(folder, `${report}.json`))) files.set(file.name, file);

const statuses = [...files.values()].flatMap(({ assertionResults }) =>
  assertionResults.map((test) => test.status),
);
const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;

const [passed, failed] = [count('passed'), Math.max(count('failed'), Number(failedSteps))];
const skipped = statuses.length - passed - count('failed');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
