import { once } from 'node:events';
import http from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { parseSetCookie } from 'cookie';
import type { ApiReply } from './api.ts';

interface Asked {
  /** Goes as JSON; a text goes as it is. */
  body?: object | string;
  /** Win over what a page of the server sends by itself; null leaves one out. */
  headers?: Record<string, string | null>;
}

/** Asks as a page of the server in a browser does: with its cookies, and the CSRF token that it was told last. */
export class Browser {
  readonly url: string;
  readonly cookies = new Map<string, string>();
  csrfToken: string | null = null;

  constructor({ url }: { url: string }) {
    this.url = url;
  }

  async ask<Body = unknown>(method: string, path: string, asked: Asked = {}): Promise<ApiReply<Body>> {
    const headers = new Headers({ 'sec-fetch-site': 'same-origin' });
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookies !== '') headers.set('cookie', cookies);
    if (method !== 'GET') {
      headers.set('origin', this.url);
      if (this.csrfToken !== null) headers.set('x-csrf-token', this.csrfToken);
    }
    if (typeof asked.body === 'object') headers.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(asked.headers ?? {}))
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    const address = path.startsWith('http') ? path : this.url + (isElsewhere(path) ? path : `/api/v4${path}`);
    const body = typeof asked.body === 'object' ? JSON.stringify(asked.body) : asked.body;
    const reply = await exchange(method, address, Object.fromEntries(headers), body);
    for (const line of reply.headers.getSetCookie()) this.#keep(line);
    const isJson = reply.headers.get('content-type')?.includes('json') && reply.text !== '';
    return { ...reply, body: (isJson ? JSON.parse(reply.text) : reply.text) as Body };
  }

  /** Signs in as the page does, and keeps what it is told. */
  async signIn(login: string, password: string): Promise<ApiReply<SessionState>> {
    const reply = await this.ask<SessionState>('POST', '/session', { body: { login, password } });
    if (reply.status === 201) this.csrfToken = reply.body.csrf_token;
    return reply;
  }

  /** What the page is told when it is opened. */
  async session(): Promise<SessionState> {
    return (await this.ask<SessionState>('GET', '/session')).body;
  }

  #keep(line: string): void {
    const { name, value, maxAge } = parseSetCookie(line);
    if (maxAge === 0) this.cookies.delete(name);
    else this.cookies.set(name, value ?? '');
  }
}

export interface SessionState {
  user: { id: number; username: string } | null;
  csrf_token: string | null;
  must_change_password: boolean;
  sign_in: { password: boolean; openid_connect: { label: string; url: string } | null };
}

/** Past `fetch`, which says itself where a request comes from. */
async function exchange(method: string, address: string, headers: Record<string, string>, body = '') {
  const request = http.request(address, { method, headers: { ...headers, connection: 'close' } });
  request.end(body);
  const [reply] = (await once(request, 'response')) as [http.IncomingMessage];
  const text = await textOf(reply);
  const lines = Object.entries(reply.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return { status: reply.statusCode ?? 0, headers: new Headers(lines), text };
}

const isElsewhere = (path: string) => /^\/(-|api|users\/auth)\//.test(path);
