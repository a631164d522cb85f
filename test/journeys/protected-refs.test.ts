import { Gitlab } from '@gitbeaker/rest';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { gitProject } from '../support/git-project.ts';
import { bootServer } from '../support/server.ts';

interface Rule {
  id: number;
  name: string;
  push_access_levels: { access_level: number; access_level_description: string }[];
  merge_access_levels: { access_level: number }[];
  allow_force_push: boolean;
}

describe.each(databases)('protected branches and tags on %s', async (database) => {
  const server = await bootServer({ database });
  const { api, url } = server;

  const commits = (at: string, branch: string, token?: string) =>
    api<{ message: string }>('POST', `${at}/repository/files/${branch}.txt`, {
      ...(token === undefined ? {} : { token }),
      body: { branch, content: 'x', commit_message: 'A file' },
    });

  test('the default branch is protected from the beginning: maintainers push and merge', async () => {
    const { at } = await gitProject(server);
    expect((await api('GET', `${at}/protected_branches`)).body).toMatchObject([
      {
        name: 'main',
        push_access_levels: [
          { access_level: 40, access_level_description: 'Maintainers', user_id: null, group_id: null },
        ],
        merge_access_levels: [{ access_level: 40 }],
        allow_force_push: false,
        code_owner_approval_required: false,
      },
    ]);
    expect((await api('GET', `${at}/protected_branches/main`)).status).toBe(200);
    expect(await api('GET', `${at}/protected_branches/other`)).toMatchObject({
      status: 404,
      body: { message: '404 Not found' },
    });
  });

  test('a rule is made, changed and removed, and holds at once', async () => {
    const { at, member } = await gitProject(server);
    const { token } = await member('developer', 30);
    await commits(at, 'main');
    const branch = (name: string) =>
      api('POST', `${at}/repository/branches`, { token, body: { branch: name, ref: 'main' } });
    const made = await api<Rule>('POST', `${at}/protected_branches`, {
      body: { name: 'release/*', push_access_level: 0, merge_access_level: 30, allow_force_push: true },
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'release/*',
        push_access_levels: [{ access_level: 0, access_level_description: 'No one' }],
        merge_access_levels: [{ access_level: 30, access_level_description: 'Developers + Maintainers' }],
        allow_force_push: true,
      },
    });
    expect((await branch('release/1')).status).toBe(400);
    const rule = `${at}/protected_branches/${encodeURIComponent('release/*')}`;
    const changed = await api<Rule>('PATCH', rule, {
      body: { allowed_to_push: [{ access_level: 40 }, { access_level: 30 }], allow_force_push: false },
    });
    expect(changed.body).toMatchObject({
      id: made.body.id,
      push_access_levels: [{ access_level: 30 }],
      merge_access_levels: [{ access_level: 30 }],
      allow_force_push: false,
    });
    expect(await branch('release/1')).toMatchObject({
      status: 201,
      body: { protected: true, developers_can_push: true, can_push: true },
    });
    expect((await api('DELETE', rule)).status).toBe(204);
    expect((await api('DELETE', rule)).status).toBe(404);
    expect(await branch('release/2')).toMatchObject({ status: 201, body: { protected: false } });
  });

  test('of several rules for a branch the most generous holds', async () => {
    const { at, member } = await gitProject(server);
    const { token } = await member('developer', 30);
    await commits(at, 'main');
    await api('POST', `${at}/protected_branches`, { body: { name: 'ma*', push_access_level: 30 } });
    expect((await commits(at, 'main', token)).status).toBe(400);
    const again = { branch: 'main', content: 'y', commit_message: 'Another' };
    const other = await api('POST', `${at}/repository/files/other`, { token, body: again });
    expect(other.status).toBe(201);
  });

  test('what is no rule is refused', async () => {
    const { at } = await gitProject(server);
    const post = async (body: object) => {
      const reply = await api('POST', `${at}/protected_branches`, { body });
      return [reply.status, reply.body];
    };
    expect(await post({ name: 'main' })).toEqual([
      409,
      { message: "Protected branch 'main' already exists" },
    ]);
    expect(await post({})).toEqual([400, { error: 'name is missing' }]);
    expect(await post({ name: 'x', push_access_level: 20 })).toEqual([
      400,
      { error: 'push_access_level does not have a valid value' },
    ]);
    expect((await post({ name: 'x', allowed_to_push: [{ user_id: 1 }] }))[0]).toBe(400);
    expect((await api('PATCH', `${at}/protected_branches/main`, { body: {} })).status).toBe(400);
    expect(await post({ name: '(a+)+$[' })).toMatchObject([201, { name: '(a+)+$[' }]);
  });

  test('rules are listed in pages, and found by name', async () => {
    const { at, id } = await gitProject(server);
    for (const name of ['v1', 'v2', 'w_3'])
      expect((await api('POST', `${at}/protected_branches`, { body: { name } })).status).toBe(201);
    const names = async (query: string) =>
      (await api<Rule[]>('GET', `${at}/protected_branches${query}`)).body.map(({ name }) => name);
    expect(await names('')).toEqual(['main', 'v1', 'v2', 'w_3']);
    expect(await names('?search=V')).toEqual(['v1', 'v2']);
    expect(await names('?search=w_')).toEqual(['w_3']);
    expect(await names('?per_page=3&page=2')).toEqual(['w_3']);
    expect(await names('?pagination=keyset&sort=desc&per_page=1')).toEqual(['w_3']);
    const client = new Gitlab({ host: url, token: server.rootToken });
    const all = await client.ProtectedBranches.all(id, { perPage: 2 });
    expect(all.map(({ name }) => name)).toEqual(['main', 'v1', 'v2', 'w_3']);
  });

  test('rules for tags are made, listed and removed', async () => {
    const { at } = await gitProject(server);
    const body = { name: 'v*', create_access_level: 30 };
    const shown = {
      name: 'v*',
      create_access_levels: [{ access_level: 30, access_level_description: 'Developers + Maintainers' }],
    };
    expect(await api('POST', `${at}/protected_tags`, { body })).toMatchObject({ status: 201, body: shown });
    expect(await api('POST', `${at}/protected_tags`, { body })).toMatchObject({
      status: 422,
      body: { message: ['Name has already been taken'] },
    });
    expect((await api('GET', `${at}/protected_tags`)).body).toMatchObject([shown]);
    expect((await api('GET', `${at}/protected_tags/v*`)).body).toMatchObject(shown);
    expect((await api('GET', `${at}/protected_tags/v1`)).status).toBe(404);
    expect((await api('DELETE', `${at}/protected_tags/v*`)).status).toBe(204);
    expect((await api('DELETE', `${at}/protected_tags/v*`)).status).toBe(404);
    expect((await api('GET', `${at}/protected_tags`)).body).toEqual([]);
  });

  test('two that protect the same name at once make one rule', async () => {
    const { at } = await gitProject(server);
    const replies = await Promise.all(
      [1, 2, 3].map(() => api('POST', `${at}/protected_branches`, { body: { name: 'raced' } })),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });

  test('a project that is archived keeps its rules as they are', async () => {
    const { at } = await gitProject(server);
    await api('POST', `${at}/archive`);
    expect((await api('DELETE', `${at}/protected_branches/main`)).status).toBe(403);
    expect((await api<Rule[]>('GET', `${at}/protected_branches`)).body).toHaveLength(1);
  });
});
