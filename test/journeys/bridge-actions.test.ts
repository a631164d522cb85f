import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { type BridgeBody, bridgeScene, bridgeViews, run } from '../support/bridges.ts';
import { type CiProject, ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { NO_RECORD, refusal } from '../support/job-scenes.ts';
import { bridge, planned } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse, workDone } from '../support/runner-house.ts';

const CHILD = { include: [{ local: 'child.yml' }] };

describe.each(databases)('what is done to a bridge and its pipeline, on %s:', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  const { bridgesOf, statusOf, bridgeThat } = bridgeViews(() => api);
  const scene = (child?: string, ...others: CiProject[]) => bridgeScene(house, child, ...others);

  test('what is canceled takes its children along', async () => {
    const { project, start } = await scene();
    for (const strategy of [null, 'depend'] as const) {
      const id = await start(bridge('child', { ...CHILD, strategy }), planned('beside'));
      const { downstream_pipeline: child } = await bridgeThat(project, id, strategy ? 'running' : 'success');
      expect((await api('POST', `${project.at}/pipelines/${id}/cancel`)).status).toBe(200);
      await expect.poll(() => statusOf(project, child!.id)).toBe('canceled');
      if (strategy) await bridgeThat(project, id, 'canceled');
    }
  });

  test('what is canceled takes along what is below children that were done with it', async () => {
    const { project, sha, start } = await scene();
    const id = await start(planned('beside'));
    const { id: user_id } = (await api<{ id: number }>('GET', '/user')).body;
    const child = await house.start({ id: project.id, user_id }, [bridge('deeper', CHILD)], {
      sha,
      ref: 'main',
      source: 'parent_pipeline',
      upstream_pipeline_id: id,
      root_pipeline_id: id,
    });
    const { downstream_pipeline: grandchild } = await bridgeThat(project, child, 'success');
    expect(await statusOf(project, child)).toBe('success');
    expect((await api('POST', `${project.at}/pipelines/${id}/cancel`)).status).toBe(200);
    await expect.poll(() => statusOf(project, grandchild!.id)).toBe('canceled');
    expect(await statusOf(project, child)).toBe('success');
  });

  test('a bridge stays canceled while its pipeline ends gracefully, and until that is retried', async () => {
    const other = await ciProject(house);
    await other.commit(ONE_JOB);
    const { project, runner, start } = await scene(ONE_JOB, other);
    for (const trigger of [CHILD, { project: other.path }]) {
      const id = await start(bridge('child', { ...trigger, strategy: 'depend' }));
      const { downstream_pipeline: child } = await bridgeThat(project, id, 'running');
      const below = trigger === CHILD ? project : other;
      const { job } = await runner.request();
      await runner.running(job!);
      expect((await api('POST', `${project.at}/pipelines/${id}/cancel`)).status).toBe(200);
      await expect.poll(() => statusOf(below, child!.id)).toBe('canceling');
      await workDone(house, 'sync_bridge');
      expect(await statusOf(project, id)).toBe('canceled');
      await runner.finish(job!, 'failed');
      await expect.poll(() => statusOf(below, child!.id)).toBe('canceled');
      await workDone(house, 'sync_bridge');
      expect(await statusOf(project, id)).toBe('canceled');
      expect((await api('POST', `${below.at}/pipelines/${child!.id}/retry`)).status).toBe(201);
      await bridgeThat(project, id, 'running');
      await run(runner, 'unit', 'success');
      await bridgeThat(project, id, 'success');
    }
    runner.close();
  });

  test('the children of a deleted pipeline go with it', async () => {
    const { project, start } = await scene();
    const id = await start(bridge('child', CHILD));
    const { downstream_pipeline: child } = await bridgeThat(project, id, 'success');
    expect((await api('DELETE', `${project.at}/pipelines/${id}`)).status).toBe(204);
    await expect
      .poll(async () => refusal(await api('GET', `${project.at}/pipelines/${child!.id}`)))
      .toEqual(NO_RECORD);
  });

  test('a bridge whose pipeline is deleted, or the project of that, waits for it no longer', async () => {
    const other = await ciProject(house);
    await other.commit(ONE_JOB);
    const { project, start } = await scene();
    const strategy = 'depend' as const;
    for (const trigger of [CHILD, { project: other.path }]) {
      const id = await start(bridge('child', { ...trigger, strategy }));
      const { downstream_pipeline: child } = await bridgeThat(project, id, 'running');
      const path = trigger === CHILD ? `${project.at}/pipelines/${child!.id}` : other.at;
      expect((await api('DELETE', path)).status).toBeLessThan(300);
      expect(await bridgeThat(project, id, 'failed')).toMatchObject({ failure_reason: 'unknown_failure' });
      expect(await statusOf(project, id)).toBe('failed');
    }
  });

  test('a failed child that is retried makes its parent run again, and succeed', async () => {
    const { project, runner, start } = await scene();
    const id = await start(
      bridge('child', { ...CHILD, strategy: 'depend' }),
      planned('after', { stage_idx: 2 }),
    );
    const { downstream_pipeline: child } = await bridgeThat(project, id, 'running');
    await run(runner, 'unit', 'failed');
    await bridgeThat(project, id, 'failed');
    expect((await api('POST', `${project.at}/pipelines/${child!.id}/retry`)).status).toBe(201);
    const again = await bridgeThat(project, id, 'running');
    expect(again).toMatchObject({ finished_at: null, downstream_pipeline: { id: child!.id } });
    expect(await statusOf(project, id)).toBe('running');
    await run(runner, 'unit', 'success');
    await bridgeThat(project, id, 'success');
    await run(runner, 'after', 'success');
    expect(await statusOf(project, id)).toBe('success');
    runner.close();
  });

  test('a bridge that is retried creates a new pipeline; one that is played, its first', async () => {
    const { project, start } = await scene();
    const id = await start(bridge('child', CHILD, { when: 'manual' }));
    const [waiting] = await bridgesOf(project, id);
    expect(waiting).toMatchObject({ status: 'manual', downstream_pipeline: null });
    const played = await api<BridgeBody>('POST', `${project.at}/jobs/${waiting!.id}/play`);
    expect([played.status, played.body.id]).toEqual([200, waiting!.id]);
    const first = await bridgeThat(project, id, 'success');
    const retried = await api<BridgeBody>('POST', `${project.at}/jobs/${waiting!.id}/retry`);
    expect([retried.status, retried.body.name]).toEqual([201, 'child']);
    const second = await bridgeThat(project, id, 'success');
    expect(second.id).toBe(retried.body.id);
    expect(second.downstream_pipeline!.id).not.toBe(first.downstream_pipeline!.id);
  });

  test('a bridge is no job to read, to cancel or to erase, and has no log', async () => {
    const { project, start } = await scene();
    const id = await start(bridge('child', CHILD));
    const at = `${project.at}/jobs/${(await bridgeThat(project, id, 'success')).id}`;
    for (const [method, path] of [
      ['GET', at],
      ['GET', `${at}/trace`],
      ['POST', `${at}/cancel`],
      ['POST', `${at}/erase`],
    ] as const)
      expect(refusal(await api(method, path))).toEqual(NO_RECORD);
  });
});
