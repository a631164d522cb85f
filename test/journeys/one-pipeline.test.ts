import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { insertJob, insertPipeline } from '../support/job-rows.ts';
import { jobIn, NO_RECORD, refusal } from '../support/job-scenes.ts';
import { createProject } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface Body {
  id: number;
  ref: string;
  status: string;
  [field: string]: unknown;
}

const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

describe.each(databases)('one pipeline, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let project: { id: number; user_id: number };
  let at: string;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    project = await createProject(house.parts.db);
    at = `/projects/${project.id}/pipelines`;
  });

  test('shows every field, numbers as clients with strict types want them', async () => {
    const { id: project_id } = project;
    const id = await insertPipeline(house.parts.db, project_id, {
      status: 'success',
      user_id: project.user_id,
      started_at: 2500,
      finished_at: 9000,
      duration: 6,
      queued_duration: 2,
    });
    for (const coverage of [30, 31, null])
      await insertJob(
        house.parts.db,
        { id, project_id },
        { name: `c${coverage}`, status: 'success', coverage },
      );
    const { status, body } = await api<Body>('GET', `${at}/${id}`);
    expect(status).toBe(200);
    const { body: owner } = await api<{ web_url: string }>('GET', `/projects/${project_id}`);
    const { user, detailed_status, ...plain } = body;
    expect(plain).toEqual({
      id,
      iid: expect.any(Number) as number,
      project_id,
      sha: 'a'.repeat(40),
      ref: 'main',
      status: 'success',
      source: 'push',
      created_at: MOMENT,
      updated_at: MOMENT,
      web_url: `${owner.web_url}/-/pipelines/${id}`,
      before_sha: '0'.repeat(40),
      tag: false,
      yaml_errors: null,
      started_at: MOMENT,
      finished_at: MOMENT,
      committed_at: null,
      duration: 6,
      queued_duration: 2,
      coverage: '30.50',
      archived: false,
      priority: 0,
      name: null,
    });
    expect(user).toMatchObject({ id: project.user_id });
    expect(Object.keys(user as object).toSorted()).toEqual(
      'id username public_email name state locked avatar_url web_url'.split(' ').toSorted(),
    );
    expect(detailed_status).toMatchObject({
      icon: 'status_success',
      label: 'passed',
      group: 'success',
      tooltip: 'passed',
      has_details: true,
      details_path: expect.stringMatching(/\/-\/pipelines\/\d+$/) as string,
      illustration: null,
    });
  });

  test('that succeeded in spite of a failure says so', async () => {
    const id = await insertPipeline(house.parts.db, project.id, { status: 'success', warnings: 1 });
    const { body } = await api<Body>('GET', `${at}/${id}`);
    expect(body.detailed_status).toMatchObject({
      group: 'success-with-warnings',
      label: 'passed with warnings',
    });
    expect(body.coverage).toBeNull();
  });

  test('tells durations in whole seconds while it runs and after', async () => {
    const { project: path, pipeline_id, runner, payload } = await jobIn(house, 'running');
    house.ahead += 1234;
    const running = await api<Body>('GET', `${path}/pipelines/${pipeline_id}`);
    expect(running.body.queued_duration).toSatisfy(Number.isInteger);
    await runner.finish(payload!, 'success');
    const { body } = await api<Body>('GET', `${path}/pipelines/${pipeline_id}`);
    expect(body.duration).toSatisfy(Number.isInteger);
    expect(body.duration).toBeGreaterThanOrEqual(1);
  });

  test('of another project, or none, is not found', async () => {
    const other = await createProject(house.parts.db);
    const foreign = await insertPipeline(house.parts.db, other.id);
    for (const id of [foreign, 0, -1, 999_999, '9223372036854775808'])
      for (const path of ['', '/jobs', '/bridges', '/variables'])
        expect(refusal(await api('GET', `${at}/${id}${path}`))).toEqual(NO_RECORD);
    expect(refusal(await api('GET', `${at}/x`))).toEqual([400, { error: 'pipeline_id is invalid' }]);
  });

  test('the latest is the newest of the newest commit of a branch or tag', async () => {
    const { at: path, commit, tag } = await ciProject(house);
    const latest = async (query = '') => {
      const { status, body } = await api<Body>('GET', `${path}/pipelines/latest${query}`);
      return [status, body.id ?? body.message];
    };
    const create = async (ref: string) =>
      (await api<Body>('POST', `${path}/pipeline`, { body: { ref } })).body.id;
    const sha = await commit(ONE_JOB);
    expect(await latest()).toEqual([403, '403 Forbidden']);
    await create('main');
    const second = await create('main');
    expect(await latest()).toEqual([200, second]);
    expect(await latest('?ref=main')).toEqual([200, second]);
    await tag('v1', sha);
    expect(await latest('?ref=v1')).toEqual([403, '403 Forbidden']);
    expect(await latest('?ref=v1')).toEqual([403, '403 Forbidden']);
    const ofTag = await create('v1');
    expect(await latest('?ref=v1')).toEqual([200, ofTag]);
    expect(await latest()).toEqual([200, second]);
    await commit(ONE_JOB, 'with/slash');
    const ofBranch = await create('with/slash');
    expect(await latest('?ref=with%2Fslash')).toEqual([200, ofBranch]);
    await commit(null);
    expect(await latest()).toEqual([403, '403 Forbidden']);
    expect(await latest('?ref=none')).toEqual([403, '403 Forbidden']);
    const { body } = await api<Body>('GET', `${path}/pipelines/latest?ref=v1`);
    expect(body).toMatchObject({ ref: 'v1', tag: true, name: null });
  });
});
