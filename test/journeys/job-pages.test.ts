import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { insertJob, insertPipeline } from '../support/job-rows.ts';
import { type JobBody, refusal } from '../support/job-scenes.ts';
import { linksOf } from '../support/links.ts';
import { createProject } from '../support/pipelines.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const NO_KEYSET = [405, { error: 'Keyset pagination is not yet available for this type of request' }];

describe.each(databases)('pages of jobs, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let at: string;
  let project_id: number;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    const { db } = house.parts;
    ({ id: project_id } = await createProject(db));
    at = `/projects/${project_id}/jobs`;
    const pipeline = { id: await insertPipeline(db, project_id), project_id };
    const statuses = {
      old: 'failed',
      again: 'success',
      waits: 'pending',
      runs: 'running',
      tagged: 'pending',
    };
    for (const [name, status] of Object.entries(statuses)) await insertJob(db, pipeline, { name, status });
  });

  const list = (query = '') => api<JobBody[]>('GET', at + query);
  /** The path of an address that a Link names. */
  const pathOf = (address: string | undefined) => address?.slice(`${house.url}/api/v4`.length);

  test('pages by number say how many there are and where the others stand', async () => {
    const { headers, body } = await list('?per_page=2&page=2&scope[]=pending&scope[]=running&scope[]=failed');
    expect(body.map(({ name }) => name)).toEqual(['waits', 'old']);
    expect(Object.fromEntries([...headers].filter(([name]) => /^x-(.*page|total)/.test(name)))).toEqual({
      'x-per-page': '2',
      'x-page': '2',
      'x-next-page': '',
      'x-prev-page': '1',
      'x-total': '4',
      'x-total-pages': '2',
    });
    const links = linksOf(headers);
    expect(Object.keys(links)).toEqual(['prev', 'first', 'last']);
    const prev = new URL(links.prev!);
    expect(prev.origin + prev.pathname).toBe(`${house.url}/api/v4${at}`);
    expect([...prev.searchParams]).toEqual(
      expect.arrayContaining([
        ['id', String(project_id)],
        ['page', '1'],
        ['per_page', '2'],
        ['scope[]', 'pending'],
        ['scope[]', 'running'],
        ['scope[]', 'failed'],
      ]),
    );
  });

  test('the first page names the next one, and following it leads to the end', async () => {
    const first = await list('?per_page=3');
    expect([first.headers.get('x-next-page'), first.headers.get('x-prev-page')]).toEqual(['2', '']);
    expect(Object.keys(linksOf(first.headers))).toEqual(['next', 'first', 'last']);
    const second = await api<JobBody[]>('GET', pathOf(linksOf(first.headers).next)!);
    expect(second.body.map(({ name }) => name)).toEqual(['again', 'old']);
  });

  test('a page beyond the end is empty', async () => {
    const { status, body, headers } = await list('?page=9');
    expect([status, body, headers.get('x-next-page'), headers.get('x-total')]).toEqual([200, [], '', '5']);
  });

  test('a list without jobs has one page', async () => {
    const { body, headers } = await list('?scope=manual');
    expect([body, headers.get('x-total'), headers.get('x-total-pages')]).toEqual([[], '0', '1']);
    const links = linksOf(headers);
    expect(Object.keys(links)).toEqual(['first', 'last']);
    for (const link of Object.values(links)) expect(new URL(link).searchParams.get('page')).toBe('1');
  });

  test('more than 100 a page are 100', async () => {
    const { headers } = await list('?per_page=500');
    expect(headers.get('x-per-page')).toBe('100');
    expect(new URL(linksOf(headers).first!).searchParams.get('per_page')).toBe('100');
  });

  test('keyset pages lead through all by their Link alone, both ways', async () => {
    for (const [sort, expected] of [
      ['desc', ['tagged', 'runs', 'waits', 'again', 'old']],
      ['asc', ['old', 'again', 'waits', 'runs', 'tagged']],
    ] as const) {
      const found: string[] = [];
      let next: string | undefined = `${at}?pagination=keyset&per_page=2&sort=${sort}&order_by=id`;
      let pages = 0;
      while (next) {
        const { status, body, headers }: Awaited<ReturnType<typeof list>> = await api('GET', next);
        expect(status).toBe(200);
        found.push(...body.map(({ name }) => name));
        expect([...headers.keys()].filter((name) => /^x-(.*page|total)/.test(name))).toEqual([]);
        const links = linksOf(headers);
        expect(Object.keys(links)).toEqual(++pages < 3 ? ['next'] : []);
        next = pathOf(links.next);
      }
      expect(found).toEqual(expected);
    }
  });

  test('a keyset cursor keeps its place when jobs are added meanwhile', async () => {
    const quiet = await createProject(house.parts.db);
    const of = { id: await insertPipeline(house.parts.db, quiet.id), project_id: quiet.id };
    const add = (name: string) => insertJob(house.parts.db, of, { name });
    for (const name of ['a', 'b', 'c']) await add(name);
    const first = await api<JobBody[]>('GET', `/projects/${quiet.id}/jobs?pagination=keyset&per_page=2`);
    await add('d');
    const next = pathOf(linksOf(first.headers).next)!;
    const second = await api<JobBody[]>('GET', next);
    expect([first.body, second.body].map((page) => page.map(({ name }) => name))).toEqual([
      ['c', 'b'],
      ['a'],
    ]);
  });

  test('keyset in another order is refused, and so is a page by number too deep', async () => {
    expect(refusal(await list('?pagination=keyset&order_by=name'))).toEqual(NO_KEYSET);
    const { status, body } = await list('?page=501&per_page=100');
    expect(status).toBe(405);
    expect(body).toMatchObject({
      error: expect.stringMatching(/^Offset pagination has a maximum allowed offset of 50000/) as string,
    });
    expect((await list('?page=500&per_page=100')).status).toBe(200);
    expect((await list('?page=999999999999999&per_page=100')).status).toBe(405);
  });

  describe('of a project with many', () => {
    const MANY = 10_001;
    let many: string;
    beforeAll(async () => {
      const { db } = house.parts;
      const large = await createProject(db);
      many = `/projects/${large.id}/jobs`;
      const pipeline_id = await insertPipeline(db, large.id, { status: 'success' });
      const first = await insertJob(db, { id: pipeline_id, project_id: large.id }, { name: 'needle' });
      const row = await db.read
        .selectFrom('jobs')
        .selectAll()
        .where('id', '=', first)
        .executeTakeFirstOrThrow();
      const { id: _id, ...job } = { ...row, name: 'hay', status: 'success', created_at: 9000 };
      await db.write(async (tx) => {
        for (let left = MANY - 1; left > 0; left -= 500)
          await tx
            .insertInto('jobs')
            .values(Array.from({ length: Math.min(left, 500) }, () => job))
            .execute();
      });
    });

    test('the totals are left out above 10,000, the rest is there', async () => {
      const { status, headers, body } = await api<JobBody[]>('GET', `${many}?per_page=100&page=101`);
      expect([status, body.length]).toEqual([200, 1]);
      expect([headers.get('x-total'), headers.get('x-total-pages')]).toEqual([null, null]);
      expect(Object.keys(linksOf(headers))).toEqual(['prev', 'first']);
      const { headers: full } = await api('GET', `${many}?name=hay`);
      expect(full.get('x-total')).toBe('10000');
      expect(full.get('x-total-pages')).toBe('500');
    });

    test('a page ends at the bound of its search with a way on, which finds what is left', async () => {
      // Each of the two has an index, together they have none.
      const query = 'ref=main&created_before=1970-01-01T00:00:05Z';
      const first = await api<JobBody[]>('GET', `${many}?${query}`);
      expect([first.status, first.body, first.headers.get('x-total')]).toEqual([200, [], null]);
      expect(first.headers.get('x-next-page')).toBe('');
      const { next } = linksOf(first.headers);
      expect(new URL(next!).searchParams.get('pagination')).toBe('keyset');
      const second = await api<JobBody[]>('GET', pathOf(next)!);
      expect(second.body.map(({ name }) => name)).toEqual(['needle']);
      expect(second.headers.get('link')).toBeNull();
      const keyset = await api<JobBody[]>('GET', `${many}?${query}&pagination=keyset`);
      expect([keyset.body, Object.keys(linksOf(keyset.headers))]).toEqual([[], ['next']]);
    });
  });
});
