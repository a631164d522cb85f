import type { ServerResponse } from 'node:http';

interface Call {
  response: ServerResponse;
  query: URLSearchParams;
}

const PER_PAGE = 20;
const MOST = 100;

/** A page of a list as GitLab sends it: numbered pages, told in headers. */
export function sendPage(call: Call, items: readonly unknown[]): void {
  const { page, per_page } = wanted(call);
  const pages = Math.max(1, Math.ceil(items.length / per_page));
  respond(call, items, { page, per_page, next: page < pages ? page + 1 : null, pages });
}

/**
 * The same of what GitLab fetches from its git server: the first page always says that there is a second, which may be
 * empty.
 */
export function sendTreePage(call: Call, items: readonly unknown[]): void {
  const { page, per_page } = wanted(call);
  const pages = Math.floor(items.length / per_page) + 1;
  const last = Math.max(1, Math.ceil(items.length / per_page));
  const next = page === 1 ? 2 : page < last ? page + 1 : null;
  respond(call, items, { page, per_page, next, pages: page === 1 ? pages : last });
}

function wanted({ query }: Call) {
  const number = (name: string, otherwise: number) => Math.max(1, Number(query.get(name) ?? otherwise));
  return { page: number('page', 1), per_page: Math.min(MOST, number('per_page', PER_PAGE)) };
}

interface Place {
  page: number;
  per_page: number;
  next: number | null;
  pages: number;
}

function respond(
  { response }: Call,
  items: readonly unknown[],
  { page, per_page, next, pages }: Place,
): void {
  const link = (to: number, rel: string) =>
    `<http://gitlab.test/api/v4/list?page=${to}&per_page=${per_page}>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(next === null ? [] : [link(next, 'next')]),
    link(1, 'first'),
    link(pages, 'last'),
  ];
  response
    .writeHead(200, {
      'content-type': 'application/json',
      link: links.join(', '),
      'x-per-page': String(per_page),
      'x-page': String(page),
      'x-next-page': next === null ? '' : String(next),
      'x-prev-page': page > 1 ? String(page - 1) : '',
      'x-total': String(items.length),
      'x-total-pages': String(pages),
    })
    .end(JSON.stringify(items.slice((page - 1) * per_page, page * per_page)));
}
