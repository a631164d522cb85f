import type { Patch } from '../patch.ts';

const dotenv = ['src/reports/dotenv.test.ts'];
const uploads = ['test/journeys/runner-reports.test.ts'];
const tests = ['test/journeys/test-reports.test.ts'];
const history = ['src/reports/unit-test-store.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a dotenv report may be as large as its limit',
    file: 'src/reports/dotenv.ts',
    find: 'if (bytes.length >= limits.dotenv_size)',
    replace: 'if (bytes.length > limits.dotenv_size)',
    tests: ['src/reports/dotenv.test.ts', 'test/journeys/runner-reports.test.ts'],
  },
  {
    name: 'of a dotenv key that is there twice the first counts',
    file: 'src/reports/dotenv.ts',
    find: '    byKey.set(key, line.slice(equals + 1).trim());',
    replace: '    if (!byKey.has(key)) byKey.set(key, line.slice(equals + 1).trim());',
    tests: dotenv,
  },
  {
    name: 'the first dotenv variable is lost',
    file: 'src/pipelines/runner-variables.ts',
    find: 'parts.dotenvVariables.map(',
    replace: 'parts.dotenvVariables.slice(1).map(',
    tests: uploads,
  },
  {
    name: 'terraform reports have no limit of their own',
    file: 'src/artifacts/artifact-limit.ts',
    find: 'terraform: limits.artifact_size_terraform',
    replace: 'terraform: limits.artifact_size',
    tests: uploads,
  },
  {
    name: 'gzip members are not compared with their checksums',
    file: 'src/reports/gzip-members.ts',
    find: 'trailer.readUInt32LE(0) !== crc',
    replace: 'trailer.length !== TRAILER_BYTES',
    tests: ['src/reports/gzip-members.test.ts'],
  },
  {
    name: 'a skipped test case is a success',
    file: 'src/reports/junit.ts',
    find: "  ['skipped', 'skipped'],\n",
    replace: '',
    tests,
  },
  {
    name: 'a report may be unpacked without an end',
    file: 'src/reports/read-report.ts',
    find: 'if (size > limits.report_size)',
    replace: 'if (size > limits.report_size * 10)',
    tests,
  },
  {
    name: 'recent failures stand one byte too early',
    file: 'src/reports/test-report.ts',
    find: '[[offset + 1, ',
    replace: '[[offset, ',
    tests,
  },
  {
    name: 'the history keeps one run less',
    file: 'src/reports/unit-test-store.ts',
    find: 'slot: runs % KEPT_RUNS,',
    replace: 'slot: runs % (KEPT_RUNS - 1),',
    tests: history,
  },
  {
    name: 'a test is not scored anew once it succeeds',
    file: 'src/reports/unit-test-store.ts',
    find: 'runs - last_failed_run < KEPT_RUNS',
    replace: 'runs === last_failed_run',
    tests: history,
  },
  {
    name: 'refs are mixed in the flaky score',
    file: 'src/reports/flaky-score.ts',
    find: 'last.get(ref)',
    replace: '[...last.values()].at(-1)',
    tests: ['src/reports/flaky-score.test.ts'],
  },
  {
    name: 'the artifacts of a child pipeline expire before those of its parent',
    file: 'src/artifacts/lock-artifacts.ts',
    find: 'await setLock(tx, family, locked_ref)',
    replace: 'await setLock(tx, [eldest.id], locked_ref)',
    tests: ['test/journeys/child-artifacts.test.ts'],
  },
];
