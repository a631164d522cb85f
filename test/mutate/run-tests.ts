import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

/** For JOBYARD_TEST_DATABASES. */
export type Databases = 'sqlite' | 'sqlite,postgres';

export interface TestRun {
  result: 'green' | 'red' | 'hanging';
  /** The test files of which every test has passed, relative to the folder. */
  green: string[];
  output: string;
}

/** What Vitest's JSON reporter writes of each file. */
interface Report {
  testResults: { name: string; status: 'passed' | 'failed' }[];
}

/** Runs test files in a copy of the repository. `bail`: up to the first test that fails. `patience`: milliseconds. */
export async function runTests(
  folder: string,
  tests: string[],
  { databases, patience, bail = false }: { databases: Databases; patience: number; bail?: boolean },
): Promise<TestRun> {
  const report = join(folder, 'test-report.json');
  rmSync(report, { force: true });
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  const flags = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, 'run', ...flags, ...(bail ? ['--bail=1'] : []), ...tests], {
    cwd: folder,
    env: { ...ownEnvironment(), JOBYARD_TEST_DATABASES: databases },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    // Its whole group: workers and servers of the tests too.
    process.kill(-child.pid!, 'SIGKILL');
  }, patience);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  const result = late ? 'hanging' : code === 0 ? 'green' : 'red';
  return { result, green: existsSync(report) ? greenFiles(folder, report) : [], output };
}

/** A test run may itself be what calls us: its settings are not for the one inside. */
const ownEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));

function greenFiles(folder: string, report: string): string[] {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults.filter(({ status }) => status === 'passed').map(({ name }) => relative(folder, name));
}
