import type { DatabaseKind } from './databases.ts';
import { addPerson } from './people.ts';
import { bootServer } from './server.ts';

export interface Project {
  id: number;
  name: string;
  path: string;
  path_with_namespace: string;
  visibility: string;
  namespace: { id: number; full_path: string };
  empty_repo: boolean;
  permissions: { project_access: unknown; group_access: unknown };
}

export interface Group {
  id: number;
  full_path: string;
  path: string;
  name: string;
}

/** A server with two people, and how projects and groups of theirs are made and looked at: Ada's unless said. */
export async function projectsAndGroups(database: DatabaseKind) {
  const server = await bootServer({ database });
  const { api } = server;
  const ada = await addPerson(api, 'ada');
  const bob = await addPerson(api, 'bob');
  let made = 0;
  const name = (start: string) => `${start}-${++made}`;
  const get = async <T = Record<string, unknown>>(path: string, token: string | null = ada.token) =>
    api<T>('GET', path, { token });
  return {
    server,
    api,
    ada,
    bob,
    /** A name that none has yet. */
    name,
    project: async (fields: object = {}, token = ada.token) =>
      api<Project>('POST', '/projects', { token, body: { name: name('app'), ...fields } }),
    group: async (fields: object = {}, token = ada.token) => {
      const path = name('team');
      return api<Group>('POST', '/groups', { token, body: { name: path, path, ...fields } });
    },
    addMember: async (place: string, user_id: number, access_level: number, more: object = {}) =>
      api('POST', `${place}/members`, { body: { user_id, access_level, ...more } }),
    get,
    /** The ids on the first page of a list. */
    idsOf: async (path: string, token: string | null = ada.token) =>
      (await get<{ id: number }[]>(`${path}${path.includes('?') ? '&' : '?'}per_page=100`, token)).body.map(
        ({ id }) => id,
      ),
  };
}
