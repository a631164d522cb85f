import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { insertJob, insertPipeline } from '../support/job-rows.ts';
import {
  FORBIDDEN,
  type JobBody,
  jobIn,
  NO_PROJECT,
  NO_RECORD,
  personWith,
  refusal,
} from '../support/job-scenes.ts';
import { createProject } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

describe.each(databases)('the jobs of a pipeline, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let project: { id: number; user_id: number };
  let pipeline: { id: number; project_id: number };
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    const { db } = house.parts;
    project = await createProject(db);
    pipeline = { id: await insertPipeline(db, project.id), project_id: project.id };
    const other = { id: await insertPipeline(db, project.id), project_id: project.id };
    await insertJob(db, pipeline, { name: 'test', status: 'failed', retried: 1 });
    await insertJob(db, other, { name: 'elsewhere' });
    await insertJob(db, pipeline, { name: 'lint', status: 'success', stage: 'lint' });
    await insertJob(db, pipeline, { name: 'test', status: 'pending' });
  });

  // The document of 2017 writes the first in its heading, the second in its example.
  describe.each(['pipeline', 'pipelines'])('below /%s', (word) => {
    const list = (query = '', request = {}) =>
      api<JobBody[]>('GET', `/projects/${project.id}/${word}/${pipeline.id}/jobs${query}`, request);
    const gist = async (query = '') => {
      const { status, body } = await list(query);
      expect(status).toBe(200);
      return body.map((job) => `${job.name} ${job.status}`);
    };

    test('are the latest of each name, newest first', async () => {
      expect(await gist()).toEqual(['test pending', 'lint success']);
      expect(await gist('?include_retried=false')).toEqual(['test pending', 'lint success']);
    });

    test('are with include_retried those too that a retry has replaced', async () => {
      const all = ['test pending', 'lint success', 'test failed'];
      for (const yes of ['true', '1', 't', 'on']) expect(await gist(`?include_retried=${yes}`)).toEqual(all);
      expect(await gist('?include_retried=true&sort=asc')).toEqual(all.toReversed());
      expect(refusal(await list('?include_retried=maybe'))).toEqual([
        400,
        { error: 'include_retried is invalid' },
      ]);
    });

    test('can be narrowed', async () => {
      expect(await gist('?scope=success')).toEqual(['lint success']);
      expect(await gist('?scope[]=success&scope[]=failed')).toEqual(['lint success']);
      expect(await gist('?scope[]=failed&include_retried=true')).toEqual(['test failed']);
      expect(await gist('?name=test')).toEqual(['test pending']);
      expect(await gist('?stage=lint&include_retried=true')).toEqual(['lint success']);
    });

    test('a scope that is none, or a hash of them, is refused', async () => {
      expect(refusal(await list('?scope=unknown'))).toEqual([
        400,
        { error: 'scope does not have a valid value' },
      ]);
      expect((await list('?scope[0]=pending')).status).toBe(400);
      expect((await list('?scope[a]=pending')).status).toBe(400);
    });

    test('come in pages, by number and by id', async () => {
      const { headers, body } = await list('?per_page=1&page=2');
      expect(body.map(({ name }) => name)).toEqual(['lint']);
      expect([headers.get('x-total'), headers.get('x-total-pages'), headers.get('x-prev-page')]).toEqual([
        '2',
        '2',
        '1',
      ]);
      expect(headers.get('link')).toContain(`pipeline_id=${pipeline.id}`);
      const first = await list('?per_page=1&pagination=keyset&sort=asc');
      const next = /<[^>]*\/api\/v4([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
      const second = await api<JobBody[]>('GET', next!);
      expect([first.body[0]?.name, second.body[0]?.name, second.headers.get('link')]).toEqual([
        'lint',
        'test',
        null,
      ]);
    });

    test('a pipeline that is not there, or another project’s, is not found', async () => {
      const stranger = await createProject(house.parts.db);
      const foreign = await insertPipeline(house.parts.db, stranger.id);
      for (const id of [foreign, 999_999, 0, -1, '9223372036854775808'])
        expect(refusal(await api('GET', `/projects/${project.id}/${word}/${id}/jobs`))).toEqual(NO_RECORD);
      expect(refusal(await api('GET', `/projects/${project.id}/${word}/x/jobs`))).toEqual([
        400,
        { error: 'pipeline_id is invalid' },
      ]);
    });

    test('anonymous callers see those of public projects, and none of private ones', async () => {
      const { id } = await createProject(house.parts.db);
      const path = `/projects/${id}/${word}/${await insertPipeline(house.parts.db, id)}/jobs`;
      const nobody = { token: null };
      expect(refusal(await api('GET', path, nobody))).toEqual(NO_PROJECT);
      await api('PUT', `/projects/${id}`, { body: { visibility: 'public' } });
      expect(refusal(await api('GET', path, nobody))).toEqual([200, []]);
    });

    test('who may know of the pipeline but not read jobs gets an empty page', async () => {
      const { id } = await createProject(house.parts.db);
      const of = { id: await insertPipeline(house.parts.db, id), project_id: id };
      await insertJob(house.parts.db, of);
      await api('PUT', `/projects/${id}`, { body: { visibility: 'public', public_jobs: false } });
      const path = `/projects/${id}/${word}/${of.id}/jobs`;
      const { status, body, headers } = await api('GET', path, { token: null });
      expect([status, body, headers.get('x-total')]).toEqual([200, [], '0']);
      const { token } = await personWith(api, 'guest', id);
      expect(refusal(await api('GET', path, { token }))).toEqual([200, []]);
      const reporter = await personWith(api, 'reporter', id);
      expect((await api<unknown[]>('GET', path, { token: reporter.token })).body).toHaveLength(1);
    });

    test('a job reads them with its token', async () => {
      const scene = await jobIn(house, 'running');
      const path = `${scene.project}/${word}/${scene.pipeline_id}/jobs`;
      const headers = { 'job-token': scene.payload!.token };
      expect((await api<unknown[]>('GET', path, { token: null, headers })).body).toHaveLength(1);
    });
  });

  test('bridges are none yet, in a page like any other', async () => {
    const path = `/projects/${project.id}/pipelines/${pipeline.id}/bridges`;
    const { status, body, headers } = await api('GET', `${path}?scope[]=running`);
    expect([status, body, headers.get('x-total')]).toEqual([200, [], '0']);
    expect(refusal(await api('GET', `${path}?scope=x`))).toEqual([
      400,
      { error: 'scope does not have a valid value' },
    ]);
    expect((await api('GET', `${path}?scope[0]=running`)).status).toBe(400);
    expect(refusal(await api('GET', `/projects/${project.id}/pipelines/999999/bridges`))).toEqual(NO_RECORD);
    await api('PUT', `/projects/${project.id}`, { body: { visibility: 'public', public_jobs: false } });
    expect(refusal(await api('GET', path, { token: null }))).toEqual(FORBIDDEN);
  });
});
