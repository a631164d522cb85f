import { Gitlab } from '@gitbeaker/rest';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, ONE_JOB, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import type { Person } from '../support/people.ts';
import { bootServer } from '../support/server.ts';

interface Branch {
  name: string;
  commit: { id: string; title: string; web_url: string };
  merged: boolean;
  protected: boolean;
  can_push: boolean;
  default: boolean;
  developers_can_push: boolean;
  web_url: string;
}

const failed = (name: string) => `Failed to create branch '${name}':`;

describe.each(databases)('branches on %s', async (database) => {
  const server = await bootServer({ database });
  const { api, url } = server;
  let project: Awaited<ReturnType<typeof gitProject>>;
  let developer: Person;
  let tree: string;
  let first: string;
  let second: string;
  beforeAll(async () => {
    project = await gitProject(server);
    developer = await project.member('developer', 30);
    tree = await workTree(project.remote());
    first = await commit(tree, { '.gitlab-ci.yml': ONE_JOB }, 'Begin');
    await git(tree, 'push', '--quiet', '-o', 'ci.no_pipeline', 'origin', 'main', 'HEAD:refs/heads/old/one');
    second = await commit(tree, {}, 'Go on');
    await git(tree, 'push', '--quiet', '-o', 'ci.no_pipeline', 'origin', 'main');
    await git(tree, 'checkout', '--quiet', '-b', 'new');
    await commit(tree, { file: 'x' }, 'Newest');
    await git(tree, 'push', '--quiet', '-o', 'ci.no_pipeline', 'origin', 'new');
  });
  const branches = (query = '', token = developer.token) =>
    api<Branch[]>('GET', `${project.at}/repository/branches${query}`, { token });
  const names = async (query = '') => (await branches(query)).body.map(({ name }) => name);
  const one = (name: string, token = developer.token) =>
    api<Branch>('GET', `${project.at}/repository/branches/${encodeURIComponent(name)}`, { token });
  const make = (branch: string, ref: string, token = developer.token) =>
    api<Branch & { message: string }>('POST', `${project.at}/repository/branches`, {
      token,
      body: { branch, ref },
    });
  const remove = (name: string, token = developer.token) =>
    api<{ message: string }>('DELETE', `${project.at}/repository/branches/${encodeURIComponent(name)}`, {
      token,
    });

  test('are listed with their tips, and what they are to the default branch', async () => {
    const { body } = await branches();
    expect(body.map(({ name, merged, default: isDefault }) => [name, merged, isDefault])).toEqual([
      ['main', false, true],
      ['new', false, false],
      ['old/one', true, false],
    ]);
    expect(body[0]).toMatchObject({
      commit: { id: second, title: 'Go on', web_url: `${url}/${project.path}/-/commit/${second}` },
      protected: true,
      can_push: false,
      developers_can_push: false,
      web_url: `${url}/${project.path}/-/tree/main`,
    });
    expect(body[1]).toMatchObject({ protected: false, can_push: true });
  });

  test('are found by a part of the name, its beginning or end, and an expression', async () => {
    expect(await names('?search=O')).toEqual(['old/one']);
    expect(await names('?search=%5Ene')).toEqual(['new']);
    expect(await names('?search=n%24')).toEqual(['main']);
    expect(await names('?regex=%5E(m|n)')).toEqual(['main', 'new']);
    expect((await branches('?regex=(')).status).toBe(400);
    expect(await names('?sort=updated_desc')).toHaveLength(3);
    expect((await branches('?sort=size')).body).toEqual({ error: 'sort does not have a valid value' });
  });

  test('come in pages, by number and behind a name', async () => {
    const page = await branches('?per_page=2&page=2');
    expect(page.body.map(({ name }) => name)).toEqual(['old/one']);
    expect(page.headers.get('x-total')).toBe('3');
    const start = await branches('?pagination=keyset&per_page=2');
    const [, next = ''] = /<[^>]*\?([^>]*)>; rel="next"/.exec(start.headers.get('link') ?? '') ?? [];
    expect(new URLSearchParams(next).get('page_token')).toBe('new');
    const end = await branches(`?${next}`);
    expect(end.body.map(({ name }) => name)).toEqual(['old/one']);
    expect(end.headers.get('link')).toBe(null);
    expect((await branches('?pagination=keyset&page_token=none')).status).toBe(422);
    const found = await new Gitlab({ host: url, token: developer.token }).Branches.all(project.id, {
      perPage: 1,
    });
    expect(found.map(({ name }) => name)).toEqual(['main', 'new', 'old/one']);
  });

  test('one that is not there, or cannot be, is said so', async () => {
    expect(await one('old/one')).toMatchObject({ status: 200, body: { commit: { id: first } } });
    expect(await one('none')).toMatchObject({ status: 404, body: { message: '404 Branch Not Found' } });
    expect(await one('no..where')).toMatchObject({
      status: 400,
      body: { message: 'The branch refname is invalid' },
    });
    const head = await api('HEAD', `${project.at}/repository/branches/main`);
    expect([head.status, head.body]).toEqual([200, '']);
    expect((await api('HEAD', `${project.at}/repository/branches/none`)).status).toBe(404);
  });

  test('one that is made has its pipeline when it is answered', async () => {
    expect(await make('made', first)).toMatchObject({
      status: 201,
      body: { name: 'made', commit: { id: first } },
    });
    expect(await project.pipelines('?ref=made')).toMatchObject([
      { sha: first, source: 'push', status: 'pending' },
    ]);
    await git(tree, 'fetch', '--quiet', 'origin', 'made');
    expect((await remove('made')).status).toBe(204);
  });

  test('what cannot be made is refused in words', async () => {
    const refused = async (branch: string, ref: string) => {
      const { status, body } = await make(branch, ref);
      return [status, body.message];
    };
    expect(await refused('new', 'main')).toEqual([400, 'Branch already exists']);
    expect(await refused('a b', 'main')).toEqual([400, 'Branch name is invalid']);
    expect(await refused('-o', 'main')).toEqual([400, 'Branch name is invalid']);
    expect(await refused('x', 'none')).toEqual([400, `${failed('x')} invalid reference name 'none'`]);
    expect(await refused('x', '--all')).toEqual([400, `${failed('x')} invalid reference name '--all'`]);
    expect(await refused('new/deeper', 'main')).toEqual([
      400,
      `${failed('new/deeper')} Branch name conflicts with existing branch hierarchy.`,
    ]);
    await api('POST', `${project.at}/protected_branches`, { body: { name: 'stable-*' } });
    expect(await refused('stable-1', 'main')).toEqual([
      400,
      'You are not allowed to create protected branches on this project.',
    ]);
    expect((await make('stable-1', 'main', server.rootToken)).status).toBe(201);
    expect(await api('POST', `${project.at}/repository/branches`)).toMatchObject({
      body: { error: 'branch is missing, ref is missing' },
    });
  });

  test('are deleted, but not the default one, and a protected one by maintainers only', async () => {
    await make('gone', first);
    expect((await remove('gone')).status).toBe(204);
    expect(await remove('gone')).toMatchObject({ status: 404, body: { message: '404 Branch Not Found' } });
    expect(await project.pipelines('?ref=gone')).toHaveLength(1);
    expect(await remove('main', server.rootToken)).toMatchObject({
      status: 400,
      body: { message: 'The default branch of a project cannot be deleted.' },
    });
    await api('POST', `${project.at}/protected_branches`, { body: { name: 'kept', push_access_level: 30 } });
    await make('kept', first);
    expect((await remove('kept')).body.message).toMatch(/^You are not allowed to delete protected branches/);
    expect((await remove('kept', server.rootToken)).status).toBe(204);
  });

  test('of two that make the same branch at once one does, and it has one pipeline', async () => {
    const replies = await Promise.all([make('raced', first), make('raced', first), make('raced', first)]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 400, 400]);
    expect(await project.pipelines('?ref=raced')).toHaveLength(1);
    await remove('raced');
  });

  test('the merged ones go in one, with what is locked for them; others stay', async () => {
    await api('POST', `${project.at}/protected_branches`, { body: { name: 'protected-and-merged' } });
    await make('protected-and-merged', first, server.rootToken);
    await make('merged', second);
    const reply = await api('DELETE', `${project.at}/repository/merged_branches`, { token: developer.token });
    expect(reply).toMatchObject({ status: 202, body: { message: '202 Accepted' } });
    expect((await names()).filter((name) => !name.startsWith('stable'))).toEqual([
      'main',
      'new',
      'protected-and-merged',
    ]);
  });

  test('an empty repository has none, and none can be made of nothing', async () => {
    const empty = await gitProject(server);
    expect((await api('GET', `${empty.at}/repository/branches`)).body).toEqual([]);
    const reply = await api('POST', `${empty.at}/repository/branches`, {
      body: { branch: 'x', ref: 'main' },
    });
    expect(reply.status).toBe(400);
  });
});
