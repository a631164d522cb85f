import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRunner } from '../../src/runners/create-runner.ts';
import { PREFIX } from '../../src/access/token.ts';
import { type CiProject, ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { openRunnerHouse, type RunnerHouse, workDone } from '../support/runner-house.ts';
import { type JobPayload, SimulatedRunner } from '../support/simulated-runner.ts';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
/** What follows a job's end does so after its commit. */
const PATIENT = { interval: 10, timeout: 20_000 };
const REVIEW = `
deploy:
  stage: build
  script: deploy
  artifacts: {reports: {dotenv: deploy.env}}
  environment:
    name: review/$CI_COMMIT_REF_NAME
    url: https://$SUBDOMAIN.example.com/$CI_ENVIRONMENT_SLUG
    on_stop: stop
    auto_stop_in: 1 day
stop:
  stage: deploy
  script: stop
  when: manual
  environment: {name: review/$CI_COMMIT_REF_NAME, action: stop}
`;
const DEPLOY = 'deploy:\n  script: deploy\n  environment: production\n  resource_group: $CI_PROJECT_NAME\n';

interface Environment {
  id: number;
  name: string;
  slug: string;
  state: string;
  tier: string;
  external_url: string | null;
  auto_stop_at: string | null;
  last_deployment?: { status: string; sha: string; deployable: { name: string } | null } | null;
}
interface Deployment {
  id: number;
  iid: number;
  status: string;
  environment: { name: string };
  deployable: { id: number; name: string } | null;
}
interface Job {
  id: number;
  name: string;
  status: string;
  failure_reason?: string;
  user: { username: string };
}

describe.each(databases)('environments on %s', (database) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(database, { archive_builds_in: YEAR });
  });

  /** A project of root's with a runner of its own. */
  async function moveIn() {
    const project = await ciProject(house);
    const { parts, url, api } = house;
    const owner = { runner_type: 'project_type', project_id: project.id } as const;
    const made = await createRunner(
      parts.db,
      owner,
      { run_untagged: true, creator_id: null, prefix: PREFIX.runner },
      parts.clock(),
    );
    await parts.db.write((tx) =>
      tx.updateTable('projects').set({ shared_runners_enabled: 0 }).where('id', '=', project.id).execute(),
    );
    const runner = new SimulatedRunner(url, made.token);
    const take = async (): Promise<JobPayload> => {
      const { job, status } = await runner.request();
      if (!job) throw new Error(`no job: ${status}`);
      await runner.running(job);
      return job;
    };
    const get = async <T>(path: string) => (await api<T>('GET', project.at + path)).body;
    return {
      project,
      runner,
      take,
      get,
      start: async (ref = 'main') =>
        (await api<{ id: number }>('POST', `${project.at}/pipeline`, { body: { ref } })).body.id,
      jobs: (pipeline: number) => get<Job[]>(`/pipelines/${pipeline}/jobs`),
      environment: async (name: string) =>
        (await get<Environment[]>('/environments')).find((one) => one.name === name),
      ask: <T>(method: string, path: string, body?: object) =>
        api<T>(method, project.at + path, body ? { body } : {}),
    };
  }

  test('a review app is deployed, found by its address, and stopped by itself through its job', async () => {
    const { project, runner, take, get, start, jobs, environment } = await moveIn();
    await project.commit(REVIEW, 'feature');
    const pipeline = await start('feature');
    expect(await environment('review/feature')).toMatchObject({
      state: 'available',
      tier: 'development',
      external_url: null,
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

  test('stop plays the job that the last deployment names; a failing one leaves the environment', async () => {
    const { project, runner, take, start, environment, ask, jobs } = await moveIn();
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
    const { project, runner, take, start, environment, ask } = await moveIn();
    await project.commit(REVIEW, 'feature');
    await start('feature');
    await runner.finish(await take(), 'success');
    await expect.poll(async () => (await environment('review/feature'))?.auto_stop_at, PATIENT).toBeTruthy();
    expect((await ask('DELETE', '/repository/branches/feature')).status).toBe(204);
    await expect.poll(async () => (await environment('review/feature'))?.state, PATIENT).toBe('stopping');
    expect((await take()).job_info.name).toBe('stop');
  });

  test('deploys of one resource group queue, and one that a newer has overtaken fails', async () => {
    const { project, runner, take, start, jobs, ask, get } = await moveIn();
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
    expect(await get<Job[]>(`${at}/upcoming_jobs`)).toMatchObject([{ name: 'deploy' }, { name: 'deploy' }]);
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

  test('an old deployment that failed is not brought back by a retry of its pipeline', async () => {
    const { project, runner, take, start, jobs, ask } = await moveIn();
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

  test('what is deployed while the old is being stopped stays', async () => {
    const { project, runner, take, start, environment, ask } = await moveIn();
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

  test('with its pipeline a deployment ends, and what it was to stop can be used again', async () => {
    const { project, runner, take, start, environment, ask, get } = await moveIn();
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
    const { project, start, jobs } = await moveIn();
    await project.commit('a:\n  script: x\n  environment: review/$NOTHING\nb: {script: x}\n');
    const pipeline = await start();
    expect(await jobs(pipeline)).toMatchObject([
      { name: 'b', status: 'pending' },
      { name: 'a', status: 'failed', failure_reason: 'environment_creation_failure' },
    ]);
  });

  test('its failure ends the others where they end with any that fails', async () => {
    const { project, start, jobs, get } = await moveIn();
    const ending = 'workflow: {auto_cancel: {on_job_failure: all}}';
    await project.commit(`${ending}\na:\n  script: x\n  environment: review/$NOTHING\nb: {script: x}\n`);
    const pipeline = await start();
    expect(await jobs(pipeline)).toMatchObject([
      { name: 'b', status: 'canceled' },
      { name: 'a', status: 'failed' },
    ]);
    expect(await get(`/pipelines/${pipeline}`)).toMatchObject({ status: 'failed' });
  });

  describe('over the API', () => {
    let place: Awaited<ReturnType<typeof moveIn>>;
    let sha: string;
    let project: CiProject;
    beforeAll(async () => {
      place = await moveIn();
      project = place.project;
      sha = await project.commit(null);
    });

    test('environments are made, changed and refused in GitLab words', async () => {
      const { ask, get } = place;
      const made = await ask<Environment>('POST', '/environments', {
        name: 'qa',
        external_url: 'https://qa',
      });
      expect(made).toMatchObject({
        status: 201,
        body: { name: 'qa', slug: 'qa', tier: 'testing', state: 'available', project: { id: project.id } },
      });
      const post = async (body: object) => (await ask('POST', '/environments', body)).body;
      expect(await post({ name: 'qa' })).toEqual({ message: { name: ['has already been taken'] } });
      expect(await post({ name: 'x', slug: 'y' })).toEqual({
        error: 'slug is automatically generated and cannot be changed',
      });
      expect(await post({ name: 'x', external_url: 'javascript:alert(1)' })).toEqual({
        message: { external_url: ['javascript scheme is not allowed'] },
      });
      expect(await post({})).toEqual({ error: 'name is missing' });
      const changed = await ask('PUT', `/environments/${made.body.id}`, {
        tier: 'staging',
        external_url: '',
      });
      expect(changed).toMatchObject({ status: 200, body: { tier: 'staging', external_url: null } });
      expect(await get('/environments?search=qa')).toEqual({
        message: '400 Bad request - Search query is less than 3 characters',
      });
      expect(await get('/environments?name=qa&search=qaa')).toEqual({
        error: 'name, search cannot be used together',
      });
      expect(await get('/environments?name=qa&states=available')).toHaveLength(1);
      expect(await get('/environments?states=stopped')).toEqual([]);
    });

    test('a deployment is told of, goes on, and is not deleted while it counts', async () => {
      const { ask, get } = place;
      const told = { environment: 'staging', sha, ref: 'main', tag: false };
      const first = await ask<Deployment>('POST', '/deployments', { ...told, status: 'running' });
      expect(first).toMatchObject({
        status: 201,
        body: { iid: 1, status: 'running', deployable: null, environment: { name: 'staging' } },
      });
      const at = `/deployments/${first.body.id}`;
      expect((await ask('DELETE', at)).body).toEqual({ message: 'Cannot destroy running deployment' });
      expect((await ask('PUT', at, { status: 'running' })).body).toEqual({
        message: { status: ['cannot transition via "run"'] },
      });
      expect(await ask('PUT', at, { status: 'success' })).toMatchObject({ body: { status: 'success' } });
      expect((await ask('DELETE', at)).body).toEqual({
        message: 'Deployment currently deployed to environment',
      });
      const second = await ask<Deployment>('POST', '/deployments', { ...told, status: 'failed' });
      expect((await ask('DELETE', `/deployments/${second.body.id}`)).status).toBe(204);
      expect(
        (await ask('POST', '/deployments', { ...told, sha: 'f'.repeat(40), status: 'failed' })).body,
      ).toEqual({
        message: { sha: ['The commit does not exist'] },
      });
      expect((await ask('POST', '/deployments', { ...told, ref: 'none', status: 'failed' })).body).toEqual({
        message: { ref: ['The branch or tag does not exist'] },
      });
      expect(await get('/deployments?environment=staging&order_by=finished_at&status=success')).toHaveLength(
        1,
      );
      expect(await get('/deployments?environment=none')).toEqual([]);
      expect(await get('/deployments?updated_after=2020-01-01')).toEqual({
        message: '400 Bad request - `updated_at` filter requires `updated_at` sort',
      });
    });

    test('stale environments are stopped, and stopped review apps deleted a week later', async () => {
      const { ask, environment } = place;
      await ask('POST', '/environments', { name: 'review/old' });
      await ask('POST', '/environments', { name: 'Review/other' });
      expect((await ask('POST', '/environments/stop_stale', { before: '1999-01-01' })).body).toEqual({
        message: '400 Bad request - Invalid Date',
      });
      house.ahead += 60 * 24 * HOUR;
      const before = new Date(house.parts.clock() - 8 * 24 * HOUR).toISOString();
      expect(await ask('POST', '/environments/stop_stale', { before })).toMatchObject({
        status: 200,
        body: { message: 'Successfully scheduled stale environments to stop' },
      });
      await expect.poll(async () => (await environment('review/old'))?.state, PATIENT).toBe('stopped');
      expect((await ask('DELETE', '/environments/review_apps')).body).toMatchObject({
        scheduled_entries: [{ name: 'review/old' }],
        unprocessable_entries: [],
      });
      expect((await ask('DELETE', '/environments/review_apps?dry_run=false')).status).toBe(200);
      expect(await ask('DELETE', '/environments/review_apps')).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('No environments found') as string, scheduled_entries: [] },
      });
      house.ahead += 8 * 24 * HOUR;
      await ask('POST', '/environments/stop_stale', { before });
      await expect.poll(async () => environment('review/old'), PATIENT).toBeUndefined();
    });
  });

  test('whose jobs are archived is stopped without them', async () => {
    const { project, runner, take, start, environment, ask, jobs } = await moveIn();
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
