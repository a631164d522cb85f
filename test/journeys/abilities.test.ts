import { beforeAll, describe, expect, test } from 'vitest';
import { GROUP, INSTANCE, PROJECT } from '../../src/access/permissions.ts';
import { databases } from '../support/databases.ts';
import { NO_PROJECT, personWith, refusal } from '../support/job-scenes.ts';
import { addPerson } from '../support/people.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface Abilities {
  role: string;
  abilities: string[];
}

describe.each(databases)('what the caller may do, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  const ask = async (at: string, token?: string | null) =>
    await house.api<Abilities>('GET', `${at}/abilities`, token === undefined ? {} : { token });

  test('in a project goes by the role, and is told to nobody who may not see it', async () => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const of = async (token?: string) => (await ask(at, token)).body;
    expect(await of()).toEqual({ role: 'admin', abilities: Object.keys(PROJECT) });
    const guest = await of((await personWith(house.api, 'guest', project.id)).token);
    expect(guest.role).toBe('guest');
    expect(guest.abilities).toEqual([
      'read_project',
      'read_build',
      'read_pipeline',
      'read_member',
      'read_release',
    ]);
    const developer = await of((await personWith(house.api, 'developer', project.id)).token);
    expect(developer.abilities).toEqual(
      expect.arrayContaining(['create_pipeline', 'push_code', 'cancel_build']),
    );
    expect(developer.abilities).not.toContain('admin_cicd_variables');
    const outsider = await addPerson(house.api, 'stranger');
    for (const token of [outsider.token, null]) expect(refusal(await ask(at, token))).toEqual(NO_PROJECT);
  });

  test('in a project is less where it is archived, or has no CI', async () => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    await house.api('PUT', at, { body: { builds_access_level: 'disabled' } });
    expect((await ask(at)).body.abilities).not.toContain('read_build');
    await house.api('PUT', at, { body: { builds_access_level: 'enabled' } });
    await house.api('POST', `${at}/archive`);
    const { abilities } = (await ask(at)).body;
    expect(abilities).toContain('read_build');
    expect(abilities).not.toContain('create_pipeline');
  });

  test('in a group and on the server goes by the role there', async () => {
    const { body: group } = await house.api<{ id: number }>('POST', '/groups', {
      body: { name: 'Able', path: 'able', visibility: 'public' },
    });
    const at = `/groups/${group.id}`;
    expect((await ask(at)).body).toEqual({ role: 'admin', abilities: Object.keys(GROUP) });
    const person = await addPerson(house.api, 'member');
    await house.api('POST', `${at}/members`, { body: { user_id: person.id, access_level: 30 } });
    expect((await ask(at, person.token)).body).toEqual({
      role: 'developer',
      abilities: ['read_group', 'read_group_member', 'create_projects'],
    });
    expect((await ask(at, null)).body.role).toBe('anonymous');
    expect((await ask('')).body).toEqual({ role: 'admin', abilities: Object.keys(INSTANCE) });
    expect((await ask('', null)).body).toEqual({ role: 'anonymous', abilities: ['read_public'] });
    const { role, abilities } = (await ask('', person.token)).body;
    expect(role).toBe('outsider');
    expect(abilities).toContain('create_project');
    expect(abilities).not.toContain('admin_users');
  });

  test('is named in a refusal by the role that would do, where one would', async () => {
    const { project } = await moveIn(house);
    const at = `/projects/${project.id}`;
    const { token } = await personWith(house.api, 'guest', project.id);
    const roleFor = async (method: string, path: string, who?: string) => {
      const { status, headers } = await house.api(method, path, who === undefined ? {} : { token: who });
      expect(status, path).toBe(403);
      return headers.get('x-required-role');
    };
    expect(await roleFor('GET', `${at}/repository/branches`, token)).toBe('reporter');
    expect(await roleFor('GET', `${at}/runners`, token)).toBe('maintainer');
    expect(await roleFor('GET', '/runners/all', token)).toBe('admin');
    const { body: group } = await house.api<{ id: number }>('POST', '/groups', {
      body: { name: 'Open', path: 'open', visibility: 'public' },
    });
    expect(await roleFor('GET', `/groups/${group.id}/variables`, token)).toBe('owner');
    await house.api('POST', `${at}/archive`);
    expect(await roleFor('POST', `${at}/pipeline?ref=main`)).toBeNull();
  });
});
