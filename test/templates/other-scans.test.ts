/** Scans that are not like the others: one with inputs, and one of what has been deployed. */
import { describe, expect, test } from 'vitest';
import {
  type Begun,
  OF_MERGE_REQUEST,
  pipelineOf,
  reportsOf,
  scriptOf,
  valueOf,
  WITH_REQUEST,
} from '../support/template-project.ts';

const OWN = 'own: {script: make, rules: [{if: $CI_PIPELINE_SOURCE}]}\n';

const scanning = (inputs: string, more = '') =>
  `include: [{template: Jobs/Dependency-Scanning.v2.gitlab-ci.yml, inputs: {${inputs}}}]\n${OWN}${more}`;
const scanned = async (begun: Begun, inputs = '') => (await pipelineOf(scanning(inputs), begun)).names;
const scannedBesideSast = async (inputs: string) => {
  const config = scanning(inputs).replace('}}]', '}}, {template: Jobs/SAST.gitlab-ci.yml}]');
  return (await pipelineOf(config, { ...OF_MERGE_REQUEST, files: ['a.js'] })).names;
};

const attacking = (more: string) =>
  `include: {template: DAST.gitlab-ci.yml}\nstages: [test, deploy, dast]\n${OWN}${more}`;
const attacked = async (begun: Begun, more = '') => (await pipelineOf(attacking(more), begun)).names;

describe('Dependency-Scanning.v2', () => {
  test('scans branches and merge requests, not both, and no tags', async () => {
    const both = ['dependency-scanning', 'own'];
    const one = ['own'];
    expect(await scanned({})).toEqual(both);
    expect(await scanned(OF_MERGE_REQUEST)).toEqual(both);
    expect(await scanned({ ref: 'v1', tag: true })).toEqual(one);
    expect(await scanned(WITH_REQUEST)).toEqual(one);
    expect(await scanned(WITH_REQUEST, 'enable_mr_pipelines: false')).toEqual(both);
    expect(await scanned(OF_MERGE_REQUEST, 'enable_mr_pipelines: false')).toEqual(one);
    const told = { ...OF_MERGE_REQUEST, variables: { AST_ENABLE_MR_PIPELINES: 'true' } };
    expect(await scanned(told, 'enable_mr_pipelines: false')).toEqual(both);
    expect(await scanned({ variables: { DEPENDENCY_SCANNING_DISABLED: 'true' } })).toEqual(one);
  });

  test('does what its input says beside other scans too, which stay out of merge requests', async () => {
    expect(await scannedBesideSast('')).toEqual(['dependency-scanning', 'own']);
    expect(await scannedBesideSast('enable_mr_pipelines: false')).toEqual(['own']);
  });

  test('is what its inputs say, and the project changes', async () => {
    const { problems, job } = await pipelineOf(
      scanning(
        'job_name: deps, stage: build, allow_failure: false, max_scan_depth: -1, analyzer_image_version: "3"',
        'deps: {tags: [scanner]}\nvariables: {SECURE_ANALYZERS_PREFIX: registry.example.test}',
      ),
    );
    expect(problems).toEqual([]);
    const deps = job('deps');
    expect(deps).toMatchObject({ stage: 'build', allow_failure: false, tag_list: ['scanner'] });
    expect(valueOf(deps, 'DS_ANALYZER_IMAGE')).toBe('$SECURE_ANALYZERS_PREFIX/dependency-scanning:3');
    expect(scriptOf(deps)).toContain('DS_MAX_DEPTH:--1');
  });
});

describe('DAST', () => {
  test('needs its stage', async () => {
    const { problems } = await pipelineOf('include: {template: Security/DAST.gitlab-ci.yml}');
    expect(problems).toEqual([expect.stringContaining('dast job: chosen stage dast does not exist')]);
  });

  test('attacks what branches have deployed, and leaves a report', async () => {
    const { job } = await pipelineOf(attacking('dast: {variables: {DAST_TARGET_URL: http://app.test}}'));
    expect(job('dast')).toMatchObject({
      stage: 'dast',
      allow_failure: true,
      image: { name: '$SECURE_ANALYZERS_PREFIX/dast:$DAST_VERSION$DAST_IMAGE_SUFFIX' },
    });
    expect(reportsOf(job('dast'))).toEqual({ dast: 'gl-dast-report.json' });
    expect(job('dast').variables.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['GIT_STRATEGY', 'DAST_TARGET_URL']),
    );
  });

  test('stays out of tags and merge requests, and where it is switched off', async () => {
    expect(await attacked({})).toEqual(['dast', 'own']);
    expect(await attacked({ ref: 'v1', tag: true })).toEqual(['own']);
    expect(await attacked(OF_MERGE_REQUEST)).toEqual(['own']);
    expect(await attacked(OF_MERGE_REQUEST, 'variables: {AST_ENABLE_MR_PIPELINES: "true"}')).toEqual([
      'dast',
      'own',
    ]);
    expect(await attacked({ variables: { DAST_DISABLED: 'true' } })).toEqual(['own']);
    const notHere = { DAST_DISABLED_FOR_DEFAULT_BRANCH: 'true' };
    expect(await attacked({ variables: notHere })).toEqual(['own']);
    expect(await attacked({ ref: 'topic', variables: notHere })).toEqual(['dast', 'own']);
    expect(await attacked({ ref: 'topic', variables: { REVIEW_DISABLED: '1' } })).toEqual(['own']);
  });

  test('in its latest edition attacks what merge requests have deployed', async () => {
    const config = `include: {template: DAST.latest.gitlab-ci.yml}\nstages: [dast]`;
    expect((await pipelineOf(config, OF_MERGE_REQUEST)).names).toEqual(['dast']);
  });
});
