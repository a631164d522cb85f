import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, ONE_JOB, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { addPerson, type Person } from '../support/people.ts';
import { rowsOf, seedJob } from '../support/rows.ts';
import { bootServer } from '../support/server.ts';

interface Commit {
  id: string;
  title: string;
  message: string;
  parent_ids: string[];
  author_name: string;
  author_email: string;
  committer_name: string;
  stats?: { additions: number; deletions: number; total: number };
  status: string | null;
  project_id: number;
  last_pipeline: { id: number; status: string } | null;
}

describe.each(databases)('commits on %s', async (database) => {
  const server = await bootServer({ database });
  const { api } = server;
  let project: Awaited<ReturnType<typeof gitProject>>;
  let developer: Person;
  let tree: string;
  let shas: string[];
  beforeAll(async () => {
    project = await gitProject(server);
    developer = await project.member('developer', 30);
    tree = await workTree(project.remote());
    shas = [
      await commit(
        tree,
        { '.gitlab-ci.yml': ONE_JOB, 'a/file': '1\n2\n' },
        'First\n\nSigned-off-by: Ada <a@x>',
      ),
      await commit(tree, { 'a/file': '1\n3\n', b: 'b\n' }, 'Second'),
      await commit(tree, { b: 'bb\n' }, 'Third'),
    ];
    await git(tree, 'tag', 'v1', shas[1] ?? '');
    await git(tree, 'push', '--quiet', 'origin', 'main', 'HEAD~1:refs/heads/feature/x', 'v1');
  });
  const list = (query = '') => api<Commit[]>('GET', `${project.at}/repository/commits${query}`);
  const titles = async (query: string) => (await list(query)).body.map(({ title }) => title);
  const one = (sha: string, query = '', token = developer.token) =>
    api<Commit>('GET', `${project.at}/repository/commits/${encodeURIComponent(sha)}${query}`, { token });
  const post = (body: object, token = developer.token) =>
    api<Commit & { message: string }>('POST', `${project.at}/repository/commits`, { token, body });
  const read = async (branch: string, path: string) => {
    const place = `${project.at}/repository/files/${encodeURIComponent(path)}/raw?ref=${encodeURIComponent(branch)}`;
    const { status, body } = await api<string>('GET', place);
    return status === 200 ? body : status;
  };
  const refs = async (query = '') =>
    (await api('GET', `${project.at}/repository/commits/${shas[1]}/refs${query}`)).body;
  const refused = async (more: object, action: object = {}) => {
    const actions = [{ action: 'create', file_path: 'x', content: 'x', ...action }];
    const reply = await post({ branch: 'main', commit_message: 'No', actions, ...more });
    return [reply.status, reply.body.message ?? reply.body];
  };

  test('are listed newest first, of a branch, tag, SHA, range or all, and in pages', async () => {
    expect(await titles('')).toEqual(['Third', 'Second', 'First']);
    expect(await titles('?ref_name=feature%2Fx')).toEqual(['Second', 'First']);
    expect(await titles('?ref_name=v1')).toEqual(['Second', 'First']);
    expect(await titles(`?ref_name=${shas[0]}`)).toEqual(['First']);
    expect(await titles('?ref_name=v1..main')).toEqual(['Third']);
    expect(await titles('?path=a')).toEqual(['Second', 'First']);
    expect(await titles('?path=b&ref_name=main')).toEqual(['Third', 'Second']);
    expect(await titles('?author=ada@example.org&all=true')).toHaveLength(3);
    expect(await titles('?author=nobody')).toEqual([]);
    expect(await titles('?since=2100-01-01')).toEqual([]);
    expect(await titles('?until=2100-01-01T00:00:00Z&first_parent=true&order=topo')).toHaveLength(3);
    const page = await list('?per_page=2');
    expect(page.body).toHaveLength(2);
    expect([page.headers.get('x-next-page'), page.headers.get('x-total')]).toEqual(['2', null]);
    expect(await titles('?per_page=2&page=2')).toEqual(['First']);
    expect((await list('?pagination=keyset')).status).toBe(405);
    expect(await list('?ref_name=none')).toMatchObject({
      status: 404,
      body: { message: '404 Commit Not Found' },
    });
    expect(await list('?since=yesterday')).toMatchObject({
      status: 400,
      body: { error: 'since is invalid' },
    });
    expect((await list('?ref_name=--all')).status).toBe(404);
  });

  test('show their lines where they are asked for, and their trailers', async () => {
    const { body } = await list('?with_stats=true');
    expect(body.map(({ stats }) => stats)).toEqual([
      { additions: 1, deletions: 1, total: 2 },
      { additions: 2, deletions: 1, total: 3 },
      { additions: 4, deletions: 0, total: 4 },
    ]);
    expect(body[2]).toMatchObject({ trailers: { 'Signed-off-by': 'Ada <a@x>' } });
    expect((await list()).body[0]).not.toHaveProperty('stats');
  });

  test('one has its newest pipeline and its status, by SHA, branch or tag', async () => {
    const [pipeline] = await project.pipelines(`?sha=${shas[2]}`);
    expect((await one('main')).body).toMatchObject({
      id: shas[2],
      project_id: project.id,
      status: 'pending',
      last_pipeline: { id: pipeline?.id, status: 'pending' },
      stats: { total: 2 },
    });
    expect((await one('feature/x', '?stats=false')).body).not.toHaveProperty('stats');
    expect((await one((shas[0] ?? '').slice(0, 8))).body).toMatchObject({
      id: shas[0],
      last_pipeline: null,
      status: null,
    });
    expect(await one('none')).toMatchObject({ status: 404, body: { message: '404 Commit Not Found' } });
  });

  test('one does not tell of pipelines to those who may not see them', async () => {
    const open = await gitProject(server, { visibility: 'public', builds_access_level: 'private' });
    const origin = await workTree(open.remote());
    const sha = await commit(origin, { '.gitlab-ci.yml': ONE_JOB });
    await git(origin, 'push', '--quiet', 'origin', 'main');
    const ask = (token: string | null) =>
      api<Commit>('GET', `${open.at}/repository/commits/${sha}`, { token });
    expect((await ask(server.rootToken)).body.last_pipeline).not.toBe(null);
    expect(await ask(null)).toMatchObject({ status: 200, body: { last_pipeline: null, status: null } });
  });

  test('a job reads the commits of its project with its token', async () => {
    const rows = await rowsOf(server);
    const token = 'glcbt-of-a-job-that-reads';
    await seedJob(rows, { project_id: project.id, user_id: developer.id, status: 'running', token });
    const headers = { 'job-token': token };
    const at = `${project.at}/repository`;
    for (const path of ['/commits/main', '/branches', '/branches/main', '/tags', '/files/b/raw'])
      expect([path, (await api('GET', at + path, { headers })).status]).toEqual([path, 200]);
    expect((await api('GET', `${at}/tree`, { headers })).status).toBe(404);
    await rows.updateTable('jobs').set({ status: 'success' }).where('token_digest', 'is not', null).execute();
    expect((await api('GET', `${at}/commits/main`, { headers })).status).toBe(401);
  });

  test('name the branches and tags that have them', async () => {
    const branches = [
      { type: 'branch', name: 'feature/x' },
      { type: 'branch', name: 'main' },
    ];
    expect(await refs('?type=branch')).toEqual(branches);
    expect(await refs('?type=tag')).toEqual([{ type: 'tag', name: 'v1' }]);
    expect(await refs()).toEqual([...branches, { type: 'tag', name: 'v1' }]);
  });

  test('several actions are one commit, which is a push with a pipeline', async () => {
    const reply = await post({
      branch: 'actions',
      start_branch: 'main',
      commit_message: 'Much at once',
      author_name: 'Bob',
      author_email: 'bob@example.org',
      actions: [
        { action: 'create', file_path: 'new/file', content: 'bmV3', encoding: 'base64' },
        { action: 'update', file_path: 'a/file', content: 'changed' },
        { action: 'move', previous_path: 'b', file_path: 'moved' },
        { action: 'chmod', file_path: 'moved', execute_filemode: true },
        { action: 'create', file_path: 'short-lived', content: '' },
        { action: 'delete', file_path: 'short-lived' },
      ],
    });
    expect(reply).toMatchObject({
      status: 201,
      body: {
        title: 'Much at once',
        parent_ids: [shas[2]],
        author_name: 'Bob',
        author_email: 'bob@example.org',
        committer_name: developer.username,
        last_pipeline: { ref: 'actions', source: 'push' },
      },
    });
    expect(await read('actions', 'new/file')).toBe('new');
    expect(await read('actions', 'a/file')).toBe('changed');
    expect([await read('actions', 'b'), await read('actions', 'moved')]).toEqual([404, 'bb\n']);
    const entries = await api<{ path: string; mode: string }[]>(
      'GET',
      `${project.at}/repository/tree?ref=actions`,
    );
    expect(entries.body.find(({ path }) => path === 'moved')?.mode).toBe('100755');
    expect(await project.pipelines('?ref=actions')).toMatchObject([{ sha: reply.body.id, source: 'push' }]);
    await git(tree, 'fetch', '--quiet', 'origin', 'actions');
  });

  test('a commit says why it is refused, and leaves no trace then', async () => {
    const from = { branch: 'refused', start_branch: 'main' };
    expect(await refused({})).toEqual([400, 'You are not allowed to push into this branch']);
    expect(await refused({ branch: 'none' })).toEqual([
      400,
      'You can only create or edit files when you are on a branch',
    ]);
    expect(await refused({ branch: 'none', start_branch: 'v1' })).toEqual([
      400,
      'You can only create or edit files when you are on a branch',
    ]);
    expect(await refused({ branch: 'feature/x', start_branch: 'main' })).toEqual([
      400,
      "A branch called 'feature/x' already exists. Switch to that branch in order to make changes",
    ]);
    expect(await refused(from, { file_path: 'b' })).toEqual([400, 'A file with this name already exists']);
    expect(await refused(from, { file_path: 'a' })).toEqual([
      400,
      'A directory with this name already exists',
    ]);
    expect(await refused(from, { action: 'update' })).toEqual([400, "A file with this name doesn't exist"]);
    expect((await refused(from, { file_path: '../x' }))[0]).toBe(400);
    expect((await refused(from, { file_path: '.git/config' }))[0]).toBe(400);
    const stale = { action: 'update', file_path: 'b', last_commit_id: shas[1] };
    expect(await refused(from, stale)).toEqual([400, 'The file has changed since you started editing it: b']);
    expect(await refused(from, { action: 'burn' })).toEqual([
      400,
      { error: 'actions[0][action] does not have a valid value' },
    ]);
    expect(await refused(from, { action: 'move', content: undefined })).toEqual([
      400,
      { error: 'actions[0][previous_path] is missing' },
    ]);
    expect(await refused({ ...from, start_sha: shas[0] })).toEqual([
      400,
      "You can't pass both start_branch and start_sha",
    ]);
    expect(await refused({ branch: 'refused', start_sha: 'main' })).toEqual([
      400,
      "Invalid start_sha 'main'",
    ]);
    expect((await refused({ branch: 'a..b', start_branch: 'main' }))[1]).toMatch(/Branch name is invalid$/);
    expect(await project.tip('refused')).toBe(null);
    expect(await project.pipelines('?ref=refused')).toEqual([]);
  });

  test('a branch is made anew with force, but no protected one', async () => {
    const actions = [{ action: 'create', file_path: 'forced', content: 'x' }];
    const wish = { branch: 'feature/x', start_sha: shas[0], force: true, commit_message: 'Anew', actions };
    expect(await post(wish)).toMatchObject({ status: 201, body: { parent_ids: [shas[0]] } });
    const forced = { ...wish, branch: 'main' };
    expect((await post(forced, server.rootToken)).body.message).toBe(
      'You are not allowed to push into this branch',
    );
    expect(await project.tip('main')).toBe(shas[2]);
  });

  test('of commits made at once to one branch those that are told so are there, each with its pipeline', async () => {
    await api('POST', `${project.at}/repository/branches`, { body: { branch: 'raced', ref: 'main' } });
    const replies = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        post({
          branch: 'raced',
          commit_message: `Racer ${number}`,
          actions: [{ action: 'create', file_path: `racer-${number}`, content: 'x' }],
        }),
      ),
    );
    const made = replies.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(made.length).toBeGreaterThan(0);
    const refusals = replies.flatMap(({ status, body }) => (status === 201 ? [] : [body.message]));
    const refusal = 'Could not update refs/heads/raced. Please refresh and try again.';
    expect(refusals).toEqual(refusals.map(() => refusal));
    const there = (await list('?ref_name=main..raced')).body.map(({ id }) => id);
    expect(there.toSorted()).toEqual(made.toSorted());
    const [, ...pipelines] = (await project.pipelines('?ref=raced')).map(({ sha }) => sha).toReversed();
    expect(pipelines.toSorted()).toEqual(made.toSorted());
  });

  test('a push over the API whose server died before its pipeline gets it later', async () => {
    const rows = await rowsOf(server);
    const sha = shas[0] ?? '';
    const commands = JSON.stringify([{ ref: 'refs/heads/orphan', old: '0'.repeat(40), new: sha }]);
    const values = { project_id: project.id, user_id: developer.id, commands, push_options: '[]' };
    const folder = join(server.data, 'repositories', `${project.id}.git`);
    await rows
      .insertInto('pushes')
      .values({ ...values, state: 'open', created_at: Date.now() })
      .execute();
    await git(folder, '--git-dir', folder, 'update-ref', 'refs/heads/orphan', sha);
    await expect.poll(async () => (await project.pipelines('?ref=orphan')).length).toBe(1);
  });

  test('many commits are tidied up: their packs are joined', async () => {
    const many = await gitProject(server);
    const person = await addPerson(api, 'writer', true);
    const folder = join(server.data, 'repositories', `${many.id}.git`, 'objects');
    for (let number = 1; number <= 22; number += 1) {
      const body = { branch: 'main', content: `${number}`, commit_message: `File ${number}` };
      const reply = await api('POST', `${many.at}/repository/files/f${number}`, {
        token: person.token,
        body,
      });
      expect(reply.status).toBe(201);
    }
    await expect.poll(() => existsSync(join(folder, 'info', 'commit-graph'))).toBe(true);
    expect((await api('GET', `${many.at}/repository/commits?per_page=100`)).body).toHaveLength(22);
  });
});
