/** What the scripts of templates do, with stand-ins for the commands that they call. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScript, SAYS_IT } from '../support/run-script.ts';
import { including, pipelineOf, reportsOf } from '../support/template-project.ts';

describe('Flutter', () => {
  const COVERED = 'mkdir -p coverage; printf "LF:8\\nLH:7\\n" > coverage/lcov.info';
  const runTests = async (flutter: string) => {
    const { job } = await pipelineOf(including('Flutter'));
    return runScript(job('test'), {
      flutter: `if [ "$1" = test ]; then ${COVERED}; echo results; ${flutter}; fi`,
      dart: 'if [ "$4" = junitreport:tojunit ]; then cp "$6" "$8"; fi',
    });
  };

  test.each([
    ['passed', 'true', 0],
    ['failed', 'exit 3', 3],
  ])('reports tests that have %s, and ends as they do', async (_, flutter, ended) => {
    const { folder, status, lines } = await runTests(flutter);
    expect(readFileSync(join(folder, 'report.xml'), 'utf8')).toBe('results\n');
    expect([status, lines]).toEqual([ended, ['lines: 87.5%']]);
  });
});

test('Load-Performance-Testing has k6 test what the project names, with its options, and sum up where the report is', async () => {
  const { job } = await pipelineOf(
    including(
      'Verify/Load-Performance-Testing',
      'load_performance: {variables: {K6_TEST_FILE: load/my test.js, K6_OPTIONS: --vus 5, K6_DOCKER_OPTIONS: --env A=b}}',
    ),
  );
  const load = job('load_performance');
  const docker = 'for word in "$@"; do echo "$word"; done';
  const { folder, status, lines } = runScript(load, { docker });
  const image = lines.indexOf('grafana/k6:0.54.0');
  expect([status, lines.slice(image + 1)]).toEqual([0, ['run', '--vus', '5', 'load/my test.js']]);
  expect(lines.slice(0, image)).toEqual(
    expect.arrayContaining([`type=bind,source=${folder},target=/project`, 'A=b']),
  );
  expect(lines).toContain(`K6_SUMMARY_EXPORT=${reportsOf(load)['load_performance']}`);
});

test.each([
  ['lintDebug', ':app:lintDebug'],
  ['assembleDebug', 'assembleDebug'],
  ['debugTests', ':app:testDebug'],
])(
  'Android has an SDK, and %s by the wrapper of the project, which nobody has to be allowed to run',
  async (name, task) => {
    const { job } = await pipelineOf(including('Android', 'variables: {ANDROID_COMPILE_SDK: "36"}'));
    const manager = 'android-home/cmdline-tools/bin/sdkmanager';
    const { status, lines } = runScript(
      job(name),
      {
        'apt-get': ':',
        wget: ':',
        unzip: `mkdir -p "$(dirname ${manager})"; echo '${SAYS_IT}' > ${manager}; chmod +x ${manager}`,
      },
      { gradlew: SAYS_IT },
    );
    expect([status, lines.at(-1)]).toEqual([0, `gradlew --no-daemon ${task}`]);
    expect(lines.at(-2)).toMatch(/ platforms;android-36 build-tools;35\.0\.0 platform-tools$/);
  },
);

const measured = async (files: Record<string, string>) => {
  const config = including('Jobs/Browser-Performance-Testing', 'stages: [build, performance]\n');
  const { job } = await pipelineOf(config, { variables: { KUBECONFIG: '/tmp/kubeconfig' } });
  const docker =
    'mkdir -p sitespeed-results/data; : > sitespeed-results/data/performance.json; echo "$@"; cat sitespeed-urls.txt || :';
  const standIns = { apk: ':', git: ':', npm: ':', docker };
  return runScript(job('browser_performance'), standIns, {
    'environment_url.txt': 'http://app.test',
    ...files,
  });
};

describe('Browser-Performance-Testing', () => {
  test('measures the address that a deployment has left, and keeps its report', async () => {
    const { status, lines, folder } = await measured({});
    expect([status, lines]).toEqual([0, [expect.stringMatching(/ sitespeed-results http:\/\/app\.test$/)]]);
    expect(readFileSync(join(folder, 'browser-performance.json'), 'utf8')).toBe('');
  });

  test('measures the paths of it that the project lists', async () => {
    const { status, lines } = await measured({ '.gitlab-urls.txt': '/\n/about\n' });
    expect([status, lines[0]]).toEqual([0, expect.stringMatching(/ sitespeed-results sitespeed-urls\.txt$/)]);
    expect(lines.slice(1)).toEqual(['http://app.test/', 'http://app.test/about']);
  });
});
