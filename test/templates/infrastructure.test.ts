/** Terraform and OpenTofu. */
import { describe, expect, test } from 'vitest';
import {
  including,
  jobsOf,
  OF_MERGE_REQUEST,
  pipelineOf,
  reportsOf,
  valueOf,
  WITH_REQUEST,
} from '../support/template-project.ts';

describe('Terraform', () => {
  test('checks and plans branches, and applies the default one when somebody says so', async () => {
    const config = including('Terraform');
    expect(await jobsOf(config)).toEqual(['kics-iac-sast', 'fmt', 'validate', 'build', 'deploy']);
    expect(await jobsOf(config, { ref: 'topic' })).toEqual(['kics-iac-sast', 'fmt', 'validate', 'build']);
    expect(await jobsOf(config, { variables: { SAST_DISABLED: '1' } })).not.toContain('kics-iac-sast');
    const { stages, job } = await pipelineOf(`${config}variables: {TF_STATE_NAME: live, TF_ROOT: infra}\n`);
    expect(stages.slice(1, -1)).toEqual(['validate', 'test', 'build', 'deploy', 'cleanup']);
    expect(job('deploy')).toMatchObject({
      when: 'manual',
      dependencies: ['build'],
      resource_group: 'live',
      environment: { name: '$TF_STATE_NAME' },
    });
    expect(job('build')).toMatchObject({ environment: { name: '$TF_STATE_NAME', action: 'prepare' } });
    expect(reportsOf(job('build'))).toEqual({ terraform: '$TF_ROOT/plan.json' });
    expect(job('fmt')).toMatchObject({ allow_failure: true, needs: [] });
    const auto = await pipelineOf(`${config}variables: {TF_AUTO_DEPLOY: "true"}\n`);
    expect(auto.job('deploy').when).toBe('on_success');
  });

  test('in its latest edition checks merge requests too', async () => {
    const config = including('Terraform.latest');
    const jobs = ['kics-iac-sast', 'fmt', 'validate', 'build'];
    expect(await jobsOf(config, OF_MERGE_REQUEST)).toEqual(jobs);
    expect(await jobsOf(config, { ref: 'topic' })).toEqual(jobs);
    expect(await jobsOf(config, WITH_REQUEST)).toEqual([]);
    expect(await jobsOf(config)).toEqual([...jobs, 'deploy']);
  });

  test.each(['Terraform/Base', 'Terraform/Base.latest'])('%s is there to be extended', async (name) => {
    const { problems, names, job } = await pipelineOf(
      including(
        name,
        `stages: [validate, build, deploy, cleanup]
image: {name: registry.example.test/terraform}
fmt: {extends: .terraform:fmt}
plan dev: {extends: .terraform:build, environment: {name: dev}, variables: {TF_STATE_NAME: dev}}
apply dev: {extends: .terraform:deploy, environment: {name: dev}}
destroy dev: {extends: .terraform:destroy}
`,
      ),
    );
    expect([problems, names]).toEqual([[], ['own', 'fmt', 'plan dev', 'apply dev', 'destroy dev']]);
    expect(job('destroy dev')).toMatchObject({ stage: 'cleanup', when: 'manual' });
    expect(job('plan dev')).toMatchObject({
      image: { name: 'registry.example.test/terraform' },
      resource_group: 'dev',
    });
    expect(job('fmt').cache).toMatchObject([{ key: '$TF_CACHE_KEY' }]);
  });
});

describe('OpenTofu', () => {
  test('checks and plans branches and merge requests, and applies the default branch', async () => {
    const config = including('OpenTofu.latest');
    expect(await jobsOf(config)).toEqual(['fmt', 'validate', 'plan', 'apply']);
    expect(await jobsOf(config, { ref: 'topic' })).toEqual(['fmt', 'validate', 'plan']);
    expect(await jobsOf(config, OF_MERGE_REQUEST)).toEqual(['fmt', 'validate', 'plan']);
    expect(await jobsOf(config, { ref: 'v1', tag: true })).toEqual([]);
  });

  test('with the version and the state that the project says', async () => {
    const { stages, job } = await pipelineOf(
      including(
        'OpenTofu.latest',
        'stages: [validate, build, deploy, cleanup]\nvariables: {OPENTOFU_VERSION: 1.9.0, TF_STATE_NAME: live}\ndestroy: {extends: .opentofu:destroy}\nplan: {tags: [cloud]}',
      ),
    );
    expect(stages).toContain('cleanup');
    expect(job('plan')).toMatchObject({
      resource_group: 'live',
      tag_list: ['cloud'],
      environment: { name: '$TF_STATE_NAME' },
    });
    expect(job('plan').image?.name).toMatch(
      /gitlab-opentofu:\$GITLAB_OPENTOFU_VERSION-opentofu\$OPENTOFU_VERSION$/,
    );
    expect(valueOf(job('plan'), 'OPENTOFU_VERSION')).toBe('1.9.0');
    expect(job('apply').when).toBe('manual');
    expect(job('destroy')).toMatchObject({ when: 'manual', environment: { action: 'stop' } });
  });
});
