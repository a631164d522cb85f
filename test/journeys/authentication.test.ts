import { beforeAll, describe, expect, test } from 'vitest';
import type { ApiRequest } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { addPerson, addToken, type Person } from '../support/people.ts';
import { rowsOf, seedJob } from '../support/rows.ts';
import { bootServer } from '../support/server.ts';

const EXPIRED = 'Token is expired. You can either do re-authorization or token refresh.';
const REVOKED = 'Token was revoked. You have to re-authorize from the user.';

describe.each(databases)('who asks, on %s', async (database) => {
  const server = await bootServer({ database });
  const { api, rootToken } = server;
  let ada: Person;
  let bob: Person;
  const project = { open: 0, closed: 0, other: 0 };
  const jobTokens = {
    running: 'glcbt-running-1',
    canceling: 'glcbt-canceling',
    ended: 'glcbt-ended',
    other: 'glcbt-other',
  };

  beforeAll(async () => {
    ada = await addPerson(api, 'ada');
    bob = await addPerson(api, 'bob');
    const make = async (name: string, visibility: string, token: string) =>
      (await api<{ id: number }>('POST', '/projects', { token, body: { name, visibility } })).body.id;
    project.open = await make('open', 'public', ada.token);
    project.closed = await make('closed', 'private', ada.token);
    project.other = await make('other', 'private', bob.token);
    const rows = await rowsOf(server);
    const at = { project_id: project.closed, user_id: ada.id };
    await seedJob(rows, { ...at, status: 'running', token: jobTokens.running });
    await seedJob(rows, { ...at, status: 'canceling', token: jobTokens.canceling });
    await seedJob(rows, { ...at, status: 'success', token: jobTokens.ended });
    await seedJob(rows, {
      project_id: project.other,
      user_id: bob.id,
      status: 'running',
      token: jobTokens.other,
    });
  });

  const call = async (path: string, request: ApiRequest = {}, method = 'GET') =>
    api<Record<string, unknown>>(method, path, { token: null, ...request });
  const withHeader = async (name: string, value: string, path = '/user') =>
    call(path, { headers: { [name]: value } });

  test('no credentials on a route that needs some: 401', async () => {
    expect(await call('/user')).toMatchObject({ status: 401, body: { message: '401 Unauthorized' } });
    expect((await call(`/projects/${project.open}/jobs`)).body).toEqual({ message: '401 Unauthorized' });
    expect((await call('/projects', { body: { name: 'x' } }, 'POST')).status).toBe(401);
  });

  test('a token is taken from header, Bearer and parameter', async () => {
    for (const [name, value] of [
      ['private-token', ada.token],
      ['authorization', `Bearer ${ada.token}`],
      ['authorization', `bearer ${ada.token}`],
    ] as const)
      expect((await withHeader(name, value)).body.username).toBe(ada.username);
    for (const name of ['private_token', 'access_token', 'bearer_token'])
      expect((await call(`/user?${name}=${ada.token}`)).body.username).toBe(ada.username);
    const made = await call('/projects', { body: { name: 'by body', private_token: ada.token } }, 'POST');
    expect(made.status).toBe(201);
    const form = new URLSearchParams({ name: 'by form', private_token: ada.token });
    expect((await call('/projects', { body: form }, 'POST')).status).toBe(201);
  });

  test('an unknown token is refused, even where nobody needs one', async () => {
    const unknown = { message: '401 Unauthorized' };
    expect(await withHeader('private-token', 'glpat-nobody', `/projects/${project.open}`)).toMatchObject({
      status: 401,
      body: unknown,
    });
    expect((await call(`/projects/${project.open}`)).status).toBe(200);
    expect((await withHeader('authorization', 'Bearer nobody', '/projects')).status).toBe(401);
  });

  test('an expired and a revoked token say so', async () => {
    const expired = await addToken(api, ada.id, ['api'], '2020-01-01');
    const first = await withHeader('private-token', expired, `/projects/${project.open}`);
    expect(first).toMatchObject({
      status: 401,
      body: { error: 'invalid_token', error_description: EXPIRED },
    });
    expect(first.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const revoked = await addToken(api, ada.id, ['api']);
    await call('/personal_access_tokens/self', { token: revoked }, 'DELETE');
    expect(await withHeader('private-token', revoked)).toMatchObject({
      status: 401,
      body: { error: 'invalid_token', error_description: REVOKED },
    });
    const both = await addToken(api, ada.id, ['read_user'], '2020-01-01');
    const rows = await rowsOf(server);
    await rows
      .updateTable('personal_access_tokens')
      .set({ revoked: 1 })
      .where('name', '=', 'read_user')
      .execute();
    expect((await withHeader('private-token', both)).body.error_description).toBe(EXPIRED);
  });

  test('a scope that is too small names those that would do', async () => {
    const readUser = await addToken(api, ada.id, ['read_user']);
    expect((await withHeader('private-token', readUser)).status).toBe(200);
    const small = await withHeader('private-token', readUser, `/projects/${project.open}/jobs`);
    expect(small).toMatchObject({
      status: 403,
      body: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api read_api',
      },
    });
    expect(small.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  });

  test('read_api reads and does not write', async () => {
    const token = await addToken(api, ada.id, ['read_api']);
    expect((await call(`/projects/${project.closed}`, { token })).status).toBe(200);
    const write = await call(`/projects/${project.closed}`, { token, body: { description: 'x' } }, 'PUT');
    expect(write).toMatchObject({ status: 403, body: { error: 'insufficient_scope', scope: 'api' } });
  });

  test('a project that may not be seen does not exist, for nobody and for somebody', async () => {
    const hidden = { status: 404, body: { message: '404 Project Not Found' } };
    for (const token of [null, bob.token]) {
      expect(await call(`/projects/${project.closed}`, { token })).toMatchObject(hidden);
      expect(await call('/projects/999999', { token })).toMatchObject(hidden);
      expect(await call('/projects/no-slash', { token })).toMatchObject(hidden);
    }
    expect((await call(`/projects/${project.open}`, { token: bob.token }, 'DELETE')).body).toEqual({
      message: '403 Forbidden',
    });
  });

  test('job tokens open the routes that take them, by header, parameter and Bearer', async () => {
    const path = `/projects/${project.closed}/jobs`;
    const { running, canceling, ended } = jobTokens;
    expect((await withHeader('job-token', running, path)).status).toBe(200);
    expect((await withHeader('authorization', `Bearer ${running}`, path)).status).toBe(200);
    expect((await call(`${path}?job_token=${running}`)).status).toBe(200);
    expect((await call(`${path}?token=${running}`)).status).toBe(200);
    expect((await withHeader('job-token', canceling, path)).status).toBe(200);
    for (const token of [ended, 'glcbt-unknown'])
      expect(await withHeader('job-token', token, path)).toMatchObject({
        status: 401,
        body: { message: '401 Unauthorized' },
      });
  });

  test('a job token is no personal one, and is nothing where none is taken', async () => {
    const { running } = jobTokens;
    expect((await withHeader('private-token', running)).status).toBe(401);
    expect((await withHeader('job-token', running)).status).toBe(401);
    expect((await withHeader('job-token', running, `/projects/${project.closed}`)).status).toBe(404);
    expect((await withHeader('job-token', running, `/projects/${project.open}`)).status).toBe(200);
  });

  test('a job token of another project is told from where and to where it may not', async () => {
    const other = await withHeader('job-token', jobTokens.other, `/projects/${project.closed}/jobs`);
    expect(other).toMatchObject({
      status: 403,
      body: {
        message: `403 Forbidden - Authentication by CI/CD job token not allowed from ${bob.username}/other to ${ada.username}/closed.`,
      },
    });
    expect((await withHeader('job-token', jobTokens.other, `/projects/${project.open}/jobs`)).status).toBe(
      200,
    );
  });

  test('sudo: an administrator with that scope acts as another, by name or number', async () => {
    const as = async (who: string, token: string | null, path = '/user') =>
      call(path, { token, headers: { sudo: who } });
    expect((await as(ada.username.toUpperCase(), rootToken)).body.id).toBe(ada.id);
    expect((await as(String(ada.id), rootToken)).body.username).toBe(ada.username);
    expect((await call(`/user?sudo=${ada.id}`, { token: rootToken })).body.id).toBe(ada.id);
    expect((await as(bob.username, rootToken, `/projects/${project.closed}`)).status).toBe(404);
    expect(await as(ada.username, null)).toMatchObject({
      status: 401,
      body: { message: '401 Unauthorized' },
    });
    expect((await as(bob.username, ada.token)).body).toEqual({
      message: '403 Forbidden - Must be admin to use sudo',
    });
    expect((await as('nobody', rootToken)).body).toEqual({
      message: "404 User with ID or username 'nobody' Not Found",
    });
    const plain = await addToken(api, 1, ['api']);
    expect((await as(ada.username, plain)).body).toMatchObject({
      error: 'insufficient_scope',
      scope: 'sudo',
    });
    const job = { 'job-token': jobTokens.running, sudo: bob.username };
    expect((await call(`/projects/${project.closed}/jobs`, { headers: job })).body).toEqual({
      message: '403 Forbidden - Must be authenticated using an OAuth or personal access token to use sudo',
    });
  });

  test('the job token of a blocked user is refused', async () => {
    const carl = await addPerson(api, 'carl');
    const made = await api<{ id: number }>('POST', '/projects', { token: carl.token, body: { name: 'p' } });
    const token = 'glcbt-of-carl';
    await seedJob(await rowsOf(server), {
      project_id: made.body.id,
      user_id: carl.id,
      status: 'running',
      token,
    });
    const path = `/projects/${made.body.id}/jobs`;
    expect((await withHeader('job-token', token, path)).status).toBe(200);
    await api('POST', `/users/${carl.id}/block`);
    expect((await withHeader('job-token', token, path)).status).toBe(403);
  });

  test('no secret is ever answered in a Link', async () => {
    const { headers } = await call(`/projects?private_token=${ada.token}&per_page=1`);
    expect(headers.get('link')).toContain('per_page=1');
    expect(headers.get('link')).not.toContain(ada.token);
  });

  test('what is no route says so, and the third version is gone', async () => {
    expect(await call('/nothing/here')).toMatchObject({ status: 404, body: { error: '404 Not Found' } });
    expect(await call('/user', {}, 'PATCH')).toMatchObject({
      status: 405,
      body: { error: '405 Not Allowed' },
    });
    expect((await call('/api/v3/projects')).status).toBe(410);
  });
});
