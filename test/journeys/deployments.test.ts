import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { type Deployment, type Environment, moveIn, REVIEW } from '../support/deployments.ts';
import { openRunnerHouse, PATIENT, type RunnerHouse } from '../support/runner-house.ts';

const HOUR = 3_600_000;
const DEPLOY = 'deploy:\n  script: deploy\n  environment: production\n  resource_group: $CI_PROJECT_NAME\n';

/** Jobs that ask where they deploy to, for themselves, their runner and their resource group. */
const DEPLOYS = ['production', 'review']
  .map(
    (name) => `
${name}:
  script: x
  environment: ${name}
  resource_group: $CI_ENVIRONMENT_NAME
  rules: [{if: $CI_ENVIRONMENT_NAME == "${name}"}]
  tags: [to-$CI_ENVIRONMENT_NAME]
`,
  )
  .join('');

describe.each(databases)('environments that jobs deploy to, on %s,', (database) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(database);
  });

  test('a review app is deployed, found by its address, and stopped by itself through its job', async () => {
    const { project, runner, take, get, start, jobs, environment } = await moveIn(house);
    await project.commit(REVIEW, 'feature');
    const pipeline = await start('feature');
    expect(await environment('review/feature')).toMatchObject({
      state: 'available',
      tier: 'development',
      external_url: null,
      // Whatever becomes of its deployment.
      auto_stop_at: expect.any(String),
      slug: expect.stringMatching(/^review-feature-[a-z0-9]{6}$/),
    });
    expect(await get<Deployment[]>('/deployments')).toMatchObject([{ iid: 1, status: 'created' }]);
    const job = await take();
    const seen = Object.fromEntries(job.variables.map(({ key, value }) => [key, value]));
    const { slug, id } = (await environment('review/feature'))!;
    expect(seen).toMatchObject({
      CI_ENVIRONMENT_NAME: 'review/feature',
      CI_ENVIRONMENT_SLUG: slug,
      CI_ENVIRONMENT_ID: String(id),
      CI_ENVIRONMENT_TIER: 'development',
      CI_ENVIRONMENT_ACTION: 'start',
      CI_ENVIRONMENT_URL: `https://$SUBDOMAIN.example.com/${slug}`,
    });
    expect(await get<Deployment[]>('/deployments?status=running')).toHaveLength(1);
    const dotenv = { artifact_type: 'dotenv', artifact_format: 'gzip' };
    expect((await runner.artifact(job, gzipSync('SUBDOMAIN=app-7\n'), dotenv, '.env.gz')).status).toBe(201);
    await runner.finish(job, 'success');
    await expect
      .poll(async () => (await environment('review/feature'))?.external_url, PATIENT)
      .toBe(`https://app-7.example.com/${slug}`);
    const details = await get<Environment>(`/environments/${id}`);
    expect(details.last_deployment).toMatchObject({ status: 'success', deployable: { name: 'deploy' } });
    expect(Date.parse(details.auto_stop_at!)).toBeGreaterThan(house.parts.clock() + 23 * HOUR);

    house.ahead += 25 * HOUR;
    // Any addition wakes the worker, whose clock has jumped.
    await house.api('POST', `${project.at}/environments`, { body: { name: 'other' } });
    const statusOfStop = async () => (await jobs(pipeline)).find(({ name }) => name === 'stop')?.status;
    await expect.poll(statusOfStop, PATIENT).toBe('pending');
    expect((await environment('review/feature'))?.state).toBe('stopping');
    const stopping = await take();
    expect(stopping.job_info.name).toBe('stop');
    await runner.finish(stopping, 'success');
    await expect.poll(async () => (await environment('review/feature'))?.state, PATIENT).toBe('stopped');
    expect((await environment('review/feature'))?.auto_stop_at).toBeNull();
  });

  test('deploys of one resource group queue, and one that a newer has overtaken fails', async () => {
    const { project, runner, take, start, jobs, ask, get } = await moveIn(house);
    // Else a new pipeline cancels those that wait.
    await ask('PUT', '', { auto_cancel_pending_pipelines: 'disabled' });
    await project.commit(DEPLOY);
    const first = await start();
    const job = await take();
    await project.commit(`${DEPLOY}  variables: {A: b}\n`);
    const second = await start();
    await project.commit(`${DEPLOY}  variables: {A: c}\n`);
    const third = await start();
    expect(await jobs(second)).toMatchObject([{ status: 'waiting_for_resource' }]);
    const [group] = await get<{ key: string; process_mode: string }[]>('/resource_groups');
    expect(group).toMatchObject({ process_mode: 'unordered' });
    const at = `/resource_groups/${encodeURIComponent(group!.key)}`;
    expect(await get(`${at}/current_job`)).toMatchObject({ id: job.id, status: 'running' });
    expect(await get<{ name: string }[]>(`${at}/upcoming_jobs`)).toMatchObject([
      { name: 'deploy' },
      { name: 'deploy' },
    ]);
    const set = await ask('PUT', at, { process_mode: 'newest_ready_first' });
    expect(set).toMatchObject({ status: 200, body: { process_mode: 'newest_ready_first' } });
    await runner.finish(job, 'success');
    expect(await jobs(first)).toMatchObject([{ status: 'success' }]);
    const newest = await take();
    expect(await jobs(third)).toMatchObject([{ id: newest.id, status: 'running' }]);
    await runner.finish(newest, 'success');
    await expect
      .poll(async () => jobs(second), PATIENT)
      .toMatchObject([{ status: 'failed', failure_reason: 'failed_outdated_deployment_job' }]);
    expect(await get(`${at}/current_job`)).toBeNull();
    // By a retry an old commit may be brought back, unless the project forbids it.
    const [old] = await jobs(first);
    expect((await ask('PUT', '', { ci_forward_deployment_rollback_allowed: false })).status).toBe(200);
    expect((await ask('POST', `/jobs/${old!.id}/retry`)).status).toBe(403);
    await ask('PUT', '', { ci_forward_deployment_rollback_allowed: true });
    expect((await ask('POST', `/jobs/${old!.id}/retry`)).status).toBe(201);
    await runner.finish(await take(), 'success');
    expect((await ask('GET', `${at.slice(0, -1)}-unknown`)).body).toEqual({ message: '404 Not found' });
    expect((await ask('PUT', at, { process_mode: 'fastest' })).body).toEqual({
      error: 'process_mode does not have a valid value',
    });
  });

  test('jobs of one environment whose name is their resource group run one at a time', async () => {
    const { project, runner, take, start, jobs, ask, get } = await moveIn(house);
    await ask('PUT', '', { auto_cancel_pending_pipelines: 'disabled' });
    await project.commit(DEPLOYS);
    await house.api('PUT', `/runners/${runner.id}`, { body: { tag_list: ['to-production', 'to-review'] } });
    const first = await start();
    const second = await start();
    const keys = async () =>
      (await get<{ key: string }[]>('/resource_groups')).map(({ key }) => key).toSorted();
    expect(await keys()).toEqual(['production', 'review']);
    const taken = [await take(), await take()];
    expect(taken.map((job) => job.job_info.name).toSorted()).toEqual(['production', 'review']);
    expect((await jobs(first)).map(({ status }) => status)).toEqual(['running', 'running']);
    expect((await jobs(second)).map(({ status }) => status)).toEqual([
      'waiting_for_resource',
      'waiting_for_resource',
    ]);
    for (const job of taken) await runner.finish(job, 'success');
    for (const job of [await take(), await take()]) await runner.finish(job, 'success');
    expect((await jobs(second)).map(({ status }) => status)).toEqual(['success', 'success']);
    await project.commit(DEPLOYS.replaceAll('$CI_ENVIRONMENT_NAME\n', 'k8s-$CI_ENVIRONMENT_SLUG\n'));
    await start();
    expect(await keys()).toEqual(['k8s-production', 'k8s-review', 'production', 'review']);
  });

  test('an old deployment that failed is not brought back by a retry of its pipeline', async () => {
    const { project, runner, take, start, jobs, ask } = await moveIn(house);
    await ask('PUT', '', {
      auto_cancel_pending_pipelines: 'disabled',
      ci_forward_deployment_rollback_allowed: false,
    });
    await project.commit(`${DEPLOY}test: {script: x, tags: [none]}\n`);
    const first = await start();
    await runner.finish(await take(), 'failed', '', { failure_reason: 'script_failure' });
    expect((await ask('POST', `/pipelines/${first}/cancel`)).status).toBe(200);
    await project.commit(DEPLOY);
    await start();
    await runner.finish(await take(), 'success');
    expect((await ask('POST', `/pipelines/${first}/retry`)).status).toBe(201);
    expect(await jobs(first)).toMatchObject([
      { name: 'test', status: 'pending' },
      { name: 'deploy', status: 'failed', failure_reason: 'script_failure' },
    ]);
  });

  test('with its pipeline a deployment ends, and what it was to stop can be used again', async () => {
    const { project, runner, take, start, environment, ask, get } = await moveIn(house);
    await project.commit(REVIEW, 'feature');
    const deployed = await start('feature');
    await runner.finish(await take(), 'success');
    await expect.poll(async () => (await environment('review/feature'))?.auto_stop_at, PATIENT).toBeTruthy();
    const again = await start('feature');
    await take();
    const { id } = (await environment('review/feature'))!;
    expect((await ask('POST', `/environments/${id}/stop`)).body).toMatchObject({ state: 'stopping' });
    expect((await ask('DELETE', `/pipelines/${again}`)).status).toBe(204);
    expect((await environment('review/feature'))?.state).toBe('stopping');
    expect((await ask('DELETE', `/pipelines/${deployed}`)).status).toBe(204);
    expect((await environment('review/feature'))?.state).toBe('available');
    expect(await get<Deployment[]>('/deployments?sort=asc')).toMatchObject([
      { status: 'success', deployable: null },
      { status: 'canceled', deployable: null },
    ]);
  });

  test('a job whose environment cannot be fails, and tells why', async () => {
    const { project, start, jobs } = await moveIn(house);
    await project.commit('a:\n  script: x\n  environment: review/$NOTHING\nb: {script: x}\n');
    const pipeline = await start();
    expect(await jobs(pipeline)).toMatchObject([
      { name: 'b', status: 'pending' },
      { name: 'a', status: 'failed', failure_reason: 'environment_creation_failure' },
    ]);
  });

  test('its failure ends the others where they end with any that fails', async () => {
    const { project, start, jobs, get } = await moveIn(house);
    const ending = 'workflow: {auto_cancel: {on_job_failure: all}}';
    await project.commit(`${ending}\na:\n  script: x\n  environment: review/$NOTHING\nb: {script: x}\n`);
    const pipeline = await start();
    expect(await jobs(pipeline)).toMatchObject([
      { name: 'b', status: 'canceled' },
      { name: 'a', status: 'failed' },
    ]);
    expect(await get(`/pipelines/${pipeline}`)).toMatchObject({ status: 'failed' });
  });
});
