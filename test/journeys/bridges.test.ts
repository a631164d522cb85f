import { beforeAll, describe, expect, test } from 'vitest';
import { type BridgeBody, bridgeScene, bridgeViews, type PipelineBody, run } from '../support/bridges.ts';
import { ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { refusal } from '../support/job-scenes.ts';
import { linksOf } from '../support/links.ts';
import { bridge, needing, planned } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const CHILD = { include: [{ local: 'child.yml' }] };
const FOLLOWED = { ...CHILD, strategy: 'depend' as const };
const NOT_RETRYABLE = [403, { message: '403 Forbidden - Job is not retryable' }];

describe.each(databases)('bridges among jobs, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });
  const { bridgesOf, bridgeThat, statusOf, jobsOf } = bridgeViews(() => house.api);

  test('a bridge waits for what it needs, and what needs it waits for its pipeline alone', async () => {
    const { project, runner, start } = await bridgeScene(house);
    const id = await start(
      planned('first'),
      planned('slow'),
      bridge('child', FOLLOWED, { stage_idx: 2, ...needing('first') }),
      planned('last', { stage_idx: 3, ...needing('child') }),
    );
    await bridgeThat(project, id, 'created');
    await run(runner, 'first', 'success');
    const { downstream_pipeline: child } = await bridgeThat(project, id, 'running');
    const { job: slow } = await runner.request();
    await runner.running(slow!);
    expect(await jobsOf(project, id)).toBe('first success, slow running, last created');
    await run(runner, 'unit', 'success');
    await expect.poll(() => statusOf(project, child!.id)).toBe('success');
    await run(runner, 'last', 'success');
    expect(await jobsOf(project, id)).toBe('first success, slow running, last success');
    runner.close();
  });

  test('two bridges of one resource group have one pipeline under way', async () => {
    const { project, runner, start } = await bridgeScene(house);
    const grouped = () => start(bridge('child', FOLLOWED, { resource_group: 'production' }));
    const first = await grouped();
    await bridgeThat(project, first, 'running');
    const second = await grouped();
    expect((await bridgeThat(project, second, 'waiting_for_resource')).downstream_pipeline).toBeNull();
    await run(runner, 'unit', 'success');
    await bridgeThat(project, first, 'success');
    await bridgeThat(project, second, 'running');
    runner.close();
  });

  test('a bridge that is canceled, as another job fails, cancels its pipeline', async () => {
    const { project, sha, runner } = await bridgeScene(house);
    const { body: root } = await house.api<{ id: number }>('GET', '/user');
    const id = await house.start(
      { id: project.id, user_id: root.id },
      [planned('beside'), bridge('child', FOLLOWED)],
      { sha, auto_cancel: { on_new_commit: 'conservative', on_job_failure: 'all' } },
    );
    const { downstream_pipeline: child } = await bridgeThat(project, id, 'running');
    await run(runner, 'beside', 'failed');
    await bridgeThat(project, id, 'canceled');
    await expect.poll(() => statusOf(project, child!.id)).toBe('canceled');
    expect(await jobsOf(project, child!.id)).toBe('unit canceled');
    runner.close();
  });

  test('bridges are listed by scope, and page by page', async () => {
    const { project, start } = await bridgeScene(house);
    const ask = { when: 'manual', allow_failure: true } as const;
    const id = await start(
      bridge('a', CHILD, ask),
      bridge('b', CHILD, ask),
      bridge('c', CHILD),
      planned('d'),
    );
    await expect.poll(async () => (await bridgesOf(project, id))[0]?.status).toBe('success');
    const at = `${project.at}/pipelines/${id}/bridges`;
    const list = async (query: string) => {
      const { status, body, headers } = await house.api<BridgeBody[]>('GET', `${at}${query}`);
      return { names: status === 200 ? body.map(({ name }) => name).join('') : status, headers };
    };
    for (const [query, names] of [
      ['', 'cba'],
      ['?scope=manual', 'ba'],
      ['?scope[]=success&scope[]=manual', 'cba'],
      ['?scope=failed', ''],
      ['?scope=nonsense', 400],
      ['?scope[0]=manual', 400],
    ] as const)
      expect([query, (await list(query)).names]).toEqual([query, names]);
    const seen: unknown[] = [];
    let next = '?pagination=keyset&per_page=2&order_by=id&sort=desc';
    while (next !== '') {
      const { names, headers } = await list(next);
      seen.push(names);
      const { next: address = '' } = linksOf(headers);
      next = address && new URL(address).search;
    }
    expect(seen).toEqual(['cb', 'a']);
    expect((await house.api('GET', at, { token: null })).status).toBe(404);
  });

  test('projects that trigger each other come to an end, which no retry puts off', async () => {
    const [one, other] = [await ciProject(house), await ciProject(house)];
    const sha = await one.commit(`other:\n  trigger: ${other.path}\n`);
    await other.commit(`one:\n  trigger: ${one.path}\n`);
    const { body: root } = await house.api<{ id: number }>('GET', '/user');
    await house.start({ id: one.id, user_id: root.id }, [bridge('other', { project: other.path })], { sha });
    const pipelinesOf = async ({ at }: { at: string }) =>
      (await house.api<PipelineBody[]>('GET', `${at}/pipelines`)).body;
    await expect.poll(async () => (await pipelinesOf(other))[0]?.status).toBe('failed');
    const ids = await pipelinesOf(other);
    expect([ids.length, (await pipelinesOf(one)).length]).toEqual([3, 3]);
    const last = ids[0]!.id;
    const failed = await bridgeThat(other, last, 'failed');
    expect(failed.failure_reason).toBe('pipeline_loop_detected');
    expect(refusal(await house.api('POST', `${other.at}/jobs/${failed.id}/retry`))).toEqual(NOT_RETRYABLE);
    expect((await house.api('POST', `${other.at}/pipelines/${last}/retry`)).status).toBe(201);
    expect(await bridgesOf(other, last)).toMatchObject([{ id: failed.id, status: 'failed' }]);
  });

  test('jobs of one commit create only so many pipelines in a minute, where that is limited', async () => {
    const few = await openRunnerHouse(kind, { downstream_pipeline_trigger_limit: 2 });
    const { project, start } = await bridgeScene(few);
    const views = bridgeViews(() => few.api);
    for (const status of ['success', 'success'])
      await views.bridgeThat(project, await start(bridge('child', CHILD)), status);
    const { failure_reason } = await views.bridgeThat(project, await start(bridge('child', CHILD)), 'failed');
    expect(failure_reason).toBe('reached_downstream_pipeline_trigger_rate_limit');
    few.ahead += 61_000;
    await views.bridgeThat(project, await start(bridge('child', CHILD)), 'success');
    await few.close();
  });

  test('a bridge that has nothing to run says why', async () => {
    const { project, start } = await bridgeScene(house, `${ONE_JOB}  rules: [{ if: $NOBODY }]\n`);
    const made = await bridgeThat(project, await start(bridge('child', CHILD)), 'failed');
    expect(made).toMatchObject({
      failure_reason: 'downstream_pipeline_creation_failed',
      failure_message: expect.stringContaining('rules configuration') as string,
      downstream_pipeline: null,
    });
    const nowhere = await ciProject(house);
    const trigger = { project: nowhere.path, branch: 'nowhere' };
    const lost = await bridgeThat(project, await start(bridge('a', trigger)), 'failed');
    expect(lost.failure_message).toBe('Reference not found');
  });

  test('a pipeline that is retried gives its failed and its canceled bridges new pipelines', async () => {
    const { project, runner, start } = await bridgeScene(house);
    const id = await start(
      bridge('child', FOLLOWED),
      bridge('done', CHILD, { stage_idx: 0 }),
      planned('after', { stage_idx: 2 }),
    );
    const retry = async () =>
      expect((await house.api('POST', `${project.at}/pipelines/${id}/retry`)).status).toBe(201);
    const named = async (name: string) => (await bridgesOf(project, id)).find((one) => one.name === name)!;
    const child = async (status: string) => {
      await expect.poll(async () => (await named('child')).status).toBe(status);
      return (await named('child')).downstream_pipeline!.id;
    };
    const kept = (await named('done')).id;
    const first = await child('running');
    await run(runner, 'unit', 'success');
    await run(runner, 'unit', 'failed');
    await child('failed');
    expect(await jobsOf(project, id)).toBe('after skipped');
    await retry();
    const second = await child('running');
    expect((await house.api('POST', `${project.at}/pipelines/${id}/cancel`)).status).toBe(200);
    await child('canceled');
    await expect.poll(() => statusOf(project, second)).toBe('canceled');
    await retry();
    const third = await child('running');
    expect(new Set([first, second, third]).size).toBe(3);
    expect((await named('done')).id).toBe(kept);
    await run(runner, 'unit', 'success');
    await child('success');
    await run(runner, 'after', 'success');
    expect(await statusOf(project, id)).toBe('success');
    runner.close();
  });
});
