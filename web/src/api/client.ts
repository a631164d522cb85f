import createClient, { type Middleware } from 'openapi-fetch';
import { ApiProblem, problemOf } from './problem.ts';
import type { paths } from './schema.ts';

/** What a reply tells of who is signed in with this browser. */
interface Session {
  user: { id: number; username: string } | null;
  csrf_token: string | null;
}

/** Whose page this is: the first who was signed in since the page was loaded, or who has signed in on it. */
let person: number | null = null;
/** A request that changes something has to repeat it; null: the page has none of its person's. */
let csrfToken: string | null = null;

/**
 * Keeps what the session of this browser is now. That of another person than the page is of has come from another tab:
 * what was typed or pressed here must never be sent in their name.
 */
export function keepSession({ user, csrf_token }: Session): void {
  person ??= user?.id ?? null;
  csrfToken = user === null || user.id === person ? csrf_token : null;
}

/** The same where somebody has signed in on this page. */
export function beginSession(session: Session): void {
  person = null;
  keepSession(session);
}

/** What a request that changes something has to carry. */
const csrfHeaders = (): Record<string, string> => (csrfToken === null ? {} : { 'X-CSRF-Token': csrfToken });

let sessionChanged = () => {};
/** What is done when the server knows somebody else now than it did, or nobody: the session has ended. */
export function whenSessionChanged(act: () => void): void {
  sessionChanged = act;
}

/**
 * Somebody whose session had ended may have signed in again, in another tab.
 * @throws ApiProblem when it was somebody else
 */
async function fetchSession(): Promise<void> {
  const reply = await fetch(SESSION).catch(() => null);
  if (!reply?.ok) return;
  const session = (await reply.json()) as Session;
  keepSession(session);
  if (session.user === null) return;
  sessionChanged();
  if (session.user.id !== person)
    throw new ApiProblem(
      401,
      `@${session.user.username} is signed in now, in another tab: reload the page to go on in that name.`,
    );
}
const SESSION = '/api/v4/session';
const UNAUTHORIZED = '401 Unauthorized';
const SESSION_ENDED = 'Your session has ended: sign in again in another tab, then try once more.';

const throwProblems: Middleware = {
  async onRequest({ request, schemaPath }) {
    if (request.method === 'GET') return;
    if (csrfToken === null && schemaPath !== SESSION) await fetchSession();
    for (const [name, value] of Object.entries(csrfHeaders())) request.headers.set(name, value);
  },
  async onResponse({ request, response, schemaPath }) {
    if (response.status === 401) sessionChanged();
    if (response.ok) return;
    const problem = await problemOf(response);
    const isKnown = person !== null && request.method !== 'GET' && schemaPath !== SESSION;
    throw isKnown && problem.message === UNAUTHORIZED ? new ApiProblem(401, SESSION_ENDED) : problem;
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
