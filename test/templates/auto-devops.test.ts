/** Auto DevOps, and the templates of which it is made. */
import { describe, expect, test } from 'vitest';
import {
  type Begun,
  including,
  jobsOf,
  OF_MERGE_REQUEST,
  pipelineOf,
  reportsOf,
  scriptOf,
  valueOf,
} from '../support/template-project.ts';

const CLUSTER = { KUBECONFIG: '/tmp/kubeconfig' };

describe.each(['Jobs/Code-Quality', 'Code-Quality'])('%s', (name) => {
  test('is of branches and tags, unless it is switched off', async () => {
    expect(await jobsOf(including(name))).toEqual(['code_quality']);
    expect(await jobsOf(including(name), { ref: 'v1', tag: true })).toEqual(['code_quality']);
    expect(await jobsOf(including(name), OF_MERGE_REQUEST)).toEqual([]);
    expect(await jobsOf(including(name), { variables: { CODE_QUALITY_DISABLED: 'true' } })).toEqual([]);
    expect(await jobsOf(including(name, 'variables: {CODE_QUALITY_DISABLED: "1"}'))).toEqual([]);
  });

  test('leaves its report, and runs where and with what the project says', async () => {
    const { stages, job } = await pipelineOf(
      including(
        name,
        'stages: [build, test, quality]\ncode_quality: {stage: quality, services: [], tags: [socket], variables: {CODE_QUALITY_IMAGE: mirror/codequality}}',
      ),
    );
    const quality = job('code_quality');
    expect([stages.at(-2), quality.stage, quality.services, quality.tag_list]).toEqual([
      'quality',
      'quality',
      [],
      ['socket'],
    ]);
    expect(quality).toMatchObject({ allow_failure: true, needs: [], image: { name: 'docker:27.3' } });
    expect(reportsOf(quality)).toEqual({ codequality: 'gl-code-quality-report.json' });
    expect(valueOf(quality, 'CODE_QUALITY_IMAGE')).toBe('mirror/codequality');
  });
});

describe('Jobs/Build and Jobs/Test', () => {
  const config = including(['Jobs/Build', 'Jobs/Test']);

  test('are of branches and tags, unless they are switched off', async () => {
    expect(await jobsOf(config)).toEqual(['build', 'test']);
    expect(await jobsOf(config, { ref: 'v1', tag: true })).toEqual(['build', 'test']);
    expect(await jobsOf(config, OF_MERGE_REQUEST)).toEqual([]);
    expect(await jobsOf(config, { variables: { BUILD_DISABLED: '1' } })).toEqual(['test']);
    expect(await jobsOf(config, { variables: { TEST_DISABLED: '1' } })).toEqual(['build']);
    const ec2 = { variables: { AUTO_DEVOPS_PLATFORM_TARGET: 'EC2' } };
    expect(await jobsOf(config, ec2)).toEqual(['build_artifact', 'test']);
    expect(await jobsOf(including('Jobs/Build.latest'))).toEqual(['build']);
  });

  test('build with the image and test with the database that the project says', async () => {
    const { job } = await pipelineOf(
      `${config}variables: {AUTO_BUILD_IMAGE_VERSION: v5.0.0}\ntest: {variables: {POSTGRES_VERSION: "17"}}`,
    );
    expect(job('build').image?.name).toMatch(/auto-build-image:\$AUTO_BUILD_IMAGE_VERSION$/);
    expect(valueOf(job('build'), 'AUTO_BUILD_IMAGE_VERSION')).toBe('v5.0.0');
    expect(reportsOf(job('build'))).toEqual({ dotenv: 'gl-auto-build-variables.env' });
    expect(job('test')).toMatchObject({ needs: [], services: [{ name: 'postgres:$POSTGRES_VERSION' }] });
    expect(valueOf(job('test'), 'POSTGRES_VERSION')).toBe('17');
  });
});

describe('Auto-DevOps', () => {
  const config = 'include: {template: Auto-DevOps.gitlab-ci.yml}\n';
  const files = ['Dockerfile', 'package-lock.json', 'src/a.ts'];
  const scans = ['secret_detection', 'semgrep-sast', 'gemnasium-dependency_scanning', 'container_scanning'];
  const always = ['build', 'code_quality', 'test', ...scans].toSorted();
  const names = async (begun: Begun, more = '') => {
    const pipeline = await pipelineOf(config + more, { files, ...begun });
    expect(pipeline.problems).toEqual([]);
    return pipeline.names.toSorted();
  };

  /** What a cluster adds to those that are always there. */
  const more = async (begun: Begun, variables = {}) =>
    (await names({ ...begun, variables: { ...CLUSTER, ...variables } })).filter(
      (name) => !always.includes(name),
    );

  test('is nothing where it recognizes nothing, unless it is told to be', async () => {
    const { outcome } = await pipelineOf(config, { files: ['README.md'] });
    expect(outcome).toBe('filtered_by_workflow');
    for (const file of ['Gemfile', 'pom.xml', 'go.mod', 'src/cmd/main.go', 'build.sbt', 'package.json'])
      expect((await pipelineOf(config, { files: [file] })).outcome).toBe('plan');
    const told = { files: ['README.md'], variables: { AUTO_DEVOPS_EXPLICITLY_ENABLED: '1' } };
    expect((await pipelineOf(config, told)).names).toContain('build');
  });

  test('builds, tests and scans without a cluster', async () => {
    expect(await names({})).toEqual(always);
    expect(await names({ ref: 'topic' })).toEqual(always);
    expect(await names({ ref: 'v1', tag: true })).toEqual(['build', 'code_quality', 'test']);
  });

  test('deploys the default branch to production, and what else there is for review', async () => {
    expect(await more({})).toEqual(['browser_performance', 'production']);
    const review = ['browser_performance', 'dast', 'review', 'stop_review'];
    expect(await more({ ref: 'topic' })).toEqual(review);
    expect(await more({ ref: 'topic' }, { REVIEW_DISABLED: '1' })).toEqual([]);
    expect(await more({ ref: 'v1', tag: true }, { REVIEW_DISABLED: '1' })).toEqual([]);
    expect(await more({}, { REVIEW_DISABLED: '1' })).toEqual(['browser_performance', 'production']);
    expect(await more({}, { CI_DEPLOY_FREEZE: '1' })).toEqual([]);
    expect(await more({ ref: 'topic' }, { DAST_DISABLED: '1', BROWSER_PERFORMANCE_DISABLED: '1' })).toEqual([
      'review',
      'stop_review',
    ]);
    expect(await more({}, { DAST_TARGET_URL: 'http://a.test', BROWSER_PERFORMANCE_DISABLED: '1' })).toEqual([
      'dast',
      'production',
    ]);
  });

  test('is switched off by part, by the variables of the parts', async () => {
    const off = ['TEST', 'CODE_QUALITY', 'SAST', 'SECRET_DETECTION', 'DEPENDENCY_SCANNING'].map(
      (part) => `${part}_DISABLED: "true"`,
    );
    expect(await names({}, `variables: {${off.join()}}`)).toEqual(['build', 'container_scanning']);
  });

  test('keeps its stages in order, and takes jobs of the project in', async () => {
    const {
      stages,
      names: jobs,
      job,
    } = await pipelineOf(
      `${config}test: {script: [npm test], image: node:22}\nlint: {stage: test, script: npm run lint}\n`,
      { files },
    );
    expect(stages.slice(0, 4)).toEqual(['.pre', 'build', 'test', 'deploy']);
    expect(stages.slice(-3)).toEqual(['performance', 'cleanup', '.post']);
    expect(jobs).toContain('lint');
    expect([job('test').image?.name, scriptOf(job('test')), job('lint').image?.name]).toEqual([
      'node:22',
      'npm test',
      'alpine:latest',
    ]);
  });
});
