import { Type } from 'typebox';
import type { Page as Found, PageRequest } from '../db/read-page.ts';
import { ApiError } from '../errors.ts';
import { type JsonText, Reply } from './route.ts';

/** The parameters that every list takes. */
export const pageParams = {
  page: Type.Integer({ minimum: 1, default: 1 }),
  per_page: Type.Integer({ minimum: 1, default: 20 }),
  pagination: Type.Optional(Type.String({ description: '`keyset` for pages by id' })),
  cursor: Type.Optional(Type.String()),
  id_after: Type.Optional(Type.Integer()),
  id_before: Type.Optional(Type.Integer()),
  sort: Type.Optional(Type.Enum(['asc', 'desc'])),
  order_by: Type.Optional(Type.String()),
};

export interface PageParams {
  page: number;
  per_page: number;
  pagination?: string;
  cursor?: string;
  id_after?: number;
  id_before?: number;
  sort?: 'asc' | 'desc';
  order_by?: string;
}

/** What a list found, as a page reads it. */
export interface Page<T> extends Found<T> {
  /** It ends early since so many rows were looked at: what is left is only found by keyset. */
  bounded?: boolean;
}

const MOST = 100;
/** Rows counted for X-Total; a list that has more answers without totals. */
const COUNTED = 10_000;
/** page × per_page beyond this is refused: such pages are read by keyset. */
const DEEPEST = 50_000;

/**
 * What page is asked for.
 * @throws 405 for a keyset over another order than id, and for an offset too deep
 */
export function pageRequest(params: PageParams, sort: 'asc' | 'desc' = 'desc', type = 'Record'): PageRequest {
  const limit = Math.min(params.per_page, MOST);
  const chosen = params.sort ?? sort;
  if (params.pagination === 'keyset') {
    if (params.order_by !== undefined && params.order_by !== 'id') throw noKeyset();
    const bound = chosen === 'asc' ? params.id_after : params.id_before;
    const after = params.cursor === undefined ? (bound ?? null) : readCursor(params.cursor);
    return { keyset: true, sort: chosen, limit, offset: 0, after };
  }
  const offset = (params.page - 1) * limit;
  if (params.page * limit > DEEPEST)
    throw new ApiError(405, {
      error: `Offset pagination has a maximum allowed offset of ${DEEPEST} for requests that return objects of type ${type}. Remaining records can be retrieved using keyset pagination.`,
    });
  return { keyset: false, sort: chosen, limit, offset, after: null };
}

const noKeyset = () =>
  new ApiError(405, { error: 'Keyset pagination is not yet available for this type of request' });

/** The parameters of a list that has no ids to continue behind: its pages have numbers. */
export const numberedPageParams = {
  page: pageParams.page,
  per_page: pageParams.per_page,
  pagination: pageParams.pagination,
};

/** What page of such a list is asked for. @throws 405 for keyset, and for an offset too deep */
export function numberedPageRequest(
  params: Pick<PageParams, 'page' | 'per_page' | 'pagination'>,
): PageRequest {
  if (params.pagination === 'keyset') throw noKeyset();
  return pageRequest(params);
}

/** The page of a list that is at hand, of which no more is looked at than a page and its total need. */
export function pageOf<T>(list: Iterable<T>, { offset, limit }: PageRequest): Page<T> {
  const items: T[] = [];
  let count = 0;
  for (const item of list) {
    if (count >= offset && items.length < limit) items.push(item);
    count += 1;
    if (count > COUNTED && count > offset + limit) break;
  }
  const next = count > offset + limit ? offset + limit : null;
  return { items, next, total: count > COUNTED ? null : count };
}

function readCursor(cursor: string): number {
  const [id] = Buffer.from(cursor, 'base64url').toString().split(';');
  if (id === undefined || !/^\d{1,15}$/.test(id)) throw new ApiError(400, { error: 'cursor is invalid' });
  return Number(id);
}

/** Where this list stands: the server's address, and the request's path and parameters. */
export interface Place {
  /** `https://ci.example.org/api/v4/projects/1/jobs` */
  address: string;
  /** All parameters, path and defaults too: they go into the Link's query. */
  params: Record<string, unknown>;
}

/** Where the request of this URL (path and query as sent) stands on the server at `url`. */
export const placeOf = (url: string, request: { url: string; params: object }): Place => ({
  address: url + request.url.split('?', 1)[0],
  params: { ...request.params },
});

/** The reply of a page, with the headers of its kind. */
export function pageReply<T extends object>(
  place: Place,
  request: PageRequest,
  page: Omit<Page<T>, 'items'> & { items: T[] | JsonText },
): Reply {
  return new Reply(
    200,
    page.items,
    request.keyset ? keysetHeaders(place, page) : offsetHeaders(place, request, page),
  );
}

function keysetHeaders(place: Place, page: Omit<Page<unknown>, 'items'>): Record<string, string> {
  return page.next === null ? {} : { Link: fitting([keysetLink(place, page.next)]) };
}

function keysetLink(place: Place, after: number): string {
  const cursor = Buffer.from(`${after};`).toString('base64url');
  const { page: _, id_after: _after, id_before: _before, ...params } = place.params;
  return link(place.address, { ...params, pagination: 'keyset', cursor }, 'next');
}

function offsetHeaders(
  place: Place,
  request: PageRequest,
  page: Omit<Page<unknown>, 'items'>,
): Record<string, string> {
  const number = request.offset / request.limit + 1;
  const counted = page.total !== null && page.total <= COUNTED ? page.total : null;
  const pages = counted === null ? null : Math.max(1, Math.ceil(counted / request.limit));
  const next = page.next === null || page.bounded ? null : number + 1;
  const previous = number > 1 ? (pages === null ? number - 1 : Math.min(number - 1, pages)) : null;
  const { page: _, per_page: _per_page, ...params } = place.params;
  const same = queryOf(params);
  const at = (target: number, rel: string) =>
    `<${place.address}?${same === '' ? '' : `${same}&`}page=${target}&per_page=${request.limit}>; rel="${rel}"`;
  const links = [
    previous === null ? null : at(previous, 'prev'),
    next === null ? null : at(next, 'next'),
    page.bounded && page.next !== null ? keysetLink(place, page.next) : null,
    at(1, 'first'),
    pages === null ? null : at(pages, 'last'),
  ];
  const headers: Record<string, string> = {
    'X-Per-Page': String(request.limit),
    'X-Page': String(number),
    'X-Next-Page': next === null ? '' : String(next),
    'X-Prev-Page': previous === null ? '' : String(previous),
    Link: fitting(links.filter((one) => one !== null)),
  };
  if (counted !== null && pages !== null) {
    headers['X-Total'] = String(counted);
    headers['X-Total-Pages'] = String(pages);
  }
  return headers;
}

/** Clients refuse 16 KiB of headers, and each entry repeats the query: of a long one only the next page is told. */
const LONGEST_LINK = 8_000;

function fitting(links: string[]): string {
  const whole = links.join(', ');
  if (whole.length <= LONGEST_LINK) return whole;
  return links.find((one) => one.endsWith('rel="next"') && one.length <= LONGEST_LINK) ?? '';
}

/** One entry of a Link header. Credentials are left out. */
export const link = (address: string, params: Record<string, unknown>, rel: string) =>
  `<${address}?${queryOf(params)}>; rel="${rel}"`;

function queryOf(params: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null || SECRET.has(name)) continue;
    if (Array.isArray(value)) for (const item of value) query.append(`${name}[]`, String(item));
    else query.append(name, String(value));
  }
  return query.toString();
}

const SECRET = new Set(['private_token', 'access_token', 'bearer_token', 'job_token']);
