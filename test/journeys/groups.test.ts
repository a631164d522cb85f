import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { projectsAndGroups } from '../support/projects-and-groups.ts';
import { rowsOf } from '../support/rows.ts';

describe.each(databases)('groups on %s', async (database) => {
  const { server, api, ada, bob, name, project, group, addMember, get, idsOf } =
    await projectsAndGroups(database);

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
    await expect.poll(left).toEqual([]);
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
      await expect.poll(left).toEqual([]);
    }
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
});
