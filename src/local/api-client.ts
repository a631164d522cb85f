import { StartError } from '../errors.ts';

/** What a server answers that says no. */
export class ApiRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Calls a server's REST API with a token. */
export class ApiClient {
  readonly url: string;
  readonly #token: string;
  readonly #signal: AbortSignal | null;

  /** `signal`: aborted, nothing is waited for any more. */
  constructor(url: string, token: string, signal: AbortSignal | null = null) {
    this.url = url;
    this.#token = token;
    this.#signal = signal;
  }

  /** @throws ApiRefusal; TypeError when the server cannot be reached */
  async get<T>(path: string): Promise<T> {
    return (await (await this.request('GET', path)).json()) as T;
  }

  /** All pages of a list. @throws as `get` */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let page = '1'; page !== '';) {
      const reply = await this.request(
        'GET',
        `${path}${path.includes('?') ? '&' : '?'}per_page=100&page=${page}`,
      );
      items.push(...((await reply.json()) as T[]));
      page = reply.headers.get('x-next-page') ?? '';
    }
    return items;
  }

  /** @throws as `get` */
  async post<T>(path: string, body: object = {}): Promise<T> {
    return (await (await this.request('POST', path, { body })).json()) as T;
  }

  /** @throws as `get` */
  async put<T>(path: string, body: object): Promise<T> {
    return (await (await this.request('PUT', path, { body })).json()) as T;
  }

  /** The reply as it is, its body unread. @throws as `get` */
  async request(
    method: string,
    path: string,
    { body, headers }: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const reply = await fetch(`${this.url}/api/v4${path}`, {
      method,
      // The token is for this server alone.
      redirect: 'error',
      signal: this.#signal,
      headers: {
        ...(this.#token && { 'PRIVATE-TOKEN': this.#token }),
        ...headers,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (reply.ok) return reply;
    throw new ApiRefusal(reply.status, await messageOf(reply));
  }
}

/**
 * What `work` answers that asks this server.
 * @throws StartError when it cannot be reached, or answers what is no answer to it
 */
export async function orUnreachable<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiRefusal) throw new StartError(`${url} answers ${error.status}: ${error.message}`);
    if (error instanceof TypeError && error.cause instanceof Error)
      throw new StartError(`${url} cannot be reached: ${error.cause.message}`);
    throw error;
  }
}

/** Of a path, as one part of another. */
export const asPart = (path: string | number) => encodeURIComponent(path);

async function messageOf(reply: Response): Promise<string> {
  const text = await reply.text();
  try {
    const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
    const said = message ?? error;
    return typeof said === 'string' ? said : JSON.stringify(said ?? text);
  } catch {
    return text.slice(0, 200) || `${reply.status} ${reply.statusText}`;
  }
}
