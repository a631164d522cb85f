import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { Browser } from '../support/browser.ts';
import { bootServer, type TestServer } from '../support/server.ts';

const FIRST = 'a first password';
const SECOND = 'a second password';

const statusOf = async (browser: Browser) => (await browser.ask('GET', '/user')).status;

describe.each(databases)('a password on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await bootServer({ database });
  });

  async function addUser(username: string): Promise<number> {
    const body = { username, email: `${username}@example.org`, name: username, password: FIRST };
    const { status, body: user } = await server.api<{ id: number }>('POST', '/users', { body });
    expect(status).toBe(201);
    return user.id;
  }
  async function signedIn(login: string, password: string) {
    const browser = new Browser(server);
    expect((await browser.signIn(login, password)).status).toBe(201);
    return browser;
  }

  test('that somebody else gave is to be changed, by whoever knows it', async () => {
    await addUser('ann');
    const browser = await signedIn('ann', FIRST);
    expect((await browser.session()).must_change_password).toBe(true);
    const change = (current_password: string, password: string) =>
      browser.ask('PUT', '/user/password', { body: { current_password, password } });
    const wrong = await change('not it', SECOND);
    expect([wrong.status, wrong.body]).toEqual([400, { message: { current_password: ['is invalid'] } }]);
    expect((await browser.session()).must_change_password).toBe(true);
    for (const [password, problem] of [
      ['short', 'is too short (minimum is 8 characters)'],
      ['Password123', 'must not contain commonly used combinations of words and letters'],
      [FIRST, 'must differ from the current one'],
    ] as const) {
      const { status, body } = await change(FIRST, password);
      expect([status, body]).toEqual([400, { message: { password: [problem] } }]);
    }
    expect((await change(FIRST, SECOND)).status).toBe(204);
    expect((await browser.session()).must_change_password).toBe(false);
    expect((await new Browser(server).signIn('ann', FIRST)).status).toBe(401);
    expect((await signedIn('ann', SECOND)).csrfToken).not.toBeNull();
  });

  test('that changes ends all other sessions of its user, and nobody else’s', async () => {
    await addUser('bea');
    const [here, there, root] = [
      await signedIn('bea', FIRST),
      await signedIn('bea', FIRST),
      await signedIn('root', server.rootPassword),
    ];
    const body = { current_password: FIRST, password: SECOND };
    expect((await here.ask('PUT', '/user/password', { body })).status).toBe(204);
    expect(await Promise.all([here, there, root].map(statusOf))).toEqual([200, 401, 200]);
  });

  test('that an administrator gives ends every session, and is to be changed', async () => {
    const id = await addUser('cleo');
    const browser = await signedIn('cleo', FIRST);
    const root = await signedIn('root', server.rootPassword);
    expect((await root.ask('PUT', `/users/${id}`, { body: { name: 'Cleo' } })).status).toBe(200);
    expect(await statusOf(browser)).toBe(200);
    expect((await root.ask('PUT', `/users/${id}`, { body: { password: SECOND } })).status).toBe(200);
    expect(await Promise.all([browser, root].map(statusOf))).toEqual([401, 200]);
    const again = await signedIn('cleo', SECOND);
    expect((await again.session()).must_change_password).toBe(true);
  });

  test('that an administrator gives to themselves leaves them signed in where they do', async () => {
    const [here, there] = [
      await signedIn('root', server.rootPassword),
      await signedIn('root', server.rootPassword),
    ];
    const { user } = await here.session();
    const body = { password: server.rootPassword };
    expect((await here.ask('PUT', `/users/${user?.id}`, { body })).status).toBe(200);
    expect(await Promise.all([here, there].map(statusOf))).toEqual([200, 401]);
    expect((await here.session()).must_change_password).toBe(false);
  });

  test('of the first start is to be changed when it is random, and not when somebody chose it', async () => {
    expect((await (await signedIn('root', server.rootPassword)).session()).must_change_password).toBe(false);
    const fresh = await bootServer({ database, config: { root_password: null } });
    const password = readFileSync(join(fresh.data, 'root-password'), 'utf8').trim();
    const browser = new Browser(fresh);
    const { status, body } = await browser.signIn('root', password);
    expect([status, body.must_change_password]).toEqual([201, true]);
    const change = { current_password: password, password: SECOND };
    expect((await browser.ask('PUT', '/user/password', { body: change })).status).toBe(204);
    expect((await browser.session()).must_change_password).toBe(false);
  });
});
