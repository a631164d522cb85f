import { beforeEach, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { addPerson, type Person } from '../support/people.ts';
import { rowsOf, seedJob } from '../support/rows.ts';
import { bootServer } from '../support/server.ts';

describe.each(databases)('whose job tokens reach a project, on %s', async (database) => {
  const server = await bootServer({ database, config: { limits: { job_token_scope_links: 1 } } });
  const { api } = server;
  let ada: Person;
  let bob: Person;
  let count = 0;
  /** Ada's group with her project in it, in which jobs of hers and of Bob's run; and her private project elsewhere. */
  let source: { group: number; project: number; path: string; ada: string; bob: string };
  let target: { project: number; path: string; scope: string };

  beforeAll(async () => {
    [ada, bob] = [await addPerson(api, 'ada'), await addPerson(api, 'bob')];
  });
  const post = async (path: string, body: object) =>
    (await api<{ id: number; path_with_namespace: string }>('POST', path, { token: ada.token, body })).body;
  beforeEach(async () => {
    count += 1;
    const top = await post('/groups', { name: `g${count}`, path: `g${count}` });
    const group = await post('/groups', { name: 'below', path: 'below', parent_id: top.id });
    const from = await post('/projects', { name: 'from', namespace_id: group.id });
    const to = await post('/projects', { name: `to${count}`, visibility: 'private' });
    const rows = await rowsOf(server);
    const job = async (user_id: number, token: string) => {
      await seedJob(rows, { project_id: from.id, user_id, status: 'running', token });
      return token;
    };
    source = {
      group: top.id,
      project: from.id,
      path: from.path_with_namespace,
      ada: await job(ada.id, `glcbt-ada-${count}`),
      bob: await job(bob.id, `glcbt-bob-${count}`),
    };
    const scope = `/projects/${to.id}/job_token_scope`;
    target = { project: to.id, path: to.path_with_namespace, scope };
  });

  const as = (token: string, method = 'GET', path = `/projects/${target.project}/jobs`, body?: object) =>
    api<object>(method, path, { headers: { 'job-token': token }, ...(body && { body }) });
  const ask = (method: string, path: string, body?: object) =>
    api<object>(method, target.scope + path, { token: ada.token, ...(body && { body }) });
  const kept = () => ({
    status: 403,
    body: {
      message: `403 Forbidden - Authentication by CI/CD job token not allowed from ${source.path} to ${target.path}.`,
    },
  });

  test('none but its own, unless the project lets in every one', async () => {
    expect((await ask('GET', '')).body).toEqual({ inbound_enabled: true, outbound_enabled: false });
    expect(await as(source.ada)).toMatchObject(kept());
    expect((await ask('PATCH', '', { enabled: false })).status).toBe(204);
    expect((await ask('GET', '')).body).toMatchObject({ inbound_enabled: false });
    expect((await as(source.ada)).status).toBe(200);
    expect((await ask('PATCH', '', { enabled: true })).status).toBe(204);
    expect(await as(source.ada)).toMatchObject(kept());
    expect((await ask('PATCH', '')).body).toEqual({ error: 'enabled is missing' });
  });

  test('those of projects that it lists, with what their users may do', async () => {
    const both = { source_project_id: target.project, target_project_id: source.project };
    const add = () => ask('POST', '/allowlist', { target_project_id: source.project });
    expect(await add()).toMatchObject({ status: 201, body: both });
    expect((await as(source.ada)).status).toBe(200);
    const made = await as(source.ada, 'POST', `/projects/${target.project}/environments`, { name: 'live' });
    expect(made).toMatchObject({ status: 201, body: { name: 'live' } });
    expect(await as(source.bob)).toMatchObject({ status: 404, body: { message: '404 Project Not Found' } });
    expect((await ask('GET', '/allowlist')).body).toMatchObject(
      [source.project, target.project].toSorted((a, b) => a - b).map((id) => ({ id })),
    );
    expect(await add()).toMatchObject({
      status: 400,
      body: { message: '400 Bad request - This project is already in the job token allowlist.' },
    });
    const at = `/allowlist/${source.project}`;
    expect((await ask('DELETE', at)).status).toBe(204);
    expect((await ask('DELETE', at)).status).toBe(404);
    expect(await as(source.ada)).toMatchObject(kept());
  });

  test('those of groups that it lists, and of all below', async () => {
    const both = { source_project_id: target.project, target_group_id: source.group };
    expect(await ask('POST', '/groups_allowlist', { target_group_id: source.group })).toMatchObject({
      status: 201,
      body: both,
    });
    expect((await as(source.ada)).status).toBe(200);
    expect((await ask('GET', '/groups_allowlist')).body).toEqual([
      {
        id: source.group,
        name: `g${count}`,
        web_url: expect.stringContaining(`/groups/g${count}`) as string,
      },
    ]);
    expect((await ask('DELETE', `/groups_allowlist/${source.group}`)).status).toBe(204);
    expect(await as(source.ada)).toMatchObject(kept());
  });

  test('is a list of others that its maintainer can see', async () => {
    const add = (target_project_id: number) => ask('POST', '/allowlist', { target_project_id });
    expect((await add(target.project)).status).toBe(400);
    const body = { name: `secret${count}`, visibility: 'private' };
    const secret = await api<{ id: number }>('POST', '/projects', { token: bob.token, body });
    expect((await add(secret.body.id)).body).toEqual({ message: '404 Project Not Found' });
    expect((await ask('POST', '/groups_allowlist', { target_group_id: 999_999 })).status).toBe(404);
    expect((await add(source.project)).status).toBe(201);
    const { id } = await post('/projects', { name: `one-more${count}` });
    expect((await add(id)).body).toEqual({
      message: '400 Bad request - No more than 1 projects can be allowed.',
    });
  });

  test('does not let a listed project’s list reach back', async () => {
    await ask('POST', '/allowlist', { target_project_id: source.project });
    const rows = await rowsOf(server);
    const token = `glcbt-back-${count}`;
    await seedJob(rows, { project_id: target.project, user_id: ada.id, status: 'running', token });
    expect((await as(token, 'GET', `/projects/${source.project}/jobs`)).status).toBe(403);
  });
});
