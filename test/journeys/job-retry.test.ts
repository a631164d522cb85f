import { beforeAll, describe, expect, test } from 'vitest';
import { JOB_STATUSES, type JobStatus } from '../../src/jobs/job-state.ts';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, type JobBody, jobIn, personWith, protectBranch, refusal } from '../support/job-scenes.ts';
import { jobsOf, planned, statusesOf } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const RETRYABLE: JobStatus[] = ['success', 'failed', 'canceled', 'canceling'];
const NOT_RETRYABLE = [403, { message: '403 Forbidden - Job is not retryable' }];

describe.each(databases)('retrying a job, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  const retry = (at: string, request = {}) => api<JobBody>('POST', `${at}/retry`, request);

  test.each(RETRYABLE)('that is %s', async (status) => {
    const scene = await jobIn(house, status);
    const reply = await retry(scene.at);
    expect([reply.status, reply.body.status]).toEqual([201, 'pending']);
    expect(reply.body.id).toBeGreaterThan(scene.id);
    expect((await scene.read()).status).toBe(status);
    expect((await scene.latest()).id).toBe(reply.body.id);
  });

  const others = JOB_STATUSES.filter((status) => !RETRYABLE.includes(status));
  test.each(others)('that is %s is refused', async (status) => {
    const scene = await jobIn(house, status);
    expect(refusal(await retry(scene.at))).toEqual(NOT_RETRYABLE);
    expect(await scene.latest()).toMatchObject({ id: scene.id, status });
  });

  test('makes a new job of the same name, for whoever asks', async () => {
    const scene = await jobIn(house, 'failed', { log: 'it broke\n' });
    const developer = await personWith(api, 'developer', scene.project_id);
    const { status, body } = await retry(scene.at, { token: developer.token });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'job',
      stage: 'stage 1',
      ref: 'main',
      user: { id: developer.id },
      started_at: null,
      finished_at: null,
      runner: null,
      artifacts_file: null,
      pipeline: { id: scene.pipeline_id, status: 'pending' },
    });
    expect(body).not.toHaveProperty('failure_reason');
  });

  test('leaves the old job its log and its artifacts', async () => {
    const scene = await jobIn(house, 'failed', { log: 'it broke\n', archive: Buffer.from('zip') });
    await retry(scene.at);
    expect((await api('GET', `${scene.at}/trace`)).body).toBe('it broke\n');
    expect((await api('GET', `${scene.at}/artifacts`)).body).toBe('zip');
  });

  test('is refused the second time', async () => {
    const { at } = await jobIn(house, 'failed');
    expect((await retry(at)).status).toBe(201);
    expect(refusal(await retry(at))).toEqual(NOT_RETRYABLE);
  });

  test('twice at once is done once', async () => {
    const { at, project, pipeline_id } = await jobIn(house, 'failed');
    const replies = await Promise.all([retry(at), retry(at), retry(at)]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 403, 403]);
    const { body } = await api<JobBody[]>(
      'GET',
      `${project}/pipelines/${pipeline_id}/jobs?include_retried=true`,
    );
    expect(body).toHaveLength(2);
  });

  test('gives what was skipped another turn', async () => {
    const { runner, start, project } = await moveIn(house);
    const pipeline = await start(planned('build'), planned('deploy', { stage_idx: 2 }));
    const { job } = await runner.request();
    await runner.running(job!);
    await runner.finish(job!, 'failed');
    const { db } = house.parts;
    expect(await statusesOf(db, pipeline)).toBe('failed: build failed, deploy skipped');
    expect((await retry(`/projects/${project.id}/jobs/${job!.id}`)).status).toBe(201);
    expect((await jobsOf(db, pipeline))['deploy']!.status).toBe('created');
    const again = await runner.request();
    await runner.running(again.job!);
    await runner.finish(again.job!, 'success');
    expect(await statusesOf(db, pipeline)).toBe('running: build success, deploy pending');
  });

  test('with variables gives them to the new job, without keeps the old ones', async () => {
    const { at, runner } = await jobIn(house, 'failed');
    const given = async () => {
      const { job } = await runner.request();
      await runner.running(job!);
      await runner.finish(job!, 'failed');
      return job!.variables
        .filter(({ key }) => /^(FIRST|SECOND)$/.test(key))
        .map(({ key, value }) => [key, value]);
    };
    const body = {
      job_variables_attributes: [
        { key: 'FIRST', value: '1' },
        { key: 'SECOND', value: 2 },
      ],
    };
    const second = await retry(at, { body });
    expect(await given()).toEqual([
      ['FIRST', '1'],
      ['SECOND', '2'],
    ]);
    const third = await retry(`${at.slice(0, at.lastIndexOf('/'))}/${second.body.id}`);
    expect(third.status).toBe(201);
    expect(await given()).toEqual([
      ['FIRST', '1'],
      ['SECOND', '2'],
    ]);
  });

  test.each([
    [[{ value: '1' }], 'job_variables_attributes[0][key] is missing'],
    [[{ key: 'A', value: '1' }, { key: 'B' }], 'job_variables_attributes[1][value] is missing'],
    [[{}], 'job_variables_attributes[0][key] is missing, job_variables_attributes[0][value] is missing'],
    ['text', 'job_variables_attributes is invalid'],
  ])('with the variables %j is refused, and nothing is done', async (job_variables_attributes, error) => {
    const { at, latest, id } = await jobIn(house, 'failed');
    expect(refusal(await retry(at, { body: { job_variables_attributes } }))).toEqual([400, { error }]);
    expect((await latest()).id).toBe(id);
  });

  test('takes a developer, and on a protected branch whoever may merge there', async () => {
    const { at, project_id, latest, id } = await jobIn(house, 'failed');
    const developer = await personWith(api, 'developer', project_id);
    const maintainer = await personWith(api, 'maintainer', project_id);
    await protectBranch(house, project_id);
    expect(refusal(await retry(at, { token: developer.token }))).toEqual(FORBIDDEN);
    expect((await latest()).id).toBe(id);
    expect((await retry(at, { token: maintainer.token })).status).toBe(201);
  });
});
