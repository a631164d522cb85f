import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { addPerson } from '../support/people.ts';
import { projectsAndGroups } from '../support/projects-and-groups.ts';
import { rowsOf } from '../support/rows.ts';

describe.each(databases)('members on %s', async (database) => {
  const { server, api, ada, bob, project, group, addMember, get, idsOf } = await projectsAndGroups(database);

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
});
