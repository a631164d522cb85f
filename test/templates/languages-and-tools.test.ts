/** Templates for one language or tool each. */
import { describe, expect, test } from 'vitest';
import { including, jobsOf, pipelineOf, reportsOf, scriptOf, valueOf } from '../support/template-project.ts';

interface Tool {
  name: string;
  jobs: Record<string, string>;
  /** A variable that a project may set otherwise. */
  variable: string;
}

const TOOLS: Tool[] = [
  {
    name: 'Android',
    jobs: { lintDebug: 'build', assembleDebug: 'build', debugTests: 'test' },
    variable: 'ANDROID_COMPILE_SDK',
  },
  { name: 'Swift', jobs: { build_project: 'build', archive_project: 'archive' }, variable: 'XCODE_SCHEME' },
  {
    name: 'Django',
    jobs: { migrations: 'build', 'django-tests': 'test', deploy: 'deploy' },
    variable: 'MYSQL_DATABASE',
  },
  { name: 'Laravel', jobs: { test: 'test' }, variable: 'MYSQL_DATABASE' },
  { name: 'Elixir', jobs: { mix: 'test' }, variable: 'MIX_ENV' },
  { name: 'LaTeX', jobs: { build: 'test' }, variable: 'LATEX_IMAGE' },
];

describe.each(TOOLS)('$name', ({ name, jobs, variable }) => {
  test('has its jobs in their stages', async () => {
    const { names, job } = await pipelineOf(including(name));
    const found = names.filter((each) => each !== 'own').map((each) => [each, job(each).stage]);
    expect(Object.fromEntries(found)).toEqual(jobs);
  });

  test('can be changed: a job, and a variable', async () => {
    const [first = ''] = Object.keys(jobs);
    const { problems, job } = await pipelineOf(
      including(name, `variables: {${variable}: other}\n${first}: {tags: [mine], script: [make it]}\n`),
    );
    expect(problems).toEqual([]);
    expect(job(first).tag_list).toEqual(['mine']);
    expect(scriptOf(job(first))).toMatch(/make it$/);
    expect(valueOf(job(first), variable)).toBe('other');
  });
});

test('Flutter leaves the results of its tests, and how much they cover', async () => {
  const { names, job } = await pipelineOf(including('Flutter', 'code_quality: {allow_failure: true}'));
  expect(names).toEqual(['code_quality', 'test', 'own']);
  expect([reportsOf(job('test')), job('code_quality').allow_failure]).toEqual([
    { junit: 'report.xml' },
    true,
  ]);
  const [, found] = new RegExp(job('test').coverage ?? '').exec('lines: 87.5%') ?? [];
  expect(found).toBe('87.5');
});

describe('Kaniko', () => {
  test('builds where there is something to build from, or a variable says what', async () => {
    expect(await jobsOf(including('Kaniko'), { files: ['README.md'] })).toEqual([]);
    expect(await jobsOf(including('Kaniko'), { files: ['Dockerfile'] })).toEqual(['kaniko-build']);
    expect(await jobsOf(including('Kaniko'), { files: ['Containerfile'] })).toEqual(['kaniko-build']);
    expect(await jobsOf(including('Kaniko'), { variables: { DOCKERFILE_PATH: 'a/Dockerfile' } })).toEqual([
      'kaniko-build',
    ]);
  });

  test('is there to be extended, once for each image', async () => {
    const { names, job } = await pipelineOf(
      including(
        'Kaniko',
        'kaniko-build: {variables: {KANIKO_ARGS: --no-push}}\nworker: {extends: .kaniko-build, variables: {KANIKO_BUILD_CONTEXT: worker, IMAGE_TAG: worker}}\n',
      ),
      { files: ['Dockerfile'] },
    );
    expect(names).toEqual(['kaniko-build', 'own', 'worker']);
    expect(valueOf(job('kaniko-build'), 'KANIKO_ARGS')).toBe('--no-push');
    expect(job('worker')).toMatchObject({
      stage: 'build',
      image: { name: 'gcr.io/kaniko-project/executor:debug', entrypoint: [''] },
    });
  });
});

describe('Verify', () => {
  test('asks addresses how accessible they are, where there are any', async () => {
    expect(await jobsOf(including('Verify/Accessibility'))).toEqual([]);
    const { stages, job } = await pipelineOf(
      including('Verify/Accessibility', 'variables: {a11y_urls: http://a.test}\na11y: {tags: [chrome]}'),
    );
    expect([stages.at(-2), job('a11y').stage, job('a11y').tag_list]).toEqual([
      'accessibility',
      'accessibility',
      ['chrome'],
    ]);
    expect(reportsOf(job('a11y'))).toEqual({ accessibility: 'reports/gl-accessibility.json' });
  });

  test.each([
    ['Verify/Browser-Performance', 'browser_performance', 'URL'],
    ['Verify/Browser-Performance.latest', 'browser_performance', 'URL'],
    ['Verify/Load-Performance-Testing', 'load_performance', 'K6_TEST_FILE'],
  ])('%s measures what the project names', async (name, measures, key) => {
    const { names, job } = await pipelineOf(including(name, `${measures}: {variables: {${key}: mine}}`));
    expect([names, job(measures).stage, valueOf(job(measures), key)]).toEqual([
      [measures, 'own'],
      'performance',
      'mine',
    ]);
    expect(Object.keys(reportsOf(job(measures)))).toEqual([measures]);
  });

  test('runs changed specs first, for the result of a merge alone', async () => {
    const config = including('Verify/FailFast', 'rspec-rails-modified-path-specs: {image: ruby:3.4}');
    expect(await jobsOf(config)).toEqual([]);
    const { names, job } = await pipelineOf(config, {
      source: 'merge_request_event',
      ref: 'topic',
      variables: { CI_MERGE_REQUEST_EVENT_TYPE: 'merged_result' },
    });
    expect([names, job('rspec-rails-modified-path-specs').stage]).toEqual([
      ['rspec-rails-modified-path-specs', 'own'],
      '.pre',
    ]);
  });
});
