import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { bootServer } from '../support/server.ts';

interface User {
  id: number;
  username: string;
  name: string;
  state: string;
  email?: string;
  is_admin?: boolean;
  namespace_id?: number;
  bio?: string;
}
interface Token {
  id: number;
  token: string;
}

describe.each(databases)('people on %s', async (database) => {
  const { api } = await bootServer({ database });
  let made = 0;
  const fresh = (start: string) => `${start}-${++made}`;
  const add = async (fields: object = {}) => {
    const username = fresh('person');
    const given = { username, email: `${username}@example.org`, name: `The ${username}`, ...fields };
    return api<User>('POST', '/users', { body: { password: 'long enough', ...given } });
  };
  const tokenOf = async (user: User, scopes = ['api']) => {
    const body = { name: 'work', scopes };
    return (await api<Token>('POST', `/users/${user.id}/personal_access_tokens`, { body })).body.token;
  };

  test('an administrator makes a user, who has a namespace of the same name', async () => {
    const { status, body } = await add({
      username: 'ada',
      name: 'Ada Lovelace',
      bio: 'counts',
      admin: false,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ username: 'ada', state: 'active', is_admin: false, bio: 'counts' });
    const namespace = await api('GET', `/namespaces/${body.namespace_id}`);
    expect(namespace.body).toMatchObject({ kind: 'user', path: 'ada', name: 'Ada Lovelace' });
    expect((await api<User>('GET', '/user', { token: await tokenOf(body) })).body.id).toBe(body.id);
  });

  test('the first user is root, an administrator', async () => {
    const { body } = await api<User>('GET', '/user');
    expect(body).toMatchObject({ id: 1, username: 'root', is_admin: true, name: 'Administrator' });
  });

  test('addresses and usernames are taken once, whatever the case, also by groups', async () => {
    const { body } = await add();
    const username = body.username.toUpperCase();
    expect(await add({ username })).toMatchObject({
      status: 409,
      body: { message: 'Username has already been taken' },
    });
    expect(await add({ email: `${username}@EXAMPLE.org` })).toMatchObject({
      status: 409,
      body: { message: 'Email has already been taken' },
    });
    const group = fresh('crew');
    await api('POST', '/groups', { body: { name: group, path: group } });
    expect(await add({ username: group })).toMatchObject({
      status: 400,
      body: { message: { username: ['has already been taken'] } },
    });
  });

  test('of two that take a username at once, one is told', async () => {
    const username = fresh('twin');
    const both = await Promise.all(
      [1, 2].map((each) => add({ username, email: `${username}${each}@example.org` })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  test.each([
    [{ username: '-x' }, { username: [expect.stringContaining("Cannot start with '-'")] }],
    [{ username: 'a.git' }, { username: [expect.stringContaining("'.git'")] }],
    [{ username: 'API' }, { username: ['API is a reserved name'] }],
    [{ username: 'x' }, { username: ['is too short (minimum is 2 characters)'] }],
    [{ username: 'a/b' }, { username: [expect.stringContaining('can contain only')] }],
    [{ email: 'nobody' }, { email: ['is invalid'] }],
    [{ password: 'short' }, { password: ['is too short (minimum is 8 characters)'] }],
  ])('%j is refused by field', async (fields, message) => {
    expect(await add(fields)).toMatchObject({ status: 400, body: { message } });
  });

  test('what is missing is named', async () => {
    expect((await api('POST', '/users', { body: {} })).body).toEqual({
      error: 'email is missing, name is missing, username is missing',
    });
    const body = { email: 'q@example.org', name: 'Q', username: 'qqq' };
    expect((await api('POST', '/users', { body })).body).toEqual({
      error:
        'password, reset_password, force_random_password are missing, at least one parameter must be provided',
    });
  });

  test('an account without a password of its own opens by its tokens alone', async () => {
    const username = fresh('robot');
    const body = { username, name: 'Robot', email: `${username}@example.org`, force_random_password: true };
    const reply = await api<User>('POST', '/users', { body });
    expect(reply.status).toBe(201);
    for (const password of ['', 'null', 'undefined']) {
      const session = { login: username, password };
      expect((await api('POST', '/session', { token: null, body: session })).status).not.toBe(201);
    }
    const token = await tokenOf(reply.body);
    expect((await api('GET', '/user', { token })).body).toMatchObject({ username });
  });

  test('a new username moves the namespace and the projects in it', async () => {
    const { body: user } = await add();
    const token = await tokenOf(user);
    const { body: project } = await api<{ id: number }>('POST', '/projects', {
      token,
      body: { name: 'Tools' },
    });
    const username = fresh('renamed');
    const { body } = await api<User>('PUT', `/users/${user.id}`, { body: { username, name: 'New Name' } });
    expect(body).toMatchObject({ username, name: 'New Name' });
    expect((await api('GET', `/projects/${project.id}`)).body).toMatchObject({
      path_with_namespace: `${username}/tools`,
      name_with_namespace: 'New Name / Tools',
    });
    expect((await api('GET', `/projects/${username}%2FTOOLS`)).status).toBe(200);
    expect((await api('GET', `/projects/${user.username}%2Ftools`)).status).toBe(404);
  });

  test('a blocked or deactivated user is refused, and let in again', async () => {
    const { body: user } = await add();
    const token = await tokenOf(user);
    const me = async () => (await api('GET', '/user', { token })).body;
    const act = async (verb: string) => api('POST', `/users/${user.id}/${verb}`);
    expect(await act('block')).toMatchObject({ status: 201, body: true });
    expect(await me()).toEqual({ message: '403 Forbidden - Your account has been blocked.' });
    expect(await act('deactivate')).toMatchObject({
      status: 403,
      body: { message: '403 Forbidden - A blocked user cannot be deactivated by the API' },
    });
    expect((await act('unblock')).status).toBe(201);
    expect(await me()).toMatchObject({ id: user.id });
    await act('deactivate');
    expect(await me()).toEqual({
      message: '403 Forbidden - Your account has been deactivated by your administrator.',
    });
    expect((await act('unblock')).status).toBe(403);
    expect((await act('activate')).status).toBe(201);
    expect(await me()).toMatchObject({ id: user.id });
  });

  test('nobody locks themselves out, and an administrator remains', async () => {
    expect((await api('POST', '/users/1/block')).status).toBe(403);
    expect((await api('POST', '/users/1/deactivate')).status).toBe(403);
    expect((await api('PUT', '/users/1', { body: { admin: false } })).status).toBe(403);
    expect((await api('DELETE', '/users/1')).status).toBe(403);
  });

  test('a deleted user is gone with their namespace, and the name is free', async () => {
    const { body: user } = await add();
    const token = await tokenOf(user);
    const { body: project } = await api<{ id: number }>('POST', '/projects', {
      token,
      body: { name: 'mine' },
    });
    expect((await api('DELETE', `/users/${user.id}`)).status).toBe(204);
    expect((await api('GET', `/users/${user.id}`)).body).toEqual({ message: '404 User Not Found' });
    expect((await api('GET', '/user', { token })).status).toBe(401);
    expect((await api('GET', `/projects/${project.id}`)).status).toBe(404);
    expect((await add({ username: user.username })).status).toBe(201);
  });

  test('the sole owner of a group is not deleted without saying so', async () => {
    const { body: user } = await add();
    const path = fresh('orphans');
    await api('POST', '/groups', { token: await tokenOf(user), body: { name: path, path } });
    const refused = await api('DELETE', `/users/${user.id}`);
    expect(refused).toMatchObject({
      status: 409,
      body: { message: 'User cannot be removed while is the sole-owner of a group' },
    });
    expect((await api('DELETE', `/users/${user.id}?hard_delete=true`)).status).toBe(204);
    expect((await api('GET', `/groups/${path}`)).status).toBe(404);
  });

  test('people are found by username and by parts of their name; only administrators see addresses', async () => {
    const { body: user } = await add({ name: 'Grace 50%_Hopper' });
    const token = await tokenOf(user);
    const find = async (query: string, as?: string) =>
      (await api<User[]>('GET', `/users?${query}`, as ? { token: as } : {})).body;
    expect(await find(`username=${user.username.toUpperCase()}`)).toMatchObject([{ id: user.id }]);
    expect(await find(`search=${encodeURIComponent('50%_hop')}`)).toMatchObject([{ id: user.id }]);
    expect(await find(`search=${encodeURIComponent('50x_hop')}`)).toEqual([]);
    expect((await find(`username=${user.username}`))[0]?.email).toBe(user.email);
    expect((await find(`username=${user.username}`, token))[0]).toEqual({
      id: user.id,
      username: user.username,
      public_email: '',
      name: user.name,
      state: 'active',
      locked: false,
      avatar_url: null,
      web_url: expect.stringMatching(new RegExp(`^http://.*/${user.username}$`)),
    });
    expect(await api('GET', '/users', { token: null })).toMatchObject({ status: 401 });
  });

  test('is_admin is for administrators and oneself', async () => {
    const { body: user } = await add();
    const token = await tokenOf(user);
    expect((await api<User>('GET', '/users/1', { token })).body.is_admin).toBeUndefined();
    expect((await api<User>('GET', `/users/${user.id}`, { token })).body.is_admin).toBe(false);
    expect((await api<User>('GET', '/users/1')).body.is_admin).toBe(true);
  });

  test('pages of users by number and by id, both ways', async () => {
    for (let index = 0; index < 5; index += 1) await add();
    const all = (await api<User[]>('GET', '/users?per_page=100&sort=asc')).body.map(({ id }) => id);
    const first = await api<User[]>('GET', '/users?per_page=2&sort=asc&page=2');
    expect(first.body.map(({ id }) => id)).toEqual(all.slice(2, 4));
    expect(first.headers.get('x-total')).toBe(String(all.length));
    expect(first.headers.get('x-next-page')).toBe('3');
    for (const sort of ['asc', 'desc']) {
      const seen: number[] = [];
      let path: string | undefined = `/users?pagination=keyset&per_page=2&sort=${sort}`;
      while (path) {
        const page: Awaited<ReturnType<typeof api<User[]>>> = await api<User[]>('GET', path);
        expect(page.headers.get('x-total')).toBeNull();
        seen.push(...page.body.map(({ id }) => id));
        path = /<https?:\/\/[^/]+(.*?)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
      }
      expect(seen).toEqual(sort === 'asc' ? all : all.toReversed());
    }
    expect((await api('GET', '/users?page=0')).body).toEqual({ error: 'page does not have a valid value' });
  });
});
