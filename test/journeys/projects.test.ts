import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Gitlab } from '@gitbeaker/rest';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { projectsAndGroups } from '../support/projects-and-groups.ts';
import { rowsOf, seedJob } from '../support/rows.ts';

describe.each(databases)('projects on %s', async (database) => {
  const { server, api, ada, bob, name, project, addMember, get, idsOf } = await projectsAndGroups(database);

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
    await expect.poll(left).toEqual([]);
    expect(existsSync(join(server.data, 'repositories', `${body.id}.git`))).toBe(false);
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
