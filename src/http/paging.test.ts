import { describe, expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { type Page, pageOf, pageReply, pageRequest, type PageParams } from './paging.ts';

const given = (params: Partial<PageParams>): PageParams => ({ page: 1, per_page: 20, ...params });
const keyset = (params: Partial<PageParams>) => pageRequest(given({ pagination: 'keyset', ...params }));
const refusal = (params: Partial<PageParams>) => {
  try {
    return pageRequest(given(params));
  } catch (error) {
    return error instanceof ApiError ? error.status : error;
  }
};

test('pages are counted from 1, and hold 100 at most', () => {
  expect(pageRequest(given({}))).toMatchObject({ offset: 0, limit: 20 });
  expect(pageRequest(given({ page: 3, per_page: 7 }))).toMatchObject({ offset: 14, limit: 7 });
  expect(pageRequest(given({ page: 2, per_page: 1000 }))).toMatchObject({ offset: 100, limit: 100 });
});

test('what lies deeper than offsets go is refused; the last page before it is not', () => {
  expect(refusal({ page: 500, per_page: 100 })).toMatchObject({ offset: 49_900 });
  expect(refusal({ page: 501, per_page: 100 })).toBe(405);
});

test('a keyset continues behind its cursor, or the id given for its direction', () => {
  expect(keyset({}).after).toBeNull();
  expect(keyset({ id_before: 7, id_after: 3 }).after).toBe(7);
  expect(keyset({ id_before: 7, id_after: 3, sort: 'asc' }).after).toBe(3);
  expect(keyset({ cursor: Buffer.from('5;').toString('base64url'), id_before: 7 }).after).toBe(5);
  expect(refusal({ pagination: 'keyset', cursor: 'nonsense' })).toBe(400);
  expect(refusal({ pagination: 'keyset', order_by: 'name' })).toBe(405);
});

/** A Link header's addresses by what they are. */
const linksOf = (headers: Record<string, string | string[]>) =>
  Object.fromEntries(
    String(headers.Link ?? '')
      .split(', ')
      .filter(Boolean)
      .map((link) => {
        const [, url = '', rel = ''] = /^<([^>]+)>; rel="(\w+)"$/.exec(link) ?? [];
        return [rel, new URL(url)];
      }),
  );

describe('the headers of a page', () => {
  const place = {
    address: 'https://ci.example.org/api/v4/projects/1/jobs',
    params: { id: '1', scope: ['failed', 'success'], page: 1, per_page: 20, private_token: 'glpat-x' },
  };
  const headersOf = (params: Partial<PageParams>, page: Partial<Page<object>>) =>
    pageReply(place, pageRequest(given(params)), { items: [], next: null, total: null, ...page }).headers;
  const linkOf = (params: Partial<PageParams>, length: number) => {
    const long = { ...place, params: { ...place.params, search: 'x'.repeat(length) } };
    const page = { items: [], next: 5, total: null };
    return pageReply(long, pageRequest(given(params)), page).headers.Link ?? '';
  };
  test('say where in the whole it stands', () => {
    const headers = headersOf({ page: 2 }, { next: 5, total: 41 });
    expect(headers).toMatchObject({
      'X-Page': '2',
      'X-Per-Page': '20',
      'X-Prev-Page': '1',
      'X-Next-Page': '3',
      'X-Total': '41',
      'X-Total-Pages': '3',
    });
    const links = linksOf(headers);
    expect(Object.keys(links).toSorted()).toEqual(['first', 'last', 'next', 'prev']);
    for (const [rel, page] of Object.entries({ first: '1', prev: '1', next: '3', last: '3' }))
      expect(links[rel]?.searchParams.get('page'), rel).toBe(page);
  });

  test('count a last page that is just full', () => {
    const headers = headersOf({ page: 2 }, { total: 40 });
    expect(headers).toMatchObject({ 'X-Total-Pages': '2' });
    expect(linksOf(headers).last?.searchParams.get('page')).toBe('2');
  });

  test('name no neighbour that is not there, and one page where there is nothing', () => {
    const headers = headersOf({}, { total: 0 });
    expect(headers).toMatchObject({ 'X-Prev-Page': '', 'X-Next-Page': '', 'X-Total-Pages': '1' });
    expect(Object.keys(linksOf(headers)).toSorted()).toEqual(['first', 'last']);
  });

  test('carry the filter on, and never a secret', () => {
    for (const link of Object.values(linksOf(headersOf({}, { next: 5 })))) {
      expect(link.searchParams.getAll('scope[]')).toEqual(['failed', 'success']);
      expect(link.href).not.toContain('glpat-x');
    }
  });

  test('stay below what clients take of headers, however long the query is', () => {
    expect(linkOf({ page: 2 }, 5_000)).toMatch(/^<[^>]+page=3[^>]*>; rel="next"$/);
    expect(linkOf({ page: 2 }, 15_000)).toBe('');
    expect(linkOf({ pagination: 'keyset' }, 15_000)).toBe('');
  });

  test('have no totals where nobody counted', () => {
    const headers = headersOf({}, { next: 5 });
    expect(headers).not.toHaveProperty('X-Total');
    expect(Object.keys(linksOf(headers)).toSorted()).toEqual(['first', 'next']);
  });

  test('of a keyset are the way on alone', () => {
    const headers = headersOf({ pagination: 'keyset' }, { next: 5 });
    expect(Object.keys(headers)).toEqual(['Link']);
    const cursor = linksOf(headers).next?.searchParams.get('cursor') ?? '';
    expect(pageRequest(given({ pagination: 'keyset', cursor })).after).toBe(5);
    expect(headersOf({ pagination: 'keyset' }, {})).toEqual({});
  });
});

test('of a list at hand a page is cut out, and the whole is counted', () => {
  const list = Array.from({ length: 41 }, (_, index) => index);
  expect(pageOf(list, pageRequest(given({ page: 2 })))).toEqual({
    items: list.slice(20, 40),
    next: 40,
    total: 41,
  });
  expect(pageOf(list, pageRequest(given({ page: 3 })))).toMatchObject({ items: [40], next: null, total: 41 });
});
