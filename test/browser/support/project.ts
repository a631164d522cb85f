import { expect } from 'vitest';
import type { Api } from '../../support/api.ts';

/** A project of root's in a browser test, and what is done to it behind the page. */
export interface BrowserProject {
  id: number;
  /** `root/name` */
  path: string;
  /** Commits these files and so begins a pipeline, when one of them is `.gitlab-ci.yml` or was. */
  push: (files: Record<string, string>, how?: { branch?: string; message?: string }) => Promise<void>;
  call: <Body>(method: string, path: string, body?: object) => Promise<Body>;
}

let made = 0;

export async function browserProject(api: Api, files: Record<string, string> = {}): Promise<BrowserProject> {
  const call = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const reply = await api<Body>(method, path, body && { body });
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply.body;
  };
  const name = `app-${++made}`;
  const project = await call<{ id: number; path_with_namespace: string }>('POST', '/projects', {
    name,
    initialize_with_readme: true,
  });
  const at = `/projects/${project.id}`;
  const known = new Set(['README.md']);
  const push: BrowserProject['push'] = async (changed, { branch = 'main', message = 'A change' } = {}) => {
    const actions = Object.entries(changed).map(([file_path, content]) => ({
      action: known.has(file_path) ? 'update' : 'create',
      file_path,
      content,
    }));
    if (branch === 'main') for (const file of Object.keys(changed)) known.add(file);
    await call('POST', `${at}/repository/commits`, {
      branch,
      commit_message: message,
      actions,
      ...(branch !== 'main' && { start_branch: 'main' }),
    });
  };
  if (Object.keys(files).length > 0) await push(files);
  return {
    id: project.id,
    path: project.path_with_namespace,
    push,
    call: (method, path, body) => call(method, `${at}${path}`, body),
  };
}

export const ROLES = { guest: 10, reporter: 20, developer: 30, maintainer: 40 } as const;

let people = 0;

/** Somebody with a password, and with this role in the project. */
export async function memberOf(api: Api, { id }: Pick<BrowserProject, 'id'>, role: keyof typeof ROLES) {
  const username = `${role}-${++people}`;
  const password = 'a password of the tests';
  const user = await api<{ id: number }>('POST', '/users', {
    body: { username, name: username, email: `${username}@example.org`, password },
  });
  expect(user.status, JSON.stringify(user.body)).toBe(201);
  const member = { user_id: user.body.id, access_level: ROLES[role] };
  const added = await api('POST', `/projects/${id}/members`, { body: member });
  expect(added.status, JSON.stringify(added.body)).toBe(201);
  return { login: username, password };
}
