import { beforeAll, describe, expect, test } from 'vitest';
import { bridgeScene, bridgeViews, run } from '../support/bridges.ts';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { bridge, planned } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const mirrorOf = (upstream: string) =>
  planned('mirror', { kind: 'bridge', trigger: null, upstream, steps: [], scheduling_type: 'dag' });

describe.each(databases)('needs:pipeline, on %s', (kind) => {
  let house: RunnerHouse;
  let user_id: number;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    user_id = (await house.api<{ id: number }>('GET', '/user')).body.id;
  });
  const { bridgeThat, statusOf, bridgesOf } = bridgeViews(() => house.api);

  async function scene() {
    const upstream = await ciProject(house);
    const sha = await upstream.commit('build: {script: x}\n');
    const begin = (name: string) =>
      house.start({ id: upstream.id, user_id }, [planned(name)], { sha, ref: 'main' });
    const mirrorItself = () =>
      house.start({ id: upstream.id, user_id }, [mirrorOf(upstream.path)], { sha, ref: 'main' });
    return { upstream, begin, mirrorItself, ...(await bridgeScene(house, undefined, upstream)) };
  }

  test('a bridge that needs a pipeline mirrors the latest of the other project', async () => {
    for (const state of ['success', 'failed'] as const) {
      const { upstream, begin, project, runner, start } = await scene();
      await begin('old');
      await begin('build');
      const id = await start(mirrorOf(upstream.path), planned('after', { stage_idx: 2 }));
      await bridgeThat(project, id, 'running');
      expect((await bridgesOf(project, id))[0]?.downstream_pipeline).toBeNull();
      await run(runner, 'old', 'failed');
      await run(runner, 'build', state);
      await bridgeThat(project, id, state);
      if (state === 'success') await run(runner, 'after', 'success');
      await expect.poll(() => statusOf(project, id)).toBe(state);
      runner.close();
    }
  });

  test('one that comes when the other pipeline has ended ends at once', async () => {
    const { upstream, begin, project, runner, start } = await scene();
    await begin('build');
    await run(runner, 'build', 'success');
    const id = await start(mirrorOf(upstream.path));
    await bridgeThat(project, id, 'success');
    expect(await statusOf(project, id)).toBe('success');
    runner.close();
  });

  test('fails where there is no such project, nobody may see it, or it has no pipeline', async () => {
    const { upstream, project, start } = await scene();
    for (const path of ['acme/nowhere', upstream.path]) {
      const mirror = await bridgeThat(project, await start(mirrorOf(path)), 'failed');
      expect(mirror.failure_reason).toBe('upstream_bridge_project_not_found');
    }
  });

  test('one of the project itself does not wait for its own pipeline', async () => {
    const { upstream, begin, mirrorItself, runner } = await scene();
    const alone = await mirrorItself();
    expect((await bridgeThat(upstream, alone, 'failed')).failure_reason).toBe(
      'upstream_bridge_project_not_found',
    );
    await begin('build');
    const id = await mirrorItself();
    await bridgeThat(upstream, id, 'running');
    await run(runner, 'build', 'failed');
    await bridgeThat(upstream, id, 'failed');
    expect(await statusOf(upstream, id)).toBe('failed');
    runner.close();
  });

  test('two that mirror each other fail, and say why', async () => {
    const { upstream: left, project: right, runner, start } = await scene();
    const there = await start(planned('gate', { stage_idx: 0 }), {
      ...mirrorOf(left.path),
      scheduling_type: 'stage',
    });
    const sha = await left.commit('build: {script: x}\n');
    const here = await house.start({ id: left.id, user_id }, [mirrorOf(right.path)], { sha, ref: 'main' });
    await bridgeThat(left, here, 'running');
    // Only now does the other's turn come, and finds the one that follows it.
    await run(runner, 'gate', 'success');
    const { failure_reason, failure_message } = await bridgeThat(left, here, 'failed');
    await bridgeThat(right, there, 'failed');
    expect([failure_reason, failure_message]).toEqual([
      'pipeline_loop_detected',
      'The pipeline that it mirrors waits for its own',
    ]);
    runner.close();
  });

  test('one of a child that its parent waits for fails, and does not wait for that', async () => {
    const { project, runner, start } = await bridgeScene(
      house,
      'mirror: {needs: {pipeline: $CI_PROJECT_PATH}}\n',
    );
    const id = await start(bridge('child', { include: [{ local: 'child.yml' }], strategy: 'depend' }));
    const { downstream_pipeline: child } = await bridgeThat(project, id, 'failed');
    const mirror = await bridgeThat(project, child?.id ?? 0, 'failed');
    expect(mirror.failure_reason).toBe('pipeline_loop_detected');
    runner.close();
  });

  test('one that is canceled looks no more', async () => {
    const { upstream, begin, project, runner, start } = await scene();
    await begin('build');
    const id = await start(mirrorOf(upstream.path));
    await bridgeThat(project, id, 'running');
    expect((await house.api('POST', `${project.at}/pipelines/${id}/cancel`)).status).toBe(200);
    await bridgeThat(project, id, 'canceled');
    await run(runner, 'build', 'success');
    const work = () =>
      house.parts.db.read.selectFrom('work').select('key').where('kind', '=', 'sync_bridge').execute();
    await expect.poll(work).toEqual([]);
    expect(await statusOf(project, id)).toBe('canceled');
    runner.close();
  });
});
