import { describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { databases } from '../support/databases.ts';
import { addPerson, addToken } from '../support/people.ts';
import { bootServer } from '../support/server.ts';

interface Token {
  id: number;
  name: string;
  token: string;
  active: boolean;
  revoked: boolean;
  scopes: string[];
  user_id: number;
  expires_at: string | null;
  last_used_at: string | null;
}

const DAY = 24 * 3_600_000;
const day = (time: number) => new Date(time).toISOString().slice(0, 10);

describe.each(databases)('personal access tokens on %s', async (database) => {
  let now = Date.now();
  const server = await bootServer({ database, clock: () => now });
  const { api } = server;
  const self = async (token: string) => api<Token>('GET', '/personal_access_tokens/self', { token });

  test('a token is shown once, and knows itself', async () => {
    const ada = await addPerson(api, 'ada');
    const body = {
      name: 'deploy',
      scopes: ['api', 'read_user'],
      expires_at: '2099-12-31',
      description: 'to go live',
    };
    const made = await api<Token>('POST', `/users/${ada.id}/personal_access_tokens`, { body });
    expect(made.status).toBe(201);
    const { token, ...shown } = made.body;
    expect(token).toMatch(/^glpat-.{20,}$/);
    expect(shown).toEqual({
      id: expect.any(Number),
      name: 'deploy',
      revoked: false,
      created_at: expect.any(String),
      description: 'to go live',
      scopes: ['api', 'read_user'],
      user_id: ada.id,
      last_used_at: null,
      active: true,
      expires_at: '2099-12-31',
    });
    expect((await self(token)).body).toEqual(shown);
    expect((await api('GET', `/personal_access_tokens/${shown.id}`)).body).toMatchObject({ name: 'deploy' });
  });

  test.each([
    [{ name: 'x' }, 'scopes is missing'],
    [{ scopes: ['api'] }, 'name is missing'],
    [{ name: 'x', scopes: ['everything'] }, 'scopes does not have a valid value'],
    [{ name: 'x', scopes: ['api'], expires_at: '2026-02-31' }, 'expires_at is invalid'],
    [{ name: 'x', scopes: ['api'], expires_at: 'soon' }, 'expires_at is invalid'],
  ])('%j is refused', async (body, error) => {
    const { status, body: reply } = await api('POST', '/users/1/personal_access_tokens', { body });
    expect([status, reply]).toEqual([400, { error }]);
  });

  test('users make themselves tokens of small scope only', async () => {
    const ada = await addPerson(api, 'ada');
    const make = async (scopes: string[]) =>
      api<Token>('POST', '/user/personal_access_tokens', { token: ada.token, body: { name: 'own', scopes } });
    expect((await make(['k8s_proxy'])).body).toMatchObject({ user_id: ada.id, scopes: ['k8s_proxy'] });
    expect((await make(['api'])).status).toBe(400);
  });

  test('in person, with a session, users make themselves tokens for git and the API', async () => {
    const body = { username: 'eve', email: 'eve@example.org', name: 'Eve', password: 'a password of eve' };
    const { body: eve } = await api<{ id: number }>('POST', '/users', { body });
    const browser = new Browser(server);
    await browser.signIn('eve', body.password);
    const make = async (scopes: string[]) =>
      browser.ask<Token>('POST', '/user/personal_access_tokens', { body: { name: 'git', scopes } });
    const made = await make(['write_repository', 'api']);
    expect([made.status, made.body]).toMatchObject([
      201,
      { user_id: eve.id, scopes: ['write_repository', 'api'] },
    ]);
    expect((await self(made.body.token)).status).toBe(200);
    expect((await make(['sudo'])).status).toBe(400);
    const withToken = await api('POST', '/user/personal_access_tokens', {
      token: made.body.token,
      body: { name: 'more', scopes: ['api'] },
    });
    expect([withToken.status, withToken.body]).toEqual([
      400,
      { error: 'scopes does not have a valid value' },
    ]);
  });

  test('everybody sees and revokes their own tokens; others answer 401, administrators 404', async () => {
    const ada = await addPerson(api, 'ada');
    const bob = await addPerson(api, 'bob');
    const { body: mine } = await self(ada.token);
    const as = async (method: string, path: string, token: string) =>
      (await api(method, path, { token })).status;
    expect(await as('GET', `/personal_access_tokens/${mine.id}`, bob.token)).toBe(401);
    expect(await as('DELETE', `/personal_access_tokens/${mine.id}`, bob.token)).toBe(401);
    expect(await as('POST', `/personal_access_tokens/${mine.id}/rotate`, bob.token)).toBe(401);
    expect(await as('GET', '/personal_access_tokens/999999', bob.token)).toBe(401);
    expect((await api('GET', '/personal_access_tokens/999999')).body).toEqual({ message: '404 Not Found' });
    expect((await api('GET', `/personal_access_tokens?user_id=${ada.id}`, { token: bob.token })).status).toBe(
      401,
    );
    const other = await addToken(api, ada.id, ['read_user']);
    expect(await as('DELETE', `/personal_access_tokens/${(await self(other)).body.id}`, ada.token)).toBe(204);
    expect(await as('GET', '/user', other)).toBe(401);
    expect(await as('GET', `/personal_access_tokens/${mine.id}`, ada.token)).toBe(200);
  });

  test('a token of any scope may look at itself and end itself', async () => {
    const token = await addToken(api, 1, ['read_repository']);
    expect((await self(token)).status).toBe(200);
    expect((await api('GET', '/user', { token })).status).toBe(403);
    expect((await api('DELETE', '/personal_access_tokens/self', { token })).status).toBe(204);
    expect((await self(token)).body).toMatchObject({ error: 'invalid_token' });
  });

  test('the list filters by state, name and time', async () => {
    const ada = await addPerson(api, 'ada');
    await addToken(api, ada.id, ['read_api'], day(now + 10 * DAY));
    const dead = await addToken(api, ada.id, ['read_user']);
    await api('DELETE', '/personal_access_tokens/self', { token: dead });
    await addToken(api, ada.id, ['sudo'], day(now));
    const names = async (query: string) =>
      (await api<Token[]>('GET', `/personal_access_tokens?user_id=${ada.id}&${query}`)).body.map(
        ({ name }) => name,
      );
    expect(await names('')).toEqual(['api', 'read_api', 'read_user', 'sudo']);
    expect(await names('state=active')).toEqual(['api', 'read_api']);
    expect(await names('state=inactive')).toEqual(['read_user', 'sudo']);
    expect(await names('revoked=true')).toEqual(['read_user']);
    expect(await names('search=READ')).toEqual(['read_api', 'read_user']);
    expect(await names(`expires_after=${day(now + DAY)}`)).toEqual(['read_api']);
    expect(await names('sort=name_desc')).toEqual(['sudo', 'read_user', 'read_api', 'api']);
    expect(await names('created_after=2099-01-01')).toEqual([]);
    expect((await api('GET', '/personal_access_tokens?state=odd')).body).toEqual({
      error: 'state does not have a valid value',
    });
    expect((await api('GET', '/personal_access_tokens?created_after=odd')).status).toBe(400);
    expect((await api('GET', '/personal_access_tokens?user_id=999999')).status).toBe(404);
    const own = await api<Token[]>('GET', '/personal_access_tokens?per_page=100', { token: ada.token });
    expect(new Set(own.body.map(({ user_id }) => user_id))).toEqual(new Set([ada.id]));
  });

  test('rotation replaces a token for a week, or until the day given', async () => {
    const ada = await addPerson(api, 'ada');
    const rotated = await api<Token>('POST', '/personal_access_tokens/self/rotate', { token: ada.token });
    expect(rotated.status).toBe(200);
    expect(rotated.body).toMatchObject({
      name: 'api',
      scopes: ['api'],
      user_id: ada.id,
      expires_at: day(now + 7 * DAY),
    });
    expect((await api('GET', '/user', { token: ada.token })).body).toEqual({
      error: 'invalid_token',
      error_description: 'Token was revoked. You have to re-authorize from the user.',
    });
    const again = await api<Token>('POST', `/personal_access_tokens/${rotated.body.id}/rotate`, {
      body: { expires_at: '2099-01-01' },
    });
    expect(again.body.expires_at).toBe('2099-01-01');
    expect((await api('GET', '/user', { token: again.body.token })).status).toBe(200);
    expect((await api('POST', `/personal_access_tokens/${rotated.body.id}/rotate`)).body).toEqual({
      message: '400 Bad request - Token already revoked',
    });
  });

  test('self_rotate is enough to rotate oneself, and for nothing else', async () => {
    const token = await addToken(api, 1, ['self_rotate']);
    expect((await api('GET', '/user', { token })).status).toBe(403);
    const rotated = await api<Token>('POST', '/personal_access_tokens/self/rotate', { token });
    expect(rotated.status).toBe(200);
    expect(rotated.body.scopes).toEqual(['self_rotate']);
  });

  test('a rotated token that is used to rotate again ends the whole family', async () => {
    const ada = await addPerson(api, 'ada');
    const spare = await addToken(api, ada.id, ['api']);
    const second = await api<Token>('POST', '/personal_access_tokens/self/rotate', { token: ada.token });
    const third = await api<Token>('POST', '/personal_access_tokens/self/rotate', {
      token: second.body.token,
    });
    const works = async (token: string) => (await api('GET', '/user', { token })).status;
    await api('GET', '/user', { token: ada.token });
    expect(await works(third.body.token)).toBe(200);
    const stolen = await api('POST', '/personal_access_tokens/self/rotate', { token: ada.token });
    expect(stolen).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect(await works(third.body.token)).toBe(401);
    expect(await works(spare)).toBe(200);
  });

  test('of two rotations at once, one wins', async () => {
    const ada = await addPerson(api, 'ada');
    const { id } = (await self(ada.token)).body;
    const both = await Promise.all([1, 2].map(() => api('POST', `/personal_access_tokens/${id}/rotate`)));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400]);
  });

  test('the last use is noted, at most once a minute', async () => {
    const ada = await addPerson(api, 'ada');
    const { id } = (await self(ada.token)).body;
    const used = async () => (await api<Token>('GET', `/personal_access_tokens/${id}`)).body.last_used_at;
    const first = new Date(now).toISOString();
    await expect.poll(used).toBe(first);
    now += 59_000;
    await self(ada.token);
    now += 2_000;
    expect(await used()).toBe(first);
    await self(ada.token);
    await expect.poll(used).toBe(new Date(now).toISOString());
  });

  test('a token ends when the day of its expiry begins', async () => {
    const ada = await addPerson(api, 'ada');
    const before = now;
    const token = await addToken(api, ada.id, ['api'], day(now + DAY));
    expect((await api('GET', '/user', { token })).status).toBe(200);
    now = Date.parse(`${day(now + DAY)}T00:00:00Z`);
    expect((await api('GET', '/user', { token })).body).toMatchObject({ error: 'invalid_token' });
    now = before;
  });
});
