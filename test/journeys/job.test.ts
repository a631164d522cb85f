import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import {
  FORBIDDEN,
  type JobBody,
  jobIn,
  NO_PROJECT,
  NO_RECORD,
  personWith,
  refusal,
  UNAUTHORIZED,
} from '../support/job-scenes.ts';
import { createProject } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const SECONDS = expect.any(Number) as number;

describe.each(databases)('one job, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  const set = (id: number, columns: object) =>
    house.parts.db.write((tx) => tx.updateTable('jobs').set(columns).where('id', '=', id).execute());

  test('that succeeded shows every field', async () => {
    const archive = await zipOf({ 'a.txt': 'a' });
    const scene = await jobIn(house, 'success', {
      log: 'done\n',
      archive,
      upload: { expire_in: '1 day' },
      job: { tag_list: [] },
    });
    await set(scene.id, { coverage: 98.25, tag_list: '["a","b"]' });
    const { body: project } = await api<{ web_url: string }>('GET', scene.project);
    await expect.poll(async () => (await scene.read()).artifacts).toHaveLength(2);
    const { status, body, headers } = await api<JobBody>('GET', scene.at);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    const { user, runner, runner_manager, commit, pipeline, ...plain } = body as Record<string, object>;
    expect(plain).toEqual({
      id: scene.id,
      status: 'success',
      stage: 'stage 1',
      name: 'job',
      ref: 'main',
      tag: false,
      coverage: 98.25,
      allow_failure: false,
      created_at: MOMENT,
      started_at: MOMENT,
      finished_at: MOMENT,
      erased_at: null,
      duration: SECONDS,
      queued_duration: SECONDS,
      web_url: `${project.web_url}/-/jobs/${scene.id}`,
      project: { ci_job_token_scope_enabled: false },
      artifacts_file: { filename: 'artifacts.zip', size: archive.length },
      artifacts: [
        { file_type: 'archive', size: archive.length, filename: 'artifacts.zip', file_format: 'zip' },
        { file_type: 'trace', size: 5, filename: 'job.log', file_format: 'raw' },
      ],
      artifacts_expire_at: MOMENT,
      archived: false,
      tag_list: ['a', 'b'],
    });
    expect(pipeline).toEqual({
      id: scene.pipeline_id,
      iid: 1,
      project_id: scene.project_id,
      sha: 'a'.repeat(40),
      ref: 'main',
      status: 'success',
      source: 'push',
      created_at: MOMENT,
      updated_at: MOMENT,
      web_url: `${project.web_url}/-/pipelines/${scene.pipeline_id}`,
    });
    expect(commit).toEqual({
      id: 'a'.repeat(40),
      short_id: 'aaaaaaaa',
      created_at: '2026-01-01T01:00:00.000+01:00',
      parent_ids: [],
      title: 'Begin',
      message: 'Begin\n',
      author_name: 'Ann',
      author_email: 'ann@example.com',
      authored_date: '2026-01-01T01:00:00.000+01:00',
      committer_name: 'Ann',
      committer_email: 'ann@example.com',
      committed_date: '2026-01-01T01:00:00.000+01:00',
      trailers: {},
      extended_trailers: {},
      web_url: `${project.web_url}/-/commit/${'a'.repeat(40)}`,
    });
    expect(runner).toMatchObject({
      id: expect.any(Number) as number,
      ip_address: null,
      active: true,
      paused: false,
      is_shared: false,
      runner_type: 'project_type',
      online: true,
      status: 'online',
      job_execution_status: 'idle',
      created_at: MOMENT,
    });
    expect(runner_manager).toMatchObject({
      system_id: scene.runner.system_id,
      version: '19.4.0',
      platform: 'linux',
      architecture: 'amd64',
      status: 'online',
      contacted_at: MOMENT,
    });
    // What the API of 2017 told of a user, beside what today's does.
    expect(user).toMatchObject({
      id: expect.any(Number) as number,
      username: expect.any(String) as string,
      state: 'active',
      locked: false,
      avatar_url: null,
      bio: '',
      location: '',
      skype: '',
      linkedin: '',
      twitter: '',
      website_url: '',
      created_at: MOMENT,
      is_admin: false,
      bot: false,
    });
  });

  test('that waits has no times, no runner and nothing to fetch', async () => {
    const { read } = await jobIn(house, 'created');
    expect(await read()).toMatchObject({
      status: 'created',
      coverage: null,
      started_at: null,
      finished_at: null,
      duration: null,
      queued_duration: null,
      runner: null,
      runner_manager: null,
      artifacts_file: null,
      artifacts: [],
      artifacts_expire_at: null,
    });
  });

  test('that is pending counts the time it waits, that runs the time it has run', async () => {
    const pending = await jobIn(house, 'pending');
    const running = await jobIn(house, 'running');
    const [waited, ran] = [await pending.read(), await running.read()];
    house.ahead += 10_000;
    const [waits, runs] = [await pending.read(), await running.read()];
    expect(waits.queued_duration).toBeGreaterThanOrEqual(Number(waited.queued_duration) + 10);
    expect(waits.duration).toBeNull();
    expect(runs.duration).toBeGreaterThanOrEqual(Number(ran.duration) + 10);
    expect(runs.queued_duration).toBe(ran.queued_duration);
  });

  test('says why it failed, and only then', async () => {
    const failed = await jobIn(house, 'failed');
    expect(await failed.read()).toMatchObject({ status: 'failed', failure_reason: 'script_failure' });
    for (const status of ['success', 'running', 'canceled'] as const)
      expect(await (await jobIn(house, status)).read()).not.toHaveProperty('failure_reason');
  });

  test('whose user is gone has none', async () => {
    const { read, id } = await jobIn(house, 'pending');
    await set(id, { user_id: null });
    expect((await read()).user).toBeNull();
  });

  test('tells administrators, and the user in person, whether the user is an administrator', async () => {
    const scene = await jobIn(house, 'pending');
    const developer = await personWith(api, 'developer', scene.project_id);
    const as = async (token?: string) =>
      (await api<JobBody>('GET', scene.at, token === undefined ? {} : { token })).body.user;
    expect(await as()).toHaveProperty('is_admin');
    expect(await as(developer.token)).not.toHaveProperty('is_admin');
    await set(scene.id, { user_id: developer.id });
    expect(await as(developer.token)).toMatchObject({ id: developer.id, is_admin: false });
  });

  test('that a retry has replaced can still be read', async () => {
    const { at, read, id } = await jobIn(house, 'failed');
    expect((await api('POST', `${at}/retry`)).status).toBe(201);
    expect(await read()).toMatchObject({ id, status: 'failed' });
  });

  const actions = [
    ['GET', ''],
    ['GET', '/trace'],
    ['GET', '/artifacts'],
    ['GET', '/artifacts/a.txt'],
    ['GET', '/artifacts/tree'],
    ['POST', '/cancel'],
    ['POST', '/retry'],
    ['POST', '/play'],
    ['POST', '/erase'],
    ['POST', '/artifacts/keep'],
    ['DELETE', '/artifacts'],
  ] as const;

  test.each(actions)('%s jobs/:job_id%s: a number that is no job’s is not found', async (method, path) => {
    const { project } = await jobIn(house, 'pending');
    const foreign = await jobIn(house, 'pending');
    for (const id of [foreign.id, 0, -1, 999_999, '9007199254740993', '9223372036854775808'])
      expect(refusal(await api(method, `${project}/jobs/${id}${path}`))).toEqual(NO_RECORD);
    expect((await foreign.read()).status).toBe('pending');
  });

  test.each(actions)('%s jobs/:job_id%s: what is no number is refused', async (method, path) => {
    const { project } = await jobIn(house, 'pending');
    for (const id of ['x', '1x', '1.5', '%20'])
      expect(refusal(await api(method, `${project}/jobs/${id}${path}`))).toEqual([
        400,
        { error: 'job_id is invalid' },
      ]);
  });

  const ofBuilds = actions.filter(([, path]) => path !== '/retry' && path !== '/play');
  test.each(ofBuilds)('%s jobs/:job_id%s: a bridge is no build', async (method, path) => {
    const { at, id } = await jobIn(house, 'manual');
    await set(id, { kind: 'bridge' });
    expect(refusal(await api(method, at + path))).toEqual(NO_RECORD);
  });

  const needsUser = actions.filter(([method, path]) => method !== 'GET' || !path.startsWith('/artifacts'));
  test.each(needsUser)('%s jobs/:job_id%s: nobody is asked who they are', async (method, path) => {
    const { at, project } = await jobIn(house, 'pending');
    await api('PUT', project, { body: { visibility: 'public' } });
    for (const way of [at, `${project}/jobs/x`, '/projects/999999/jobs/1'])
      expect(refusal(await api(method, way + path, { token: null }))).toEqual(UNAUTHORIZED);
  });

  const writes = actions.filter(([method]) => method !== 'GET');
  test.each(writes)(
    '%s jobs/:job_id%s: a reporter may not, an outsider sees nothing',
    async (method, path) => {
      const { at, project_id, read } = await jobIn(house, 'manual');
      const as = async (role: 'reporter' | 'outsider') => {
        const { token } = await personWith(api, role, project_id);
        return refusal(await api(method, at + path, { token }));
      };
      expect(await as('reporter')).toEqual(FORBIDDEN);
      expect(await as('outsider')).toEqual(NO_PROJECT);
      expect((await read()).status).toBe('manual');
    },
  );

  test('a guest reads it unless jobs are not public', async () => {
    const { at, project, project_id } = await jobIn(house, 'pending');
    const { token } = await personWith(api, 'guest', project_id);
    expect((await api('GET', at, { token })).status).toBe(200);
    await api('PUT', project, { body: { public_jobs: false } });
    expect(refusal(await api('GET', at, { token }))).toEqual(FORBIDDEN);
  });

  test('a project without CI has no jobs to show', async () => {
    const { at, project } = await jobIn(house, 'success');
    await api('PUT', project, { body: { builds_access_level: 'disabled' } });
    expect(refusal(await api('GET', at))).toEqual(FORBIDDEN);
  });

  test('HEAD says what GET would, without the body', async () => {
    const { at } = await jobIn(house, 'pending');
    const { status, headers, body } = await api('HEAD', at);
    expect([status, headers.get('content-type'), body]).toEqual([200, 'application/json', '']);
    expect((await api('HEAD', `/projects/${(await createProject(house.parts.db)).id}/jobs/1`)).status).toBe(
      404,
    );
  });
});
