import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { refusal } from '../support/job-scenes.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const JUNIT = { artifact_type: 'junit', artifact_format: 'gzip' };
const CASES = 200;
const ZEROS = {
  total_time: 0,
  total_count: 0,
  success_count: 0,
  failed_count: 0,
  skipped_count: 0,
  error_count: 0,
};
const suiteOf = (cases: string) => `<?xml version="1.0"?><testsuite name="s">${cases}</testsuite>`;
const passed = (name: string, time = 1) => `<testcase classname="c" name="${name}" time="${time}"/>`;
const failing = (name: string) =>
  `<testcase classname="c" name="${name}" time="1"><failure>no</failure></testcase>`;

interface Case {
  name: string;
  status: string;
  system_output: unknown;
  attachment_url?: string;
  recent_failures?: { count: number; base_branch: string };
}
interface Report {
  total_count: number;
  total_time: number;
  test_suites: { name: string; total_count: number; suite_error: string | null; test_cases: Case[] }[];
}
interface History {
  name: string;
  suite_name: string;
  flaky_score: number;
  total_count: number;
  success_count: number;
  failed_count: number;
  average_time: number;
  runs: { status: string; ref: string; job_id: number; pipeline_id: number; execution_time: number }[];
}

describe.each(databases)('test reports, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { junit_test_cases: CASES, report_size: 200_000 });
    ({ api } = house);
    await house.parts.db.write((tx) => tx.updateTable('projects').set({ default_branch: 'main' }).execute());
  });

  /** A project whose pipelines have a job of each name; each leaves these files and ends. */
  async function open() {
    const scene = await moveIn(house);
    await house.parts.db.write((tx) =>
      tx.updateTable('projects').set({ default_branch: 'main' }).where('id', '=', scene.project.id).execute(),
    );
    const project = `/projects/${scene.project.id}`;
    const run = async (jobs: Record<string, (string | Buffer)[]>) => {
      const pipeline = await scene.start(...Object.keys(jobs).map((name) => planned(name)));
      for (const _ of Object.keys(jobs)) {
        const { job } = await scene.runner.request();
        await scene.runner.running(job!);
        const files = jobs[job!.job_info.name]!;
        const bytes = Buffer.concat(files.map((file) => (typeof file === 'string' ? gzipSync(file) : file)));
        if (files.length > 0) await scene.runner.artifact(job!, bytes, JUNIT, 'junit.xml.gz');
        await scene.runner.finish(job!, 'success');
      }
      return `${project}/pipelines/${pipeline}`;
    };
    const history = async (query = '') =>
      (await api<History[]>('GET', `${project}/test_report/history${query}`)).body;
    const runsOf = async (name: string) => (await history(`?name=${name}`))[0]?.runs.length ?? 0;
    return { project, run, history, runsOf };
  }

  const report = async (at: string) => (await api<Report>('GET', `${at}/test_report`)).body;

  test('without any there are zeros', async () => {
    const { run } = await open();
    const at = await run({ rspec: [] });
    expect(await report(at)).toEqual({ ...ZEROS, test_suites: [] });
    expect((await api('GET', `${at}/test_report_summary`)).body).toEqual({
      total: { time: 0, count: 0, success: 0, failed: 0, skipped: 0, error: 0, suite_error: null },
      test_suites: [],
    });
    expect(refusal(await api('GET', `/projects/1/pipelines/999999/test_report`))).toEqual([
      404,
      { message: '404 Not found' },
    ]);
  });

  test('say each case, of all files and of nested suites, as soon as they are uploaded', async () => {
    const { run } = await open();
    const at = await run({
      rspec: [
        `<testsuites><testsuite name="a"><testsuite name="b">
           <testcase name="works" classname="A" file="spec/a.rb" time="1.5"/>
         </testsuite>
         <testcase name="breaks" classname="A" time="0.25"><failure message="m" type="t">1 &lt; 0</failure>
           <system-out>see [[ATTACHMENT|shots/a b.png]]</system-out></testcase></testsuite></testsuites>`,
        suiteOf(`<testcase name="left out"><skipped/></testcase>
          <testcase name="dies" time="1,000.5"><error message="m" type="t"/></testcase>`),
      ],
    });
    const body = await report(at);
    expect(body).toEqual({
      total_time: 1002.25,
      total_count: 4,
      success_count: 1,
      failed_count: 1,
      skipped_count: 1,
      error_count: 1,
      test_suites: [
        {
          name: 'rspec',
          total_time: 1002.25,
          total_count: 4,
          success_count: 1,
          failed_count: 1,
          skipped_count: 1,
          error_count: 1,
          suite_error: null,
          test_cases: [
            {
              status: 'success',
              name: 'works',
              classname: 'A',
              file: 'spec/a.rb',
              execution_time: 1.5,
              system_output: null,
              stack_trace: null,
            },
            {
              recent_failures: { count: expect.any(Number) as number, base_branch: 'main' },
              status: 'failed',
              name: 'breaks',
              classname: 'A',
              execution_time: 0.25,
              system_output: '1 < 0',
              stack_trace: null,
              attachment_url: expect.stringMatching(
                /^\/api\/v4\/projects\/\d+\/jobs\/\d+\/artifacts\/shots\/a%20b\.png$/,
              ) as string,
            },
            expect.objectContaining({ name: 'left out', status: 'skipped', system_output: null }),
            expect.objectContaining({
              name: 'dies',
              status: 'error',
              execution_time: 1000.5,
              system_output: { message: 'm', type: 't' },
            }),
          ],
        },
      ],
    });
  });

  test('of the jobs of one parallel are one suite; those of retried jobs do not count', async () => {
    const { run, project } = await open();
    const at = await run({ 'rspec 1/2': [suiteOf(passed('a'))], 'rspec 2/2': [suiteOf(passed('b'))] });
    const { test_suites } = await report(at);
    expect(test_suites.map(({ name, test_cases }) => [name, test_cases.map((each) => each.name)])).toEqual([
      ['rspec', ['a', 'b']],
    ]);
    const { body } = await api<{ test_suites: { build_ids: number[] }[] }>(
      'GET',
      `${at}/test_report_summary`,
    );
    const [first, second] = body.test_suites[0]!.build_ids;
    expect(await api('POST', `${project}/jobs/${first}/retry`)).toMatchObject({ status: 201 });
    expect((await report(at)).test_suites[0]!.test_cases.map(({ name }) => name)).toEqual(['b']);
    const after = await api<{ test_suites: { build_ids: number[] }[] }>('GET', `${at}/test_report_summary`);
    expect(after.body.test_suites[0]!.build_ids).toEqual([second]);
  });

  const LONG = 'x'.repeat(300_000);
  test.each([
    ['cut', '<testsuite><testcase name="a"/>', 'Unclosed root tag'],
    ['not XML', 'plain text', 'Non-whitespace before first tag'],
    ['empty', '', 'the file is empty'],
    ['no gzip', Buffer.from('<testsuite/>'), 'it is not in gzip format'],
    [
      'made of entities',
      '<!DOCTYPE a [<!ENTITY b "bbb"><!ENTITY c "&b;&b;">]><testsuite><testcase name="&c;"/></testsuite>',
      'Invalid character entity',
    ],
    ['too deep', '<testsuite>'.repeat(500), 'nested more than 200 deep'],
    ['too large', suiteOf(`<testcase name="a"><failure>${LONG}</failure></testcase>`), 'larger than 200000'],
    ['too many', suiteOf(passed('a').repeat(CASES + 1)), `more than ${CASES} test cases`],
  ])('that cannot be read, being %s, make the suite an error', async (_, file, message) => {
    const { run } = await open();
    const at = await run({ broken: [file], sound: [suiteOf(passed('a'))] });
    const { test_suites, total_count } = await report(at);
    expect(total_count).toBe(1);
    expect(test_suites[0]).toEqual({
      name: 'broken',
      ...ZEROS,
      suite_error: expect.stringMatching(/^JUnit XML parsing failed: /) as string,
      test_cases: [],
    });
    expect(test_suites[0]!.suite_error).toContain(message);
    expect(test_suites[0]!.suite_error).not.toContain(house.parts.config.data);
    expect(test_suites[1]).toMatchObject({ name: 'sound', total_count: 1, suite_error: null });
  });

  test('go with the artifacts of their job, and free their bytes', async () => {
    const { run, project } = await open();
    const at = await run({ rspec: [suiteOf(passed('a'))] });
    await report(at);
    const { body } = await api<{ test_suites: { build_ids: number[] }[] }>(
      'GET',
      `${at}/test_report_summary`,
    );
    const row = await house.parts.db.read
      .selectFrom('job_artifacts')
      .select('report_key')
      .where('job_id', '=', body.test_suites[0]!.build_ids[0]!)
      .executeTakeFirstOrThrow();
    expect(await house.parts.blobs.stat(row.report_key!)).not.toBeNull();
    await api('DELETE', `${project}/jobs/${body.test_suites[0]!.build_ids[0]}/artifacts`);
    expect(await report(at)).toEqual({ ...ZEROS, test_suites: [] });
    await expect.poll(() => house.parts.blobs.stat(row.report_key!)).toBeNull();
  });

  describe('the history', () => {
    test('has each run of each test, the latest first, and how flaky the test is', async () => {
      const { run, history, runsOf, project } = await open();
      for (const [index, file] of [
        suiteOf(passed('steady', 2) + passed('moody')),
        suiteOf(passed('steady', 4) + failing('moody')),
        suiteOf(passed('steady', 6) + passed('moody')),
      ].entries()) {
        await run({ rspec: [file] });
        await expect.poll(() => runsOf('moody')).toBe(index + 1);
      }
      const tests = await history();
      expect(tests.map(({ name, flaky_score }) => [name, flaky_score])).toEqual([
        ['moody', 1],
        ['steady', 0],
      ]);
      expect(tests[0]).toMatchObject({
        suite_name: 'rspec',
        total_count: 3,
        success_count: 2,
        failed_count: 1,
      });
      expect(tests[0]!.runs.map(({ status }) => status)).toEqual(['success', 'failed', 'success']);
      expect(tests[0]!.runs[0]!.job_id).toBeGreaterThan(tests[0]!.runs[1]!.job_id);
      expect(tests[1]!.average_time).toBe(4);
      expect(await history('?name=steady&ref=main')).toMatchObject([{ total_count: 3 }]);
      expect(await history('?name=steady&ref=other')).toMatchObject([{ total_count: 0, runs: [] }]);
      expect(await history('?suite_name=other')).toEqual([]);
      expect(await history('?per_page=1&page=2')).toMatchObject([{ name: 'steady' }]);
      const anonymous = await api('GET', `${project}/test_report/history`, { token: null });
      expect(anonymous.status).toBe(404);
    });

    test('says in the report how often a failed test failed lately on the default branch', async () => {
      const { run, runsOf } = await open();
      let at = '';
      for (const index of [1, 2, 3]) {
        at = await run({ rspec: [suiteOf(passed('a') + failing('b'))] });
        await expect.poll(() => runsOf('b')).toBe(index);
      }
      const [suite] = (await report(at)).test_suites;
      expect(suite!.test_cases.map(({ name, recent_failures }) => [name, recent_failures])).toEqual([
        ['a', undefined],
        ['b', { count: 3, base_branch: 'main' }],
      ]);
    });

    test('takes cases of one name in one report as one run, the worst of them', async () => {
      const { run, history, runsOf } = await open();
      await run({ rspec: [suiteOf(passed('a') + failing('a') + passed('a'))] });
      await expect.poll(() => runsOf('a')).toBe(1);
      expect((await history())[0]!.runs).toMatchObject([{ status: 'failed', execution_time: 3 }]);
    });
  });
});
