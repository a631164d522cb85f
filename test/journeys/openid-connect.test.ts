import { beforeAll, describe, expect, test } from 'vitest';
import type { OpenIdSettings } from '../../src/access/openid-settings.ts';
import { Browser } from '../support/browser.ts';
import { databases } from '../support/databases.ts';
import { type Known, TestProvider } from '../support/openid-provider.ts';
import { bootServer, type BootOptions, type TestServer } from '../support/server.ts';

const START = '/users/auth/openid_connect';
const CALLBACK = `${START}/callback`;
const PASSWORD = 'a password of that user';

async function bootWith(
  provider: TestProvider,
  settings: Partial<OpenIdSettings> = {},
  options: BootOptions = {},
): Promise<TestServer> {
  const { issuer, client_id, client_secret } = provider;
  const rules = { label: 'The company', create_users: true, link_users: true };
  const openid_connect = { issuer, client_id, client_secret, ...rules, ...settings };
  return bootServer({ ...options, config: { log_level: 'silent', ...options.config, openid_connect } });
}

/** What a person's browser does at the provider; the address it is sent back to. */
async function signInThere(location: string, sub: string): Promise<string> {
  const browser = new Browser({ url: new URL(location).origin });
  const plain = { origin: null, 'sec-fetch-site': null };
  let at = location;
  for (let step = 0; step < 10; step += 1) {
    if (new URL(at).pathname === CALLBACK) return at;
    const page = await browser.ask<string>('GET', at, { headers: plain });
    let next = page.headers.get('location');
    if (next === null) {
      const isLogin = page.body.includes('name="login"');
      const form: Record<string, string> = isLogin
        ? { prompt: 'login', login: sub, password: 'any' }
        : { prompt: 'consent' };
      const type = 'application/x-www-form-urlencoded';
      const body = String(new URLSearchParams(form));
      next = (
        await browser.ask('POST', at, { headers: { ...plain, 'content-type': type }, body })
      ).headers.get('location');
    }
    at = new URL(next ?? '', at).href;
  }
  throw new Error(`still at ${at}`);
}

/** Goes there; what the browser is to do next. */
async function leave(browser: Browser, query = ''): Promise<string> {
  const { status, headers } = await browser.ask('GET', START + query);
  expect(status).toBe(302);
  return headers.get('location') ?? '';
}
/** Comes back, by a link of another site; where it is sent on to. */
async function comeBack(browser: Browser, address: string): Promise<string> {
  const headers = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  const reply = await browser.ask('GET', address, { headers });
  expect([reply.status, reply.headers.get('cache-control')]).toEqual([302, 'no-store']);
  return reply.headers.get('location') ?? '';
}

describe.each(databases)('signing in by OpenID Connect on %s', (database) => {
  let provider: TestProvider;
  let server: TestServer;
  let ahead = 0;
  beforeAll(async () => {
    provider = await TestProvider.start();
    server = await bootWith(provider, {}, { database, clock: () => Date.now() + ahead });
  });

  async function signIn(sub: string, known: Known, query = '') {
    provider.people.set(sub, known);
    const browser = new Browser(server);
    const sentTo = await comeBack(browser, await signInThere(await leave(browser, query), sub));
    return { browser, sentTo, username: (await browser.session()).user?.username ?? null };
  }
  const failure = (error: string) => `${server.url}/users/sign_in?error=${error}`;
  async function addUser(username: string, admin = false) {
    const body = { username, email: `${username}@example.org`, name: username, password: PASSWORD, admin };
    const made = await server.api<{ id: number }>('POST', '/users', { body });
    expect(made.status).toBe(201);
    return made.body.id;
  }

  test('is told of where a provider is set, and waits for one that is away', async () => {
    const browser = new Browser(server);
    const { sign_in } = await browser.session();
    expect(sign_in).toEqual({
      password: true,
      openid_connect: { label: 'The company', url: `${server.url}${START}` },
    });
    expect(await leave(browser)).toBe(failure('openid_connect_unavailable'));
    provider.open([`${server.url}${CALLBACK}`]);
    expect(await leave(browser)).toMatch(provider.issuer);
    const without = await bootServer();
    const nobody = new Browser(without);
    expect((await nobody.session()).sign_in.openid_connect).toBeNull();
    for (const path of [START, CALLBACK]) expect((await nobody.ask('GET', path)).status).toBe(404);
  });

  test('makes a user of whoever the provider knows, who is the same at the next time', async () => {
    const known = {
      email: 'Grace@example.org',
      email_verified: true,
      preferred_username: 'Grace.H',
      name: 'Grace Hopper',
    };
    const first = await signIn('grace-1', known, '?redirect_to=/group/project/-/jobs/42%23L7');
    expect(first).toMatchObject({ username: 'grace.h', sentTo: `${server.url}/group/project/-/jobs/42#L7` });
    expect([...first.browser.cookies.keys()]).toEqual(['jobyard_session']);
    const { body } = await first.browser.ask('GET', '/user');
    expect(body).toMatchObject({
      email: 'Grace@example.org',
      name: 'Grace Hopper',
      is_admin: false,
      identities: [{ provider: 'openid_connect', extern_uid: 'grace-1' }],
    });
    expect((await first.browser.session()).must_change_password).toBe(false);
    const again = await signIn('grace-1', { email: 'elsewhere@example.org', preferred_username: 'other' });
    expect(again).toMatchObject({ username: 'grace.h', sentTo: `${server.url}/` });
    const namesake = await signIn('grace-2', { email: 'g2@example.org', preferred_username: 'grace.h' });
    expect(namesake.username).toBe('grace.h1');
    const reserved = await signIn('admin-1', { email: 'admin@corp.example.org' });
    expect(reserved.username).toBe('user');
  });

  test.each([
    ['whom nobody knows', 'new', false],
    ['whose address somebody has', 'old', true],
  ])('makes one user of a person %s and who comes from several browsers at once', async (_, kind, isUser) => {
    // Each is one more try at what may happen between the statements of another.
    for (let person = 1; person <= 10; person++) {
      const name = `${kind}${person}`;
      if (isUser) await addUser(name);
      const known = { email: `${name}@example.org`, email_verified: true, preferred_username: name };
      provider.people.set(name, known);
      const browsers = [new Browser(server), new Browser(server), new Browser(server)];
      const addresses: string[] = [];
      for (const browser of browsers) addresses.push(await signInThere(await leave(browser), name));
      await Promise.all(browsers.map((browser, index) => comeBack(browser, addresses[index] ?? '')));
      const users = await Promise.all(
        browsers.map(async (browser) => (await browser.session()).user?.username),
      );
      expect(users).toEqual([name, name, name]);
    }
  });

  test('knows a user by an address that the provider has verified', async () => {
    await addUser('linus');
    const linked = await signIn('linus-1', { email: 'LINUS@example.org', email_verified: true });
    expect(linked.username).toBe('linus');
    // Whoever had that address before is not the same.
    const other = await signIn('linus-2', { email: 'linus@example.org', email_verified: true });
    expect([other.username, other.sentTo]).toEqual([null, failure('email_taken')]);
  });

  test.each([
    ['that is not verified', 'of-bea', { email_verified: false }, false],
    ['of which it does not say so', 'of-cleo', {}, false],
    ['of an administrator', 'of-dora', { email_verified: true }, true],
  ])('knows nobody by an address %s', async (_, username, verified, admin) => {
    await addUser(username, admin);
    const refused = await signIn(`${username}-1`, { email: `${username}@example.org`, ...verified });
    expect([refused.username, refused.sentTo]).toEqual([null, failure('email_taken')]);
    expect(refused.browser.cookies.size).toBe(0);
  });

  test('lets in an administrator whom another one has linked, until that is undone', async () => {
    const id = await addUser('edsger', true);
    const link = { provider: 'openid_connect', extern_uid: 'edsger-1' };
    const linked = await server.api<{ identities: object[] }>('PUT', `/users/${id}`, { body: link });
    expect([linked.status, linked.body.identities]).toEqual([200, [link]]);
    expect((await signIn('edsger-1', {})).username).toBe('edsger');
    expect((await server.api('DELETE', `/users/${id}/identities/openid_connect`)).status).toBe(204);
    expect((await server.api('DELETE', `/users/${id}/identities/openid_connect`)).status).toBe(404);
    expect((await signIn('edsger-1', {})).sentTo).toBe(failure('email_missing'));
  });

  test('lets in nobody who is blocked, nor whose address the provider denies', async () => {
    const first = await signIn('fay-1', { email: 'fay@example.org' });
    expect(first.username).toBe('fay');
    const { user } = await first.browser.session();
    await server.api('POST', `/users/${user?.id}/block`);
    expect((await signIn('fay-1', {})).sentTo).toBe(failure('account_blocked'));
    const unverified = await signIn('gus-1', { email: 'gus@example.org', email_verified: false });
    expect(unverified.sentTo).toBe(failure('email_unverified'));
  });

  test.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/%09/evil.example'])(
    'leads nobody to %s',
    async (redirect_to) => {
      const { sentTo, username } = await signIn(
        'grace-1',
        {},
        `?redirect_to=${encodeURIComponent(redirect_to)}`,
      );
      expect([username, new URL(sentTo).origin]).toEqual(['grace.h', server.url]);
    },
  );

  test('takes nobody for the one who began in another browser', async () => {
    const mine = new Browser(server);
    const theirs = new Browser(server);
    provider.people.set('mallory-1', { email: 'mallory@example.org' });
    const address = await signInThere(await leave(theirs), 'mallory-1');
    expect(await comeBack(mine, address)).toBe(failure('openid_connect_expired'));
    await leave(mine);
    expect(await comeBack(mine, address)).toBe(failure('openid_connect_failed'));
    expect((await mine.session()).user).toBeNull();
    // What it keeps is nothing that others could make, or change.
    const [name = '', kept = ''] = [...theirs.cookies][0] ?? [];
    expect(kept).not.toContain(new URL(address).searchParams.get('state'));
    theirs.cookies.set(name, `${kept.slice(0, -4)}AAAA`);
    expect(await comeBack(theirs, address)).toBe(failure('openid_connect_expired'));
    const altered = new URL(address);
    altered.searchParams.set('state', 'another');
    theirs.cookies.set(name, kept);
    expect(await comeBack(theirs, altered.href)).toBe(failure('openid_connect_failed'));
    theirs.cookies.set(name, kept);
    expect(await comeBack(theirs, address)).toBe(`${server.url}/`);
    theirs.cookies.set(name, kept);
    expect(await comeBack(theirs, address)).toBe(failure('openid_connect_failed'));
  });

  test('takes ten minutes at most', async () => {
    const browser = new Browser(server);
    const address = await signInThere(await leave(browser), 'grace-1');
    ahead = 11 * 60_000;
    const sentTo = await comeBack(browser, address);
    ahead = 0;
    expect(sentTo).toBe(failure('openid_connect_expired'));
  });

  test('tells whom the provider has refused', async () => {
    const browser = new Browser(server);
    const state = new URL(await leave(browser)).searchParams.get('state');
    const address = `${server.url}${CALLBACK}?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`;
    expect(await comeBack(browser, address)).toBe(failure('openid_connect_denied'));
  });

  test('asks for proof of who began', async () => {
    const asked = new URL(await leave(new Browser(server))).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid profile email',
      redirect_uri: `${server.url}${CALLBACK}`,
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{40,}$/);
  });

  test('makes and links nobody where that is switched off', async () => {
    const closed = await TestProvider.start();
    const strict = await bootWith(closed, { create_users: false, link_users: false }, { database });
    closed.open([`${strict.url}${CALLBACK}`]);
    const body = { username: 'hal', email: 'hal@example.org', name: 'Hal', password: PASSWORD };
    await strict.api('POST', '/users', { body });
    for (const [sub, email, error] of [
      ['hal-1', 'hal@example.org', 'email_taken'],
      ['ivy-1', 'ivy@example.org', 'no_account'],
    ] as const) {
      closed.people.set(sub, { email, email_verified: true });
      const browser = new Browser(strict);
      const { headers } = await browser.ask('GET', START);
      const address = await signInThere(headers.get('location') ?? '', sub);
      const back = await browser.ask('GET', address);
      expect(back.headers.get('location')).toBe(`${strict.url}/users/sign_in?error=${error}`);
    }
  });
});
