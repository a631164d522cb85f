import { beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { bootServer, type TestServer } from '../support/server.ts';

type Headers = Record<string, string | null>;

/** What browsers say of a request that another page makes. */
const FROM_ELSEWHERE: Record<string, Headers> = {
  'another site': { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  'another site, in an old browser': { 'sec-fetch-site': null, origin: 'https://evil.example' },
  'another port of this machine': { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
  'a page without an origin': { 'sec-fetch-site': 'cross-site', origin: 'null' },
  'a page without an origin, in an old browser': { 'sec-fetch-site': null, origin: 'null' },
};
const elsewhere = Object.entries(FROM_ELSEWHERE);

describe('what a browser is made to send', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await bootServer();
    browser = new Browser(server);
    await browser.signIn('root', server.rootPassword);
  });
  const change = (headers: Headers = {}) =>
    browser.ask('PUT', '/application/settings', { body: { allow_runner_registration_token: true }, headers });

  test('changes something with the CSRF token of its session, and nothing without', async () => {
    expect((await change()).status).toBe(200);
    const without = await change({ 'x-csrf-token': null });
    expect([without.status, without.body]).toEqual([401, { message: '401 Unauthorized' }]);
    const other = new Browser(server);
    await other.signIn('root', server.rootPassword);
    for (const wrong of ['', 'wrong', other.csrfToken, `${browser.csrfToken}x`])
      expect((await change({ 'x-csrf-token': wrong })).status).toBe(401);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const path = {
        POST: '/projects',
        PUT: '/user/password',
        PATCH: '/projects/1/job_token_scope',
        DELETE: '/session',
      };
      const asked = await browser.ask(method, path[method as keyof typeof path], {
        headers: { 'x-csrf-token': null },
      });
      expect([method, asked.status]).toEqual([method, 401]);
    }
    expect((await browser.ask('GET', '/user', { headers: { 'x-csrf-token': null } })).status).toBe(200);
  });

  test('needs no more than that from a client that is no browser', async () => {
    expect((await change({ origin: null, 'sec-fetch-site': null })).status).toBe(200);
    const token = { 'private-token': server.rootToken, 'x-csrf-token': null, cookie: null };
    expect((await change({ ...token, origin: 'https://elsewhere.example' })).status).toBe(200);
  });

  test.each(elsewhere)('by %s changes nothing, whatever token it has', async (_, headers) => {
    expect((await change(headers)).status).toBe(401);
  });

  test.each(elsewhere)('by %s is answered as to nobody', async (_, headers) => {
    for (const path of ['/user', '/projects']) {
      // Pictures and scripts are asked for without a word of the origin.
      const origin = headers['sec-fetch-site'] === null ? (headers.origin ?? null) : null;
      const { status, body } = await browser.ask('GET', path, {
        headers: { ...headers, origin, 'sec-fetch-mode': 'no-cors' },
      });
      expect([status, body]).toEqual(path === '/user' ? [401, { message: '401 Unauthorized' }] : [200, []]);
    }
  });

  test('by a link is answered as to whoever follows it', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const follow = (dest: string) =>
      browser.ask('GET', '/user', { headers: { ...link, 'sec-fetch-dest': dest } });
    expect((await follow('document')).status).toBe(200);
    for (const dest of ['iframe', 'embed', 'object', 'image', 'script'])
      expect((await follow(dest)).status).toBe(401);
    const posted = { ...link, 'sec-fetch-dest': 'document' };
    expect((await change(posted)).status).toBe(401);
  });

  test.each(elsewhere)('by %s signs nobody in', async (_, headers) => {
    const stranger = new Browser(server);
    const body = { login: 'root', password: server.rootPassword };
    const reply = await stranger.ask('POST', '/session', { body, headers });
    expect([reply.status, reply.headers.getSetCookie()]).toEqual([403, []]);
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', null])(
    'as %s signs nobody in',
    async (type) => {
      const stranger = new Browser(server);
      const login = new URLSearchParams({ login: 'root', password: server.rootPassword });
      const headers = { 'content-type': type, origin: null, 'sec-fetch-site': null };
      for (const [path, body] of [
        ['/session', String(login)],
        [`/session?${login}`, ''],
      ] as const) {
        const reply = await stranger.ask('POST', path, { headers, body });
        expect([400, 415]).toContain(reply.status);
        expect(reply.headers.getSetCookie()).toEqual([]);
      }
    },
  );
});
