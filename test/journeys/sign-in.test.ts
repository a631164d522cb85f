import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { Browser } from '../support/browser.ts';
import { rowsOf } from '../support/rows.ts';
import { bootServer, type TestServer } from '../support/server.ts';

const DAY = 24 * 3_600_000;
const PASSWORD = 'a password of ada';

describe.each(databases)('signing in on %s', (database) => {
  let ahead = 0;
  let server: TestServer;
  let ada: { id: number; username: string; email: string };
  beforeAll(async () => {
    server = await bootServer({ database, clock: () => Date.now() + ahead });
    ada = await addUser('Ada');
  });

  async function addUser(username: string) {
    const body = { username, email: `${username}@Example.org`, name: username, password: PASSWORD };
    return (await server.api<typeof ada>('POST', '/users', { body })).body;
  }
  async function signedIn(login = 'ada') {
    const browser = new Browser(server);
    expect((await browser.signIn(login, PASSWORD)).status).toBe(201);
    return browser;
  }

  test('begins a session that a cookie holds which no script reads', async () => {
    const browser = new Browser(server);
    const reply = await browser.signIn('ADA', PASSWORD);
    expect([reply.status, reply.body.user]).toMatchObject([
      201,
      { id: ada.id, username: 'Ada', email: ada.email },
    ]);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const [cookie = '', ...more] = reply.headers.getSetCookie();
    expect(more).toEqual([]);
    const [pair, ...attributes] = cookie.split('; ');
    expect(pair).toMatch(/^jobyard_session=[\w-]{27}$/);
    expect(attributes.toSorted()).toEqual(['HttpOnly', `Max-Age=${30 * 86_400}`, 'Path=/', 'SameSite=Lax']);

    expect((await browser.ask('GET', '/user')).body).toMatchObject({ username: 'Ada' });
    expect(await browser.session()).toEqual(reply.body);
    expect(reply.body.csrf_token).not.toBe(browser.cookies.get('jobyard_session'));
  });

  test('takes the address as well as the username', async () => {
    expect(await (await signedIn('ADA@example.ORG')).session()).toMatchObject({ user: { username: 'Ada' } });
  });

  test('stores no token', async () => {
    const browser = await signedIn();
    const rows = await rowsOf(server);
    const stored = JSON.stringify(await rows.selectFrom('sessions').selectAll().execute());
    expect(stored).toContain('token_digest');
    for (const secret of [...browser.cookies.values(), browser.csrfToken])
      expect(stored).not.toContain(secret);
  });

  test('sends the cookie over TLS alone where users come by TLS', async () => {
    const before = await bootServer();
    await before.close();
    const { url: local, data } = before;
    const config = { url: 'https://ci.example.org', port: Number(new URL(local).port), data };
    const secure = await bootServer({ config });
    const login = { login: 'root', password: secure.rootPassword };
    const ask = (origin: string | null, host: string) =>
      new Browser({ url: local }).ask('POST', '/session', { body: login, headers: { origin, host } });
    const reply = await ask('https://ci.example.org', 'ci.example.org');
    expect([reply.status, reply.headers.get('set-cookie')]).toEqual([
      201,
      expect.stringContaining('; Secure'),
    ]);
    expect((await ask('http://ci.example.org', 'ci.example.org')).status).toBe(403);
  });

  test('tells a browser without a session how one can sign in', async () => {
    const browser = new Browser(server);
    const anonymous = {
      user: null,
      csrf_token: null,
      must_change_password: false,
      sign_in: { password: true, openid_connect: null },
    };
    expect(await browser.session()).toEqual(anonymous);
    browser.cookies.set('jobyard_session', 'of-somebody-else');
    expect(await browser.session()).toEqual(anonymous);
    expect((await browser.ask('GET', '/user')).status).toBe(401);
  });

  test('refuses a wrong password as it does an unknown user', async () => {
    const browser = new Browser(server);
    const wrong = await browser.signIn('ada', 'another password');
    const unknown = await browser.signIn('nobody-of-that-name', PASSWORD);
    expect([wrong.status, wrong.body]).toEqual([401, { message: 'Invalid login or password.' }]);
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
    expect(browser.cookies.size).toBe(0);
    const { status, body } = await browser.ask('POST', '/session', { body: {} });
    expect([status, body]).toEqual([400, { error: 'login is missing, password is missing' }]);
  });

  test('ends with signing out', async () => {
    const browser = await signedIn();
    const stolen = browser.cookies.get('jobyard_session') ?? '';
    expect((await browser.ask('DELETE', '/session')).status).toBe(204);
    expect(browser.cookies.size).toBe(0);
    browser.cookies.set('jobyard_session', stolen);
    expect((await browser.ask('GET', '/user')).status).toBe(401);
    expect((await browser.ask('DELETE', '/session')).status).toBe(401);
  });

  test('replaces the session that the browser had', async () => {
    const browser = await signedIn();
    const old = new Browser(server);
    old.cookies.set('jobyard_session', browser.cookies.get('jobyard_session') ?? '');
    expect((await browser.signIn('ada', PASSWORD)).status).toBe(201);
    expect((await old.ask('GET', '/user')).status).toBe(401);
    expect((await browser.ask('GET', '/user')).status).toBe(200);
  });

  test('lasts for as long as it is used, but not for ever', async () => {
    const browser = await signedIn();
    const statusAfter = async (ms: number) => {
      ahead += ms;
      return (await browser.ask('GET', '/user')).status;
    };
    try {
      const rows = await rowsOf(server);
      // The note of a use comes after the reply, and one that fails is made by the next request.
      const isNoted = async () => {
        await browser.ask('GET', '/user');
        const { last_used_at } = await rows
          .selectFrom('sessions')
          .select('last_used_at')
          .where('user_id', '=', ada.id)
          .orderBy('id', 'desc')
          .executeTakeFirstOrThrow();
        return Date.now() + ahead - last_used_at < DAY;
      };
      for (let week = 0; week < 4; week += 1) {
        expect(await statusAfter(7 * DAY - 60_000)).toBe(200);
        await expect.poll(isNoted).toBe(true);
      }
      expect(await statusAfter(2 * DAY)).toBe(200);
      expect(await statusAfter(DAY)).toBe(401);
      const idle = await signedIn();
      ahead += 7 * DAY;
      expect((await idle.ask('GET', '/user')).status).toBe(401);
    } finally {
      ahead = 0;
    }
  });

  test('gives way to a token', async () => {
    const browser = await signedIn();
    const whoWith = async (headers: Record<string, string>) =>
      (await browser.ask<{ username?: string }>('GET', '/user', { headers })).body.username;
    expect(await whoWith({})).toBe('Ada');
    expect(await whoWith({ 'private-token': server.rootToken })).toBe('root');
    expect(
      (await browser.ask('GET', '/user', { headers: { 'private-token': 'glpat-unknown' } })).status,
    ).toBe(401);
    // A job token is a credential too, if none that counts here.
    expect((await browser.ask('GET', '/user', { headers: { 'job-token': 'glcbt-unknown' } })).status).toBe(
      401,
    );
    expect((await browser.ask('GET', '/user', { headers: { sudo: 'root' } })).status).toBe(401);
  });

  test('may do all that the user may, and nothing of git’s', async () => {
    const browser = await signedIn();
    const made = await browser.ask<{ id: number }>('POST', '/projects', { body: { name: 'of-ada' } });
    expect(made.status).toBe(201);
    expect((await browser.ask('GET', `/projects/${made.body.id}/variables`)).status).toBe(200);
    expect((await browser.ask('GET', '/application/settings')).status).toBe(403);
    expect((await browser.ask('GET', '/personal_access_tokens/self')).status).toBe(400);
    const git = `${server.url}/Ada/of-ada.git/info/refs?service=git-upload-pack`;
    expect((await browser.ask('GET', git)).status).toBe(401);
  });

  test.each([
    ['block', 'Your account has been blocked.'],
    ['deactivate', 'Your account has been deactivated by your administrator.'],
  ])('is over for good once an administrator says %s', async (verb, why) => {
    const user = await addUser(`to-${verb}`);
    const browser = await signedIn(user.username);
    await server.api('POST', `/users/${user.id}/${verb}`);
    expect((await browser.ask('GET', '/user')).status).toBe(401);
    const refused = await new Browser(server).signIn(user.username, PASSWORD);
    expect([refused.status, refused.body]).toEqual([403, { message: `403 Forbidden - ${why}` }]);
    await server.api('POST', `/users/${user.id}/${verb === 'block' ? 'unblock' : 'activate'}`);
    expect((await browser.ask('GET', '/user')).status).toBe(401);
    expect((await new Browser(server).signIn(user.username, PASSWORD)).status).toBe(201);
  });

  test('is over with the user', async () => {
    const user = await addUser('to-delete');
    const browser = await signedIn(user.username);
    expect((await server.api('DELETE', `/users/${user.id}`)).status).toBe(204);
    expect((await browser.ask('GET', '/user')).status).toBe(401);
  });

  test('leaves nothing behind when it has ended', async () => {
    const now = Date.now() + ahead;
    const rows = await rowsOf(server);
    const ended = { user_id: ada.id, created_at: now, last_used_at: now, expires_at: now - 1 };
    const unused = { user_id: ada.id, created_at: now, last_used_at: now - 7 * DAY, expires_at: now + DAY };
    await rows
      .insertInto('sessions')
      .values({ ...ended, token_digest: 'ended' })
      .execute();
    await rows
      .insertInto('sessions')
      .values({ ...unused, token_digest: 'unused' })
      .execute();
    const goesOn = await signedIn();
    const { database_url, data } = server.config;
    await server.close();
    const later = await bootServer({
      database,
      clock: () => now + 2 * 3_600_000,
      config: { data, database_url },
    });
    const after = await rowsOf(later);
    const digests = async () => {
      const left = await after.selectFrom('sessions').select('token_digest').execute();
      return left.map(({ token_digest }) => token_digest);
    };
    await expect.poll(digests).not.toEqual(expect.arrayContaining(['ended']));
    expect(await digests()).not.toContain('unused');
    const browser = new Browser(later);
    browser.cookies.set('jobyard_session', goesOn.cookies.get('jobyard_session') ?? '');
    expect((await browser.ask('GET', '/user')).status).toBe(200);
  });
});
