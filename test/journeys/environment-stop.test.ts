import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { type Deployment, type Environment, moveIn, REVIEW } from '../support/deployments.ts';
import { openRunnerHouse, PATIENT, type RunnerHouse, workDone } from '../support/runner-house.ts';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

describe.each(databases)('environments that end, on %s:', (database) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(database, { archive_builds_in: YEAR });
  });

  test('one is stopped when the last deployment that says so has said, or never', async () => {
    const { project, runner, take, start, environment } = await moveIn(house);
    const stopsAt = async () => (await environment('review/feature'))?.auto_stop_at;
    const deploy = async (config: string) => {
      await project.commit(config, 'feature');
      await start('feature');
      await runner.finish(await take(), 'success');
      await workDone(house, 'update_environment');
      return stopsAt();
    };
    const first = await deploy(REVIEW);
    expect(first).toBeTruthy();
    expect(await deploy(REVIEW.replace('    auto_stop_in: 1 day\n', ''))).toBe(first);
    expect(await deploy(REVIEW.replace('1 day', 'never'))).toBeNull();
    expect(await deploy(REVIEW.replace('1 day', '$PERIOD'))).toBeNull();
    expect(await deploy(`variables: {PERIOD: 2 days}\n${REVIEW.replace('1 day', '$PERIOD')}`)).toBeTruthy();
  });

  test('one is stopped when the job says that deploys to it, though others name it before', async () => {
    const { project, start, environment } = await moveIn(house);
    const before = ['prepare', 'verify'].map(
      (action) =>
        `${action}: {stage: build, script: x, environment: {name: review/$CI_COMMIT_REF_NAME, action: ${action}}}\n`,
    );
    const said = 'auto_stop_in: 1 day\n    deployment_tier: staging\n';
    await project.commit(before.join('') + REVIEW.replace('auto_stop_in: 1 day\n', said), 'feature');
    await start('feature');
    expect(await environment('review/feature')).toMatchObject({
      auto_stop_at: expect.any(String),
      tier: 'staging',
    });
  });

  test('one is stopped though nothing was ever deployed to it', async () => {
    const { project, start, environment } = await moveIn(house);
    await project.commit(REVIEW, 'feature');
    await start('feature');
    house.ahead += 25 * HOUR;
    await house.api('POST', `${project.at}/environments`, { body: { name: 'other' } });
    await expect.poll(async () => (await environment('review/feature'))?.state, PATIENT).toBe('stopped');
  });

  test('stop plays the job that the last deployment names; a failing one leaves the environment', async () => {
    const { project, runner, take, start, environment, ask, jobs } = await moveIn(house);
    await project.commit(REVIEW, 'feature');
    const pipeline = await start('feature');
    const deploy = await take();
    await runner.finish(deploy, 'success');
    await expect.poll(async () => (await environment('review/feature'))?.auto_stop_at, PATIENT).toBeTruthy();
    const { id } = (await environment('review/feature'))!;
    expect((await ask('DELETE', `/environments/${id}`)).status).toBe(403);
    const stopped = await ask<Environment>('POST', `/environments/${id}/stop`);
    expect(stopped).toMatchObject({ status: 200, body: { state: 'stopping' } });
    await runner.finish(await take(), 'failed', '', { failure_reason: 'script_failure' });
    await expect.poll(async () => (await environment('review/feature'))?.state, PATIENT).toBe('available');
    // Played once more, the job runs as a new one.
    await ask('POST', `/environments/${id}/stop`);
    expect((await jobs(pipeline)).filter(({ name }) => name === 'stop')).toMatchObject([
      { status: 'pending' },
    ]);
    const forced = await ask<Environment>('POST', `/environments/${id}/stop`, { force: true });
    expect(forced.body.state).toBe('stopped');
    expect((await ask('DELETE', `/environments/${id}`)).status).toBe(204);
    expect(await ask('GET', `/environments/${id}`)).toMatchObject({
      status: 404,
      body: { message: '404 Not found' },
    });
  });

  test('what was deployed from a branch is stopped when the branch goes', async () => {
    const { project, runner, take, start, environment, ask } = await moveIn(house);
    await project.commit(REVIEW, 'feature');
    await start('feature');
    await runner.finish(await take(), 'success');
    await expect.poll(async () => (await environment('review/feature'))?.auto_stop_at, PATIENT).toBeTruthy();
    expect((await ask('DELETE', '/repository/branches/feature')).status).toBe(204);
    await expect.poll(async () => (await environment('review/feature'))?.state, PATIENT).toBe('stopping');
    expect((await take()).job_info.name).toBe('stop');
  });

  test('what is deployed while the old is being stopped stays', async () => {
    const { project, runner, take, start, environment, ask } = await moveIn(house);
    const sha = await project.commit(REVIEW, 'feature');
    await start('feature');
    await runner.finish(await take(), 'success');
    await expect.poll(async () => (await environment('review/feature'))?.auto_stop_at, PATIENT).toBeTruthy();
    const { id } = (await environment('review/feature'))!;
    await ask('POST', `/environments/${id}/stop`);
    const stopping = await take();
    const told = { environment: 'review/feature', ref: 'feature', tag: false, sha, status: 'running' };
    const deployment = await ask<Deployment>('POST', '/deployments', told);
    await ask('PUT', `/deployments/${deployment.body.id}`, { status: 'success' });
    await runner.finish(stopping, 'success');
    await workDone(house, 'update_environment');
    expect((await environment('review/feature'))?.state).toBe('available');
  });

  test('one whose jobs are archived is stopped without them', async () => {
    const { project, runner, take, start, environment, ask, jobs } = await moveIn(house);
    await project.commit(REVIEW, 'by-itself');
    await project.commit(REVIEW.replace('    auto_stop_in: 1 day\n', ''), 'by-hand');
    const pipelines = [await start('by-itself'), await start('by-hand')];
    for (let count = 0; count < 2; count += 1) await runner.finish(await take(), 'success');
    await expect
      .poll(async () => (await environment('review/by-itself'))?.auto_stop_at, PATIENT)
      .toBeTruthy();
    await workDone(house, 'update_environment');

    house.ahead += YEAR + HOUR;
    const { id } = (await environment('review/by-hand'))!;
    expect((await ask('POST', `/environments/${id}/stop`)).body).toMatchObject({ state: 'stopped' });
    await expect.poll(async () => (await environment('review/by-itself'))?.state, PATIENT).toBe('stopped');
    for (const pipeline of pipelines)
      expect((await jobs(pipeline)).find(({ name }) => name === 'stop')?.status).toBe('manual');
  });
});
