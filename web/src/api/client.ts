import createClient, { type Middleware } from 'openapi-fetch';
import { ApiProblem, problemOf } from './problem.ts';
import type { paths } from './schema.ts';

/** What the session told last; a request that changes something has to repeat it. */
let csrfToken: string | null = null;
export function keepCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** What a request that changes something has to carry. */
const csrfHeaders = (): Record<string, string> => (csrfToken === null ? {} : { 'X-CSRF-Token': csrfToken });

let unauthorized = () => {};
/** What is done when the server does not know any more who asks: the session has ended. */
export function whenUnauthorized(act: () => void): void {
  unauthorized = act;
}

/** Somebody whose session had ended may have signed in again, in another tab. */
async function fetchCsrfToken(): Promise<void> {
  const reply = await fetch(SESSION).catch(() => null);
  if (reply?.ok) keepCsrfToken(((await reply.json()) as { csrf_token: string | null }).csrf_token);
}
const SESSION = '/api/v4/session';

const throwProblems: Middleware = {
  async onRequest({ request, schemaPath }) {
    if (request.method === 'GET') return;
    if (csrfToken === null && schemaPath !== SESSION) await fetchCsrfToken();
    for (const [name, value] of Object.entries(csrfHeaders())) request.headers.set(name, value);
  },
  async onResponse({ response }) {
    if (response.status === 401) unauthorized();
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    return new ApiProblem(0, 'The server cannot be reached.');
  },
};

const client = createClient<paths>({
  baseUrl: '',
  credentials: 'same-origin',
  // GitLab's lists are `scope[]=a&scope[]=b`, with the brackets in the name.
  querySerializer: { array: { style: 'form', explode: true } },
});
client.use(throwProblems);

/**
 * The API, typed by openapi.json: `await api.GET('/api/v4/projects/{id}', { params: { path: { id } } })`.
 * A refusal is thrown as ApiProblem, so `data` is there whenever a call returns; see `dataOf`.
 */
export const api = client;

/** The body of a reply that did not throw. */
export async function dataOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

/** A page of a list, and whether there is another behind it. */
export interface Page<T> {
  items: T[];
  page: number;
  next: number | null;
  /** Null where the server does not count. */
  total: number | null;
}

export async function pageOf<T>(call: Promise<{ data?: T[]; response: Response }>): Promise<Page<T>> {
  const { data = [], response } = await call;
  const number = (name: string) => {
    const value = response.headers.get(name);
    return value === null || value === '' ? null : Number(value);
  };
  return { items: data, page: number('x-page') ?? 1, next: number('x-next-page'), total: number('x-total') };
}

/** What stands on all pages of a list, in its order. */
export async function allPages<T>(pageAt: (page: number) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let page: number | null = 1; page !== null;) {
    const found: Page<T> = await pageAt(page);
    items.push(...found.items);
    page = found.next;
  }
  return items;
}
