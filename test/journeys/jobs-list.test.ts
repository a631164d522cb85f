import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { insertJob, insertPipeline } from '../support/job-rows.ts';
import {
  FORBIDDEN,
  type JobBody,
  NO_PROJECT,
  personWith,
  refusal,
  UNAUTHORIZED,
  jobIn,
} from '../support/job-scenes.ts';
import { linksOf } from '../support/links.ts';
import { createProject } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const BAD_SCOPE = [400, { error: 'scope does not have a valid value' }];

describe.each(databases)('the jobs of a project, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let at: string;
  let project: { id: number; user_id: number };
  let pipeline: { id: number; project_id: number };
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    const { db } = house.parts;
    project = await createProject(db);
    at = `/projects/${project.id}/jobs`;
    const { id: project_id } = project;
    pipeline = { id: await insertPipeline(db, project_id), project_id };
    const other = { id: await insertPipeline(db, project.id, { ref: 'v1', tag: 1 }), project_id };
    const add = (name: string, more: Parameters<typeof insertJob>[2] = {}, of = pipeline) =>
      insertJob(db, of, { name, user_id: project.user_id, ...more });
    await add('old', { status: 'failed', retried: 1, failure_reason: 'script_failure' });
    await add('again', { status: 'success', created_at: 5000 });
    await add('waits', { status: 'pending', stage: 'build' });
    await add('runs', { status: 'running', user_id: null });
    await add('tagged', { status: 'pending', ref: 'v1', tag: 1 }, other);
  });

  const list = (query = '', request = {}) => api<JobBody[]>('GET', at + query, request);
  const names = async (query = '') => {
    const { status, body } = await list(query);
    expect(status).toBe(200);
    return body.map(({ name }) => name);
  };

  test('are listed newest first, those that a retry has replaced too', async () => {
    expect(await names()).toEqual(['tagged', 'runs', 'waits', 'again', 'old']);
    expect(await names('?sort=asc')).toEqual(['old', 'again', 'waits', 'runs', 'tagged']);
  });

  test('come as JSON without a charset, and have every field', async () => {
    const { headers, body } = await list();
    expect(headers.get('content-type')).toBe('application/json');
    const refused = await list('?scope=nonsense');
    expect(refused.headers.get('content-type')).toBe('application/json');
    const keys =
      'id status stage name ref tag coverage allow_failure created_at started_at finished_at erased_at duration queued_duration user commit pipeline web_url project artifacts_file artifacts runner runner_manager artifacts_expire_at archived tag_list';
    expect(Object.keys(body[0]!).toSorted()).toEqual(keys.split(' ').toSorted());
    expect(Object.keys(body.at(-1)!).toSorted()).toEqual([...keys.split(' '), 'failure_reason'].toSorted());
  });

  test.each([
    ['?scope=pending', ['tagged', 'waits']],
    ['?scope[]=pending&scope[]=running', ['tagged', 'runs', 'waits']],
    ['?scope%5B%5D=success', ['again']],
    ['?scope[0]=pending&scope[1]=failed', ['tagged', 'waits', 'old']],
    ['?scope=manual', []],
    ['?scope=', ['tagged', 'runs', 'waits', 'again', 'old']],
    ['?scope=waiting_for_resource', []],
    ['?scope[]=pending&scope[]=pending', ['tagged', 'waits']],
  ])('%s is %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test.each(['?scope=nonsense', '?scope[]=pending&scope[]=unknown', '?scope[0]=x', '?scope=PENDING'])(
    '%s is refused',
    async (query) => {
      expect(refusal(await list(query))).toEqual(BAD_SCOPE);
    },
  );

  test.each([
    ['?page=0', 'page does not have a valid value'],
    ['?page=-1', 'page does not have a valid value'],
    ['?page=x', 'page is invalid'],
    ['?per_page=0', 'per_page does not have a valid value'],
    ['?per_page=1.5', 'per_page is invalid'],
    ['?page=x&per_page=y', 'page is invalid, per_page is invalid'],
    ['?sort=down', 'sort does not have a valid value'],
    ['?pagination=keyset&cursor=broken', 'cursor is invalid'],
    ['?runner_id=x', 'runner_id is invalid'],
    ['?tag=maybe', 'tag is invalid'],
    ['?created_after=yesterday', 'created_after is invalid'],
    ['?name=%00', 'name is invalid'],
  ])('%s is refused: %s', async (query, error) => {
    expect(refusal(await list(query))).toEqual([400, { error }]);
  });

  test.each([
    ['name=again', ['again']],
    ['name=none', []],
    ['stage=build', ['waits']],
    ['ref=v1', ['tagged']],
    ['tag=true', ['tagged']],
    ['tag=false&scope=pending', ['waits']],
    ['failure_reason=script_failure', ['old']],
    ['failure_reason=none_such', []],
    ['created_after=1970-01-01T00:00:02Z', ['again']],
    ['created_before=1970-01-01T00:00:00.002Z', ['tagged', 'runs', 'waits', 'old']],
    // By the moment of creation, which is not always that of the number.
    ['created_after=1970-01-01&created_before=2000-01-01', ['again', 'tagged', 'runs', 'waits', 'old']],
    ['runner_id=9223372036854775808', []],
    ['name=waits&stage=build&ref=main&tag=0&scope[]=pending', ['waits']],
  ])('filter by %s', async (query, expected) => {
    expect(await names(`?${query}`)).toEqual(expected);
    expect(await names(`?pagination=keyset&${query}`)).toEqual(expected);
    const { headers } = await list(`?${query}`);
    expect(headers.get('x-total')).toBe(String(expected.length));
  });

  test('filter by user, by number or name, and by runner', async () => {
    const scene = await jobIn(house, 'running');
    const { user, runner } = await scene.read();
    const of = (query: string) => api<JobBody[]>('GET', `${scene.project}/jobs?${query}`);
    const count = async (query: string) => (await of(query)).body.length;
    const { id } = runner as { id: number };
    expect(await count(`user=${user!.id}`)).toBe(1);
    expect(await count(`user=${user!.username.toUpperCase()}`)).toBe(1);
    expect(await count('user=nobody-of-that-name')).toBe(0);
    expect(await count('user=999999')).toBe(0);
    expect(await count(`runner_id=${id}`)).toBe(1);
    expect(await count(`runner_id=${id + 1}`)).toBe(0);
  });

  test('jobs of other projects are not among them', async () => {
    const other = await createProject(house.parts.db);
    const { status, body } = await api<JobBody[]>('GET', `/projects/${other.id}/jobs`);
    expect([status, body]).toEqual([200, []]);
  });

  test('the project goes by its path as well', async () => {
    const { body } = await api<{ path_with_namespace: string }>('GET', `/projects/${project.id}`);
    const path = encodeURIComponent(body.path_with_namespace);
    const { status, body: jobs, headers } = await api<JobBody[]>('GET', `/projects/${path}/jobs?per_page=1`);
    expect([status, jobs.length]).toEqual([200, 1]);
    expect(linksOf(headers).next).toContain(`/api/v4/projects/${path}/jobs?`);
  });

  test('who may not see them is told so: nobody, an outsider, a guest where jobs are not public', async () => {
    const shut = await createProject(house.parts.db);
    const path = `/projects/${shut.id}/jobs`;
    const guest = await personWith(api, 'guest', shut.id);
    const outsider = await personWith(api, 'outsider', shut.id);
    const as = async ({ token }: { token: string | null }) => refusal(await api('GET', path, { token }));
    expect(await as({ token: null })).toEqual(UNAUTHORIZED);
    expect(await as(outsider)).toEqual(NO_PROJECT);
    expect(await as(guest)).toEqual([200, []]);
    await api('PUT', `/projects/${shut.id}`, { body: { visibility: 'public', public_jobs: false } });
    expect(await as({ token: null })).toEqual(UNAUTHORIZED);
    expect(await as(outsider)).toEqual(FORBIDDEN);
    expect(await as(guest)).toEqual(FORBIDDEN);
  });

  test('a job reads them with its token', async () => {
    const { payload, project: own } = await jobIn(house, 'running');
    const headers = { 'job-token': payload!.token };
    expect((await api('GET', `${own}/jobs`, { token: null, headers })).status).toBe(200);
  });
});
