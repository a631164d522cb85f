import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Gitlab } from '@gitbeaker/rest';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { addPerson, type Person } from '../support/people.ts';
import { rowsOf, seedJob } from '../support/rows.ts';
import { bootServer } from '../support/server.ts';

interface Project {
  id: number;
  name: string;
  path: string;
  path_with_namespace: string;
  visibility: string;
  namespace: { id: number; full_path: string };
  empty_repo: boolean;
  permissions: { project_access: unknown; group_access: unknown };
}
interface Group {
  id: number;
  full_path: string;
  path: string;
  name: string;
}

describe.each(databases)('projects and groups on %s', async (database) => {
  const server = await bootServer({ database });
  const { api } = server;
  let ada: Person;
  let bob: Person;
  let made = 0;
  beforeAll(async () => {
    ada = await addPerson(api, 'ada');
    bob = await addPerson(api, 'bob');
  });
  const name = (start: string) => `${start}-${++made}`;
  const project = async (fields: object = {}, token = ada.token) =>
    api<Project>('POST', '/projects', { token, body: { name: name('app'), ...fields } });
  const group = async (fields: object = {}, token = ada.token) => {
    const path = name('team');
    return api<Group>('POST', '/groups', { token, body: { name: path, path, ...fields } });
  };
  const addMember = async (place: string, user_id: number, access_level: number, more: object = {}) =>
    api('POST', `${place}/members`, { body: { user_id, access_level, ...more } });
  const get = async <T = Record<string, unknown>>(path: string, token: string | null = ada.token) =>
    api<T>('GET', path, { token });
  const idsOf = async (path: string, token: string | null = ada.token) =>
    (await get<{ id: number }[]>(`${path}${path.includes('?') ? '&' : '?'}per_page=100`, token)).body.map(
      ({ id }) => id,
    );

  test('a project is made in one’s own namespace, private, with a repository', async () => {
    const { status, body } = await project({ name: 'Ünser Projekt!', description: 'ours' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'Ünser Projekt!',
      path: 'unser-projekt',
      path_with_namespace: `${ada.username}/unser-projekt`,
      name_with_namespace: `${ada.username} / Ünser Projekt!`,
      description: 'ours',
      visibility: 'private',
      default_branch: 'main',
      empty_repo: true,
      archived: false,
      public_jobs: true,
      jobs_enabled: true,
      builds_access_level: 'enabled',
      build_timeout: 3600,
      ci_config_path: null,
      ci_default_git_depth: 20,
      build_git_strategy: 'fetch',
      auto_cancel_pending_pipelines: 'enabled',
      keep_latest_artifact: true,
      shared_runners_enabled: true,
      ci_job_token_scope_enabled: false,
      creator_id: ada.id,
      owner: { id: ada.id },
      namespace: { kind: 'user', full_path: ada.username },
      permissions: { project_access: { access_level: 50 }, group_access: null },
      http_url_to_repo: `${server.url}/${ada.username}/unser-projekt.git`,
      web_url: `${server.url}/${ada.username}/unser-projekt`,
    });
    expect(existsSync(join(server.data, 'repositories', `${body.id}.git`, 'HEAD'))).toBe(true);
    expect((await get(`/projects/${encodeURIComponent(body.path_with_namespace)}`)).body.id).toBe(body.id);
  });

  test('every setting can be given at once, and changed', async () => {
    const settings = {
      visibility: 'internal',
      public_jobs: false,
      builds_access_level: 'private',
      ci_config_path: 'ci/main.yml',
      ci_default_git_depth: 0,
      build_git_strategy: 'clone',
      build_timeout: 7200,
      keep_latest_artifact: false,
      auto_cancel_pending_pipelines: 'disabled',
      shared_runners_enabled: false,
    };
    const { body } = await project({ ...settings, default_branch: 'trunk' });
    expect(body).toMatchObject({ ...settings, default_branch: 'trunk', jobs_enabled: true });
    const changed = { public_jobs: true, build_timeout: 600, ci_config_path: '', jobs_enabled: false };
    const reply = await api('PUT', `/projects/${body.id}`, { token: ada.token, body: changed });
    expect(reply.body).toMatchObject({
      ...changed,
      ci_config_path: null,
      builds_access_level: 'disabled',
      visibility: 'internal',
      build_git_strategy: 'clone',
    });
  });

  test('a README can be there from the start', async () => {
    const { body } = await project({ initialize_with_readme: true, description: 'What it is' });
    expect(body.empty_repo).toBe(false);
  });

  test.each([
    [{ name: undefined }, { error: 'name, path are missing, at least one parameter must be provided' }],
    [{ visibility: 'secret' }, { error: 'visibility does not have a valid value' }],
    [
      { path: '.git' },
      { message: { path: expect.arrayContaining([expect.stringContaining('can contain only')]) } },
    ],
    [{ path: 'a..b' }, { message: { path: [expect.stringContaining('consecutive special characters')] } }],
    [{ path: 'tree' }, { message: { path: ['tree is a reserved name'] } }],
    [{ path: 'x'.repeat(256) }, { message: { path: ['is too long (maximum is 255 characters)'] } }],
    [
      { name: '/etc' },
      { message: { name: [expect.stringContaining('can contain only letters, digits, emoji')] } },
    ],
    [{ build_timeout: 1 }, { message: { build_timeout: ['needs to be between 10 minutes and 1 month'] } }],
    ...[
      'runner_token_expiration_interval',
      'ci_delete_traces_in_seconds',
      'ci_delete_artifacts_above_count',
    ].map(
      (setting) =>
        [{ [setting]: 2 ** 31 }, { error: `${setting} does not have a valid value` }] as [object, object],
    ),
    [
      { ci_config_path: '../x' },
      { message: { ci_config_path: [expect.stringContaining('directory traversal')] } },
    ],
    [{ namespace_id: 999_999 }, { message: { namespace: ['is not valid'] } }],
    [{ default_branch: 'a..b' }, { message: { default_branch: [expect.any(String)] } }],
  ])('%j is refused', async (fields, message) => {
    const { status, body } = await project(fields);
    expect([status, body]).toEqual([400, message]);
  });

  test('a name and a path are there once in a namespace, whatever the case, groups counted', async () => {
    const { body: team } = await group();
    const { body: sub } = await group({ parent_id: team.id });
    const first = await project({ name: 'Twice', namespace_id: team.id });
    expect(first.status).toBe(201);
    const taken = ['has already been taken'];
    expect((await project({ name: 'Twice', namespace_id: team.id })).body).toEqual({
      message: { name: taken, path: taken },
    });
    expect((await project({ name: 'Other', path: 'TWICE', namespace_id: team.id })).body).toEqual({
      message: { path: taken },
    });
    expect((await project({ path: sub.path, namespace_id: team.id })).body).toEqual({
      message: { path: taken },
    });
    expect((await group({ parent_id: team.id, path: 'twice' })).body).toEqual({
      message: 'Failed to save group {:path=>["has already been taken"]}',
    });
    expect((await project({ name: 'Twice' }, bob.token)).status).toBe(201);
  });

  test('of two that take a path at once, one is told: two projects, and a project and a group', async () => {
    const { body: team } = await group();
    const two = await Promise.all([1, 2].map(() => project({ name: 'race', namespace_id: team.id })));
    expect(two.map(({ status }) => status).toSorted()).toEqual([201, 400]);
    const kinds = await Promise.all([
      project({ path: 'mixed', namespace_id: team.id }),
      group({ path: 'mixed', parent_id: team.id }),
    ]);
    expect(kinds.map(({ status }) => status).toSorted()).toEqual([201, 400]);
  });

  test('of many that take a path at once where nothing is above it, one gets it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const path = name('crowd');
      const many = await Promise.all(Array.from({ length: 8 }, () => group({ path })));
      expect(many.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(7).fill(400)]);
      const refused = many.find(({ status }) => status === 400);
      expect(refused?.body).toEqual({ message: 'Failed to save group {:path=>["has already been taken"]}' });
    }
  });

  test('somebody else’s namespace takes no projects; a group takes those of its developers', async () => {
    const { body: team } = await group();
    const foreign = await project({}, bob.token);
    const refused = { status: 400, body: { message: { namespace: ['is not valid'] } } };
    expect(await project({ namespace_id: foreign.body.namespace.id })).toMatchObject(refused);
    expect(await project({ namespace_id: team.id }, bob.token)).toMatchObject(refused);
    await addMember(`/groups/${team.id}`, bob.id, 20);
    expect(await project({ namespace_id: team.id }, bob.token)).toMatchObject(refused);
    await api('PUT', `/groups/${team.id}/members/${bob.id}`, { body: { access_level: 30 } });
    expect((await project({ namespace_id: team.id }, bob.token)).status).toBe(201);
  });

  test('nothing in a group is open to more people than the group', async () => {
    const { body: team } = await group({ visibility: 'internal' });
    expect((await project({ namespace_id: team.id, visibility: 'public' })).body).toEqual({
      message: { visibility_level: ['public is not allowed in a internal group.'] },
    });
    expect((await group({ parent_id: team.id, visibility: 'public' })).body).toEqual({
      message:
        'Failed to save group {:visibility_level=>["public is not allowed since the parent group has a internal visibility."]}',
    });
    const inside = await project({ namespace_id: team.id, visibility: 'internal' });
    const narrow = await api('PUT', `/groups/${team.id}`, {
      token: ada.token,
      body: { visibility: 'private' },
    });
    expect(narrow).toMatchObject({
      status: 400,
      body: {
        message: {
          visibility_level: [
            'private is not allowed since this group contains projects with higher visibility.',
          ],
        },
      },
    });
    await api('PUT', `/projects/${inside.body.id}`, { token: ada.token, body: { visibility: 'private' } });
    expect(
      (await api('PUT', `/groups/${team.id}`, { token: ada.token, body: { visibility: 'private' } })).status,
    ).toBe(200);
  });

  test('a group that moves takes its subgroups and projects along', async () => {
    const { body: team } = await group();
    const { body: sub } = await group({ parent_id: team.id, name: 'Sub', path: 'sub' });
    const { body: app } = await project({ namespace_id: sub.id, name: 'App' });
    const path = name('moved');
    const reply = await api('PUT', `/groups/${team.id}`, {
      token: ada.token,
      body: { path, name: 'M%v_d 😀' },
    });
    expect(reply).toMatchObject({ status: 200, body: { full_path: path, full_name: 'M%v_d 😀' } });
    expect((await get(`/groups/${path}%2Fsub`)).body).toMatchObject({
      id: sub.id,
      full_name: 'M%v_d 😀 / Sub',
    });
    expect((await get(`/projects/${path}%2Fsub%2Fapp`)).body).toMatchObject({
      id: app.id,
      name_with_namespace: 'M%v_d 😀 / Sub / App',
    });
    expect((await get(`/groups/${team.path}`)).status).toBe(404);
    await api('PUT', `/groups/${team.id}`, { token: ada.token, body: { name: 'Plain' } });
    expect((await get(`/projects/${app.id}`)).body.name_with_namespace).toBe('Plain / Sub / App');
  });

  test('only an owner changes who may see a project; a maintainer changes the rest', async () => {
    const { body } = await project();
    await addMember(`/projects/${body.id}`, bob.id, 40);
    const put = async (fields: object) =>
      api('PUT', `/projects/${body.id}`, { token: bob.token, body: fields });
    expect((await put({ visibility: 'public' })).status).toBe(403);
    expect((await put({ visibility: 'private', description: 'by bob' })).status).toBe(200);
    expect((await put({})).status).toBe(400);
    expect((await put({ default_branch: 'develop' })).body).toMatchObject({ default_branch: 'develop' });
  });

  test('an archived project is read and no longer changed', async () => {
    const { body } = await project({ visibility: 'public' });
    const archive = async (verb: string) => api('POST', `/projects/${body.id}/${verb}`, { token: ada.token });
    expect(await archive('archive')).toMatchObject({ status: 201, body: { archived: true } });
    const pipeline = async () =>
      (await api('POST', `/projects/${body.id}/pipeline`, { token: ada.token, body: { ref: 'main' } }))
        .status;
    expect(await pipeline()).toBe(403);
    expect((await get(`/projects/${body.id}`, null)).status).toBe(200);
    expect(await idsOf('/projects?archived=true&owned=true')).toContain(body.id);
    expect(await idsOf('/projects?archived=false&owned=true')).not.toContain(body.id);
    expect(await archive('unarchive')).toMatchObject({ body: { archived: false } });
    expect(await pipeline()).toBe(400);
  });

  test('a deleted project is gone at once, then whole: rows, repository, and its path is free', async () => {
    const rows = await rowsOf(server);
    const { body } = await project({ name: 'short-lived' });
    await seedJob(rows, { project_id: body.id, user_id: ada.id, status: 'success' });
    const reply = await api('DELETE', `/projects/${body.id}`, { token: ada.token });
    expect([reply.status, reply.body]).toEqual([202, { message: '202 Accepted' }]);
    expect((await get(`/projects/${body.id}`)).body).toEqual({ message: '404 Project Not Found' });
    expect(await idsOf('/projects')).not.toContain(body.id);
    expect((await project({ name: 'short-lived' })).status).toBe(201);
    const left = async () => [
      ...(await rows.selectFrom('projects').select('id').where('id', '=', body.id).execute()),
      ...(await rows.selectFrom('jobs').select('id').where('project_id', '=', body.id).execute()),
    ];
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
    expect(existsSync(join(server.data, 'repositories', `${body.id}.git`))).toBe(false);
  });

  test('a deleted group takes its subgroups and projects with it', async () => {
    const rows = await rowsOf(server);
    const { body: team } = await group();
    const { body: sub } = await group({ parent_id: team.id });
    const { body: app } = await project({ namespace_id: sub.id });
    expect((await api('DELETE', `/groups/${team.id}`, { token: ada.token })).status).toBe(202);
    for (const path of [`/groups/${team.id}`, `/groups/${sub.id}`, `/projects/${app.id}`])
      expect((await get(path)).status).toBe(404);
    expect((await group({ path: team.path })).status).toBe(201);
    const left = async () =>
      rows.selectFrom('namespaces').select('id').where('id', 'in', [team.id, sub.id]).execute();
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
  });

  test('what is made in a group while it is deleted goes with it, or is refused', async () => {
    const rows = await rowsOf(server);
    for (let round = 0; round < 5; round += 1) {
      const { body: team } = await group();
      const { body: sub } = await group({ parent_id: team.id });
      const all = await Promise.all([
        project({ namespace_id: sub.id }),
        group({ parent_id: sub.id }),
        api('DELETE', `/groups/${team.id}`, { token: ada.token }),
        project({ namespace_id: sub.id }),
        group({ parent_id: sub.id }),
      ]);
      expect(all[2].status).toBe(202);
      for (const { status } of all) expect(status).toBeLessThan(500);
      const left = async () => [
        ...(await rows.selectFrom('namespaces').select('id').where('parent_id', '=', sub.id).execute()),
        ...(await rows.selectFrom('projects').select('id').where('namespace_id', '=', sub.id).execute()),
        ...(await rows.selectFrom('namespaces').select('id').where('id', 'in', [team.id, sub.id]).execute()),
      ];
      await expect.poll(left, { timeout: 10_000 }).toEqual([]);
    }
  });

  test('members: added, listed, changed, removed, with GitLab’s answers', async () => {
    const { body } = await project();
    const place = `/projects/${body.id}`;
    const added = await addMember(place, bob.id, 30, { expires_at: '2099-01-02' });
    expect(added).toMatchObject({
      status: 201,
      body: { id: bob.id, username: bob.username, access_level: 30, expires_at: '2099-01-02' },
    });
    expect(await addMember(place, bob.id, 30)).toMatchObject({
      status: 409,
      body: { message: 'Member already exists' },
    });
    expect(await addMember(place, 999_999, 30)).toMatchObject({
      status: 404,
      body: { message: '404 User Not Found' },
    });
    expect((await addMember(place, 1, 31)).body).toEqual({
      message: { access_level: ['is not included in the list'] },
    });
    expect((await addMember(place, 1, 30, { expires_at: '2020-01-01' })).body).toEqual({
      message: { expires_at: ['cannot be a date in the past'] },
    });
    expect((await api('POST', `${place}/members`, { body: { access_level: 30 } })).body).toEqual({
      error: 'user_id, username are missing, at least one parameter must be provided',
    });
    expect(await idsOf(`${place}/members`)).toEqual([ada.id, bob.id]);
    expect(await idsOf(`${place}/members?query=${bob.username}`)).toEqual([bob.id]);
    const change = async (fields: object) => api('PUT', `${place}/members/${bob.id}`, { body: fields });
    expect((await change({ access_level: 40 })).body).toMatchObject({
      access_level: 40,
      expires_at: '2099-01-02',
    });
    expect((await change({ access_level: 40, expires_at: '' })).body).toMatchObject({ expires_at: null });
    expect((await api('DELETE', `${place}/members/${bob.id}`)).status).toBe(204);
    expect((await api('GET', `${place}/members/${bob.id}`)).body).toEqual({ message: '404 Not found' });
  });

  test('nobody gives more than they have, and everybody may leave', async () => {
    const { body } = await project();
    const place = `/projects/${body.id}`;
    const carl = await addPerson(api, 'carl');
    await addMember(place, bob.id, 40);
    const asBob = async (method: string, path: string, fields?: object) =>
      (await api(method, path, { token: bob.token, ...(fields ? { body: fields } : {}) })).status;
    expect(await asBob('POST', `${place}/members`, { user_id: carl.id, access_level: 50 })).toBe(403);
    expect(await asBob('POST', `${place}/members`, { user_id: carl.id, access_level: 40 })).toBe(201);
    expect(await asBob('PUT', `${place}/members/${ada.id}`, { access_level: 30 })).toBe(403);
    expect(await asBob('DELETE', `${place}/members/${ada.id}`)).toBe(403);
    const leave = await api('DELETE', `${place}/members/${carl.id}`, { token: carl.token });
    expect(leave.status).toBe(204);
    await addMember(place, carl.id, 10);
    expect((await api('DELETE', `${place}/members/${bob.id}`, { token: carl.token })).status).toBe(403);
  });

  test('a group keeps an owner', async () => {
    const { body: team } = await group();
    const place = `/groups/${team.id}/members/${ada.id}`;
    expect((await api('DELETE', place)).status).toBe(403);
    expect((await api('PUT', place, { body: { access_level: 40 } })).status).toBe(403);
    await addMember(`/groups/${team.id}`, bob.id, 50);
    expect((await api('PUT', place, { body: { access_level: 40 } })).status).toBe(200);
  });

  test('membership of a group reaches what lies below, and ends with its day', async () => {
    const { body: team } = await group();
    const { body: sub } = await group({ parent_id: team.id });
    const { body: app } = await project({ namespace_id: sub.id });
    const carl = await addPerson(api, 'carl');
    expect((await get(`/projects/${app.id}`, carl.token)).status).toBe(404);
    await addMember(`/groups/${team.id}`, carl.id, 30);
    expect((await get(`/projects/${app.id}`, carl.token)).body).toMatchObject({
      permissions: { project_access: null, group_access: { access_level: 30 } },
    });
    expect(await idsOf(`/projects/${app.id}/members`)).toEqual([]);
    expect(await idsOf(`/projects/${app.id}/members/all`)).toEqual([ada.id, carl.id]);
    expect((await get(`/projects/${app.id}/members/all/${carl.id}`)).body).toMatchObject({
      access_level: 30,
    });
    expect((await addMember(`/groups/${sub.id}`, carl.id, 20)).body).toEqual({
      message: {
        access_level: [
          `should be greater than or equal to Developer inherited membership from group ${team.name}`,
        ],
      },
    });
    await addMember(`/projects/${app.id}`, carl.id, 40);
    expect((await get(`/projects/${app.id}/members/all/${carl.id}`)).body).toMatchObject({
      access_level: 40,
    });
    expect((await api('DELETE', `/groups/${team.id}/members/${carl.id}`)).status).toBe(204);
    expect((await get(`/projects/${app.id}`, carl.token)).status).toBe(404);
    await addMember(`/groups/${team.id}`, carl.id, 30);
    const rows = await rowsOf(server);
    await rows
      .updateTable('members')
      .set({ expires_at: '2020-01-01' })
      .where('user_id', '=', carl.id)
      .execute();
    expect((await get(`/projects/${app.id}`, carl.token)).status).toBe(404);
    expect(await idsOf(`/projects/${app.id}/members/all`)).toEqual([ada.id]);
    expect((await addMember(`/groups/${team.id}`, carl.id, 20)).status).toBe(201);
  });

  test('several members are added at once, and each that is refused is named', async () => {
    const { body } = await project();
    const both = `${bob.id},1`;
    const add = async (user_id: string) =>
      api('POST', `/projects/${body.id}/members`, { body: { user_id, access_level: 20 } });
    expect((await add(both)).body).toEqual({ status: 'success' });
    expect((await add(`${bob.id},999999`)).body).toEqual({
      status: 'error',
      message: { [String(bob.id)]: 'Member already exists', '999999': '404 User Not Found' },
    });
  });

  test('lists hold what the caller may see, and nothing else', async () => {
    const [hidden, inner, open] = [
      (await project()).body.id,
      (await project({ visibility: 'internal' })).body.id,
      (await project({ visibility: 'public' })).body.id,
    ];
    const seen = async (token: string | null, query = '') =>
      (await idsOf(`/projects${query}`, token)).filter((id) => [hidden, inner, open].includes(id));
    expect(await seen(null)).toEqual([open]);
    expect(await seen(bob.token)).toEqual([open, inner]);
    expect(await seen(ada.token)).toEqual([open, inner, hidden]);
    expect(await seen(server.rootToken)).toEqual([open, inner, hidden]);
    expect(await seen(bob.token, '?membership=true')).toEqual([]);
    await addMember(`/projects/${hidden}`, bob.id, 10);
    expect(await seen(bob.token, '?membership=true')).toEqual([hidden]);
    expect(await seen(bob.token, '?min_access_level=20')).toEqual([]);
    expect(await seen(ada.token, '?owned=true')).toEqual([open, inner, hidden]);
    expect(await seen(ada.token, '?visibility=internal')).toEqual([inner]);
    expect((await idsOf(`/users/${ada.username}/projects`, null)).includes(open)).toBe(true);
    expect((await idsOf(`/users/${ada.id}/projects`, null)).includes(inner)).toBe(false);
  });

  test('groups are listed by name, with subgroups, descendants, projects and namespaces', async () => {
    const { body: team } = await group({ visibility: 'public' });
    const { body: b } = await group({ parent_id: team.id, name: 'B', path: 'b', visibility: 'public' });
    const { body: a } = await group({ parent_id: team.id, name: 'A', path: 'a' });
    const { body: deep } = await group({ parent_id: b.id, name: 'Deep', path: 'deep', visibility: 'public' });
    const { body: app } = await project({ namespace_id: deep.id });
    expect(await idsOf(`/groups/${team.id}/subgroups`)).toEqual([a.id, b.id]);
    expect(await idsOf(`/groups/${team.id}/subgroups`, null)).toEqual([b.id]);
    expect(await idsOf(`/groups/${team.id}/subgroups?order_by=id&sort=desc`)).toEqual([a.id, b.id]);
    expect(await idsOf(`/groups/${team.id}/descendant_groups`)).toEqual([a.id, b.id, deep.id]);
    expect(await idsOf(`/groups/${team.id}/projects`)).toEqual([]);
    expect(await idsOf(`/groups/${team.id}/projects?include_subgroups=true`)).toEqual([app.id]);
    expect(await idsOf('/groups?owned=true&top_level_only=true')).toContain(team.id);
    expect(await idsOf('/groups?owned=true', bob.token)).not.toContain(team.id);
    const spaces = (await get<{ full_path: string }[]>('/namespaces?per_page=100')).body.map(
      (one) => one.full_path,
    );
    expect(spaces).toEqual(expect.arrayContaining([ada.username, `${team.path}/b/deep`]));
    expect(spaces).not.toContain(bob.username);
    expect((await get(`/namespaces/${bob.username}`)).status).toBe(404);
  });

  test('@gitbeaker/rest works unchanged', async () => {
    const client = new Gitlab({ host: server.url, token: ada.token });
    const created = await client.Projects.create({ name: name('beaker') });
    expect((await client.Projects.show(created.id)).path_with_namespace).toBe(created.path_with_namespace);
    const all = await client.Projects.all({
      pagination: 'keyset',
      orderBy: 'id',
      sort: 'asc',
      perPage: 2,
      owned: true,
    });
    expect(all.length).toBeGreaterThan(3);
    await client.ProjectMembers.add(created.id, 30, { userId: bob.id });
    expect((await client.ProjectMembers.all(created.id)).map(({ id }) => id)).toEqual([ada.id, bob.id]);
    expect((await client.Users.showCurrentUser()).username).toBe(ada.username);
    await client.Projects.remove(created.id);
  });
});
