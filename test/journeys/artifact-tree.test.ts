import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { FILES, QUOTED } from '../support/archived-files.ts';
import { databases } from '../support/databases.ts';
import { jobIn, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

describe.each(databases)('the tree of an archive, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let at: string;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    const { at: job } = await jobIn(house, 'success', { archive: await zipOf(FILES) });
    at = `${job}/artifacts`;
  });

  interface Entry {
    name: string;
    path: string;
    type: string;
    size?: number;
    mode: string;
  }
  const tree = (query = '') => api<Entry[]>('GET', `${at}/tree${query}`);
  const paths = async (query = '') => (await tree(query)).body.map(({ path }) => path);

  test('show the top, or a folder, or all', async () => {
    expect(await paths()).toEqual([QUOTED, 'dist/', 'top.txt', 'tree/', 'with space/']);
    const { body } = await tree('?path=dist');
    expect(body.find(({ name }) => name === 'app.js')).toEqual({
      name: 'app.js',
      path: 'dist/app.js',
      type: 'file',
      size: 8,
      mode: expect.stringMatching(/^100\d{3}$/) as string,
    });
    expect(body[1]).toEqual({
      name: 'deep',
      path: 'dist/deep/',
      type: 'directory',
      mode: expect.stringMatching(/^\d{6}$/) as string,
    });
    expect(await paths('?path=dist/deep/')).toEqual(['dist/deep/er/']);
    expect(await paths('?path=dist%2Fdeep&recursive=true')).toEqual([
      'dist/deep/er/',
      'dist/deep/er/data.bin',
    ]);
    expect(await paths('?recursive=true&per_page=100')).toHaveLength(15);
  });

  test('come in pages with totals', async () => {
    const { body, headers } = await tree('?recursive=true&per_page=10&page=2');
    expect(body).toHaveLength(5);
    expect(
      ['x-total', 'x-total-pages', 'x-page', 'x-next-page', 'x-prev-page'].map((name) => headers.get(name)),
    ).toEqual(['15', '2', '2', '', '1']);
    const whole = await tree('?recursive=true&per_page=15');
    expect([whole.body.length, whole.headers.get('x-next-page')]).toEqual([15, '']);
    const first = await tree('?per_page=2');
    const next = /<[^>]*\/api\/v4([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
    expect((await api<Entry[]>('GET', next!)).body.map(({ path }) => path)).toEqual(['top.txt', 'tree/']);
    expect(await paths('?page=9')).toEqual([]);
  });

  test('have no ids to go by', async () => {
    expect(refusal(await tree('?pagination=keyset'))).toEqual([
      405,
      { error: 'Keyset pagination is not yet available for this type of request' },
    ]);
  });

  test('say what is missing', async () => {
    expect(refusal(await tree('?path=none'))).toEqual([404, { message: '404 Path Not Found' }]);
    expect(refusal(await tree('?path=top.txt'))).toEqual([404, { message: '404 Path Not Found' }]);
    expect(refusal(await tree('?recursive=maybe'))).toEqual([400, { error: 'recursive is invalid' }]);
    const { at: bare } = await jobIn(house, 'pending');
    expect(refusal(await api('GET', `${bare}/artifacts/tree`))).toEqual([
      404,
      { message: '404 Artifacts Not Found' },
    ]);
  });
});
