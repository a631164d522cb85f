/** The template that deploys to a cluster. */
import { describe, expect, test } from 'vitest';
import { type Begun, including, jobsOf, pipelineOf, scriptOf, valueOf } from '../support/template-project.ts';

const CLUSTER = { KUBECONFIG: '/tmp/kubeconfig' };

describe('Jobs/Deploy', () => {
  const percent = [10, 25, 50, 100];
  const stages = [
    'build',
    'review',
    'staging',
    'canary',
    'production',
    ...percent.map((each) => `incremental rollout ${each}%`),
    'cleanup',
  ];
  const config = including('Jobs/Deploy', `stages: ${JSON.stringify(stages)}\n`);
  const deploying = async (variables: Record<string, string>, begun: Begun = {}) =>
    await jobsOf(config, { ...begun, variables: { ...CLUSTER, ...variables } });

  test('does nothing without a cluster', async () => {
    expect(await jobsOf(config)).toEqual([]);
    expect(await jobsOf(config, { ref: 'topic' })).toEqual([]);
  });

  test('goes to production at once, or by the ways that variables say', async () => {
    expect(await deploying({})).toEqual(['production']);
    expect(await deploying({ STAGING_ENABLED: '1' })).toEqual(['staging', 'production_manual']);
    expect(await deploying({ CANARY_ENABLED: '1' })).toEqual(['canary', 'production_manual']);
    const steps = percent.map((each) => `rollout ${each}%`);
    expect(await deploying({ INCREMENTAL_ROLLOUT_MODE: 'manual' })).toEqual(steps);
    const timed = steps.map((step) => `timed ${step}`);
    expect(await deploying({ INCREMENTAL_ROLLOUT_MODE: 'timed' })).toEqual(timed);
    expect(await deploying({ CI_DEPLOY_FREEZE: '1' })).toEqual([]);
    expect(await deploying({}, { ref: 'v1', tag: true })).toEqual(['review', 'stop_review']);
  });

  test('waits for people, or for minutes', async () => {
    const { job } = await pipelineOf(config, {
      variables: { ...CLUSTER, INCREMENTAL_ROLLOUT_MODE: 'timed' },
    });
    expect(job('timed rollout 25%')).toMatchObject({
      stage: 'incremental rollout 25%',
      when: 'delayed',
      start_in: 300,
      environment: { name: 'production' },
    });
    expect(scriptOf(job('timed rollout 25%'))).toContain('deploy canary $ROLLOUT_PERCENTAGE');
    expect(scriptOf(job('timed rollout 100%'))).toContain('delete canary');
    const manual = await pipelineOf(config, { variables: { ...CLUSTER, STAGING_ENABLED: '1' } });
    expect(manual.job('production_manual')).toMatchObject({ when: 'manual', allow_failure: false });
  });

  test('stops what it has deployed for review', async () => {
    const { job } = await pipelineOf(`${config}review: {variables: {REPLICAS: "2"}}`, {
      ref: 'topic',
      variables: CLUSTER,
    });
    expect(job('review').environment).toMatchObject({
      name: 'review/$CI_COMMIT_REF_NAME',
      on_stop: 'stop_review',
    });
    expect(valueOf(job('review'), 'REPLICAS')).toBe('2');
    expect(job('stop_review')).toMatchObject({
      stage: 'cleanup',
      when: 'manual',
      environment: { action: 'stop' },
    });
  });

  test('has the same in its latest edition', async () => {
    const latest = config.replace('Deploy', 'Deploy.latest');
    expect(await jobsOf(latest, { variables: CLUSTER })).toEqual(['production']);
  });
});
