/** The template that deploys to a cluster. */
import { describe, expect, test } from 'vitest';
import { runScript } from '../support/run-script.ts';
import {
  type Begun,
  including,
  jobsOf,
  pipelineOf,
  STAGES_OF_DEPLOY,
  valueOf,
} from '../support/template-project.ts';

const CLUSTER = { KUBECONFIG: '/tmp/kubeconfig' };

describe('Jobs/Deploy', () => {
  const percent = [10, 25, 50, 100];
  const config = including('Jobs/Deploy', `stages: ${JSON.stringify(STAGES_OF_DEPLOY)}\n`);
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

  const READY = [
    'use_kube_context',
    'check_kube_domain',
    'download_chart',
    'ensure_namespace',
    'initialize_tiller',
    'create_secret',
  ];
  const EVERYWHERE = ['deploy', 'delete canary', 'persist_environment_url'];
  const BY_HAND = { variables: { INCREMENTAL_ROLLOUT_MODE: 'manual' } };
  const BY_CLOCK = { variables: { INCREMENTAL_ROLLOUT_MODE: 'timed' } };
  /** What the job asks auto-deploy for, which fails at one step, or at none. */
  const asksFor = async (name: string, { failing = '-', ...begun }: Begun & { failing?: string }) => {
    const pipeline = await pipelineOf(config, { ...begun, variables: { ...CLUSTER, ...begun.variables } });
    return runScript(pipeline.job(name), { 'auto-deploy': `echo "$@"; [ "$1" != ${failing} ]` });
  };

  test.each<[string, Begun, string[]]>([
    ['production', {}, [...READY, ...EVERYWHERE]],
    ['production_manual', { variables: { STAGING_ENABLED: '1' } }, [...READY, ...EVERYWHERE]],
    ['staging', { variables: { STAGING_ENABLED: '1' } }, [...READY, 'deploy']],
    ['canary', { variables: { CANARY_ENABLED: '1' } }, [...READY, 'deploy canary 50']],
    ['rollout 10%', BY_HAND, [...READY, 'deploy canary 10', 'persist_environment_url']],
    ['rollout 100%', BY_HAND, [...READY, ...EVERYWHERE]],
    ['timed rollout 25%', BY_CLOCK, [...READY, 'deploy canary 25', 'persist_environment_url']],
    ['timed rollout 100%', BY_CLOCK, [...READY, ...EVERYWHERE]],
    ['review', { ref: 'topic' }, [...READY, 'deploy', 'persist_environment_url']],
    ['stop_review', { ref: 'topic' }, ['use_kube_context', 'initialize_tiller', 'delete']],
  ])('%s asks the image for these steps', async (name, begun, steps) => {
    expect(await asksFor(name, begun)).toMatchObject({ status: 0, lines: steps });
  });

  test('deploys nothing once a step has failed, but does without a context to choose', async () => {
    for (const failing of READY.slice(1)) {
      const { status, lines } = await asksFor('production', { failing });
      expect([status, lines.at(-1)]).toEqual([1, failing]);
    }
    const { status, lines } = await asksFor('production', { failing: 'use_kube_context' });
    expect([status, lines.at(-1)]).toEqual([0, 'persist_environment_url']);
    expect((await asksFor('production', { failing: 'deploy' })).lines.at(-1)).toBe('deploy');
  });

  test('has the same in its latest edition', async () => {
    const latest = config.replace('Deploy', 'Deploy.latest');
    expect(await jobsOf(latest, { variables: CLUSTER })).toEqual(['production']);
  });
});
