import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { insertPipeline } from '../support/job-rows.ts';
import { FORBIDDEN, NO_PROJECT, personWith, refusal } from '../support/job-scenes.ts';
import { linksOf } from '../support/links.ts';
import { createProject } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface Body {
  id: number;
  ref: string;
  status: string;
  [field: string]: unknown;
}

const BASIC = 'id iid project_id sha ref status source created_at updated_at web_url';

describe.each(databases)('the pipelines of a project, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let project: { id: number; user_id: number };
  let at: string;
  /** By the name of each. */
  const ids: Record<string, number> = {};
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    const { db } = house.parts;
    project = await createProject(db);
    at = `/projects/${project.id}/pipelines`;
    const add = async (name: string, given: Parameters<typeof insertPipeline>[2]) => {
      ids[name] = await insertPipeline(db, project.id, { name, ...given });
    };
    await add('old', { status: 'success', ref: 'b', sha: 'b'.repeat(40), updated_at: 9000 });
    await add('broken', { status: 'failed', yaml_errors: 'bad', source: 'api', user_id: project.user_id });
    await add('tagged', { status: 'canceled', ref: 'v1', tag: 1, created_at: 5000 });
    await add('waits', { status: 'pending', source: 'web' });
    await add('runs', { status: 'running' });
  });

  const list = (query = '', request = {}) => api<Body[]>('GET', at + query, request);
  const names = async (query: string) => {
    const { status, body } = await list(query);
    expect(status).toBe(200);
    return body.map(({ name }) => name);
  };

  test('are listed newest first, each with exactly these fields', async () => {
    const { body, headers } = await list();
    expect(headers.get('content-type')).toBe('application/json');
    expect(body.map(({ name }) => name)).toEqual(['runs', 'waits', 'tagged', 'broken', 'old']);
    for (const item of body)
      expect(Object.keys(item).toSorted()).toEqual(`${BASIC} name`.split(' ').toSorted());
  });

  test.each([
    ['scope=running', ['runs']],
    ['scope=pending', ['waits']],
    ['scope=finished', ['tagged', 'broken', 'old']],
    ['status=failed', ['broken']],
    ['status=waiting_for_resource', []],
    ['ref=b', ['old']],
    ['ref=none', []],
    [`sha=${'b'.repeat(40)}`, ['old']],
    ['yaml_errors=true', ['broken']],
    ['yaml_errors=0', ['runs', 'waits', 'tagged', 'old']],
    ['name=waits', ['waits']],
    ['source=api', ['broken']],
    ['username=nobody', []],
    ['updated_after=1970-01-01T00:00:02Z', ['old']],
    ['updated_before=1970-01-01T00:00:02Z', ['runs', 'waits', 'tagged', 'broken']],
    ['created_after=1970-01-01T00:00:02Z', ['tagged']],
    ['created_before=1970-01-01T00:00:02Z&status=success', ['old']],
    ['order_by=status&sort=asc', ['tagged', 'broken', 'waits', 'runs', 'old']],
    ['order_by=ref&sort=asc', ['old', 'broken', 'waits', 'runs', 'tagged']],
    ['order_by=updated_at', ['old', 'runs', 'waits', 'tagged', 'broken']],
    ['order_by=id&sort=asc', ['old', 'broken', 'tagged', 'waits', 'runs']],
  ])('?%s', async (query, expected) => {
    expect(await names(`?${query}`)).toEqual(expected);
    expect((await list(`?${query}`)).headers.get('x-total')).toBe(String(expected.length));
  });

  test('of branches and of tags, the newest of each that is still there', async () => {
    const { db } = house.parts;
    const scene = await ciProject(house);
    const sha = await scene.commit(ONE_JOB);
    await scene.commit(ONE_JOB, 'other');
    await scene.tag('v1', sha);
    await scene.tag('other', sha);
    for (const [name, given] of Object.entries({
      'main, once': { ref: 'main', status: 'success' },
      'other as a branch': { ref: 'other' },
      'a branch that is gone': { ref: 'gone' },
      'v1, once': { ref: 'v1', tag: 1 },
      'v1, the newest': { ref: 'v1', tag: 1 },
      'main, the newest': { ref: 'main', status: 'failed' },
      'other as a tag': { ref: 'other', tag: 1 },
      'a child': { ref: 'main', source: 'parent_pipeline' },
    } as const))
      await insertPipeline(db, scene.id, { name, ...given });
    const named = async (query: string) => {
      const { body, headers } = await api<Body[]>('GET', `${scene.at}/pipelines?${query}`);
      expect(headers.get('x-total')).toBe(String(body.length));
      return body.map(({ name }) => name);
    };
    expect(await named('scope=branches')).toEqual(['main, the newest', 'other as a branch']);
    expect(await named('scope=tags')).toEqual(['other as a tag', 'v1, the newest']);
    // What else is asked for is asked of the newest.
    expect(await named('scope=branches&status=success')).toEqual([]);
    expect(await named('scope=branches&ref=other&order_by=ref')).toEqual(['other as a branch']);
    expect(await named('scope=branches&order_by=updated_at&sort=asc')).toEqual([
      'other as a branch',
      'main, the newest',
    ]);
    const keyset = `${scene.at}/pipelines?scope=branches&pagination=keyset&per_page=1`;
    const first = await api<Body[]>('GET', keyset);
    expect(first.body[0]!['name']).toBe('main, the newest');
    const next = linksOf(first.headers).next!.slice(`${house.url}/api/v4`.length);
    expect((await api<Body[]>('GET', next)).body[0]!['name']).toBe('other as a branch');
  });

  test('of one person', async () => {
    const { body: user } = await api<{ username: string }>('GET', `/users/${project.user_id}`);
    expect(await names(`?username=${user.username}`)).toEqual(['broken']);
  });

  test.each([
    ['scope=all', 'scope does not have a valid value'],
    ['status=done', 'status does not have a valid value'],
    ['source=nothing', 'source does not have a valid value'],
    ['order_by=name', 'order_by does not have a valid value'],
    ['sort=up', 'sort does not have a valid value'],
    ['yaml_errors=perhaps', 'yaml_errors is invalid'],
    ['updated_after=soon', 'updated_after is invalid'],
    ['page=0', 'page does not have a valid value'],
  ])('?%s is refused', async (query, error) => {
    expect(refusal(await list(`?${query}`))).toEqual([400, { error }]);
  });

  test('come in pages, by number and by id', async () => {
    const { headers } = await list('?per_page=2&page=2');
    expect(
      ['x-total', 'x-total-pages', 'x-next-page', 'x-prev-page'].map((name) => headers.get(name)),
    ).toEqual(['5', '3', '3', '1']);
    expect(Object.keys(linksOf(headers))).toEqual(['prev', 'next', 'first', 'last']);
    for (const [sort, expected] of [
      ['desc', ['runs', 'waits', 'tagged', 'broken', 'old']],
      ['asc', ['old', 'broken', 'tagged', 'waits', 'runs']],
    ] as const) {
      const found: unknown[] = [];
      let next: string | undefined = `${at}?pagination=keyset&per_page=2&sort=${sort}`;
      while (next) {
        const page: Awaited<ReturnType<typeof list>> = await api<Body[]>('GET', next);
        found.push(...page.body.map(({ name }) => name));
        next = linksOf(page.headers).next?.slice(`${house.url}/api/v4`.length);
      }
      expect(found).toEqual(expected);
    }
    expect((await list('?pagination=keyset&order_by=status')).status).toBe(405);
  });

  test('have totals up to 10,000', async () => {
    const { db } = house.parts;
    const { id: project_id } = await createProject(db);
    const first = await insertPipeline(db, project_id, { iid: 1 });
    const query = db.read.selectFrom('pipelines').selectAll().where('id', '=', first);
    const { id: _id, ...row } = await query.executeTakeFirstOrThrow();
    let iid = 1;
    const add = (many: number) =>
      db.write(async (tx) => {
        for (let left = many; left > 0; left -= 500) {
          const rows = Array.from({ length: Math.min(left, 500) }, () => ({ ...row, iid: (iid += 1) }));
          await tx.insertInto('pipelines').values(rows).execute();
        }
      });
    const totals = async () => {
      const { headers } = await api('GET', `/projects/${project_id}/pipelines?per_page=1`);
      return [headers.get('x-total'), headers.get('x-total-pages')];
    };
    await add(9_999);
    expect(await totals()).toEqual(['10000', '10000']);
    await add(1);
    expect(await totals()).toEqual([null, null]);
  });

  test('are for whoever may see pipelines and jobs', async () => {
    const { id } = await createProject(house.parts.db);
    const pipeline = await insertPipeline(house.parts.db, id);
    const outsider = await personWith(api, 'outsider', id);
    const guest = await personWith(api, 'guest', id);
    const as = async (token: string | null) => {
      const replies = await Promise.all(
        ['', `/${pipeline}`].map((path) => api('GET', `/projects/${id}/pipelines${path}`, { token })),
      );
      return replies.map(({ status, body }) => (status === 200 ? 200 : [status, body]));
    };
    expect(await as(null)).toEqual([NO_PROJECT, NO_PROJECT]);
    expect(await as(outsider.token)).toEqual([NO_PROJECT, NO_PROJECT]);
    expect(await as(guest.token)).toEqual([200, 200]);
    await api('PUT', `/projects/${id}`, { body: { visibility: 'public' } });
    expect(await as(null)).toEqual([200, 200]);
    await api('PUT', `/projects/${id}`, { body: { public_jobs: false } });
    expect(await as(null)).toEqual([FORBIDDEN, FORBIDDEN]);
    expect(await as(guest.token)).toEqual([FORBIDDEN, FORBIDDEN]);
  });
});
