/**
 * Prints the test files that failed by a JSON report of Vitest, a line each.
 * Usage: failed-files.ts REPORT
 */
import { relative } from 'node:path';
import { testFiles } from './reports.ts';

const [report = ''] = process.argv.slice(2);
for (const { name, status } of testFiles(report)) if (status === 'failed') console.log(relative('.', name));
