import { describe, expect, test } from 'vitest';
import { type Commit, commitScene } from '../support/commit-scene.ts';
import { databases } from '../support/databases.ts';
import { commit, gitProject, ONE_JOB, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { rowsOf, seedJob } from '../support/rows.ts';
import { bootServer } from '../support/server.ts';

describe.each(databases)('commits on %s', async (database) => {
  const server = await bootServer({ database });
  const { api } = server;
  const { project, developer, shas, list } = await commitScene(server);
  const titles = async (query: string) => (await list(query)).body.map(({ title }) => title);
  const one = (sha: string, query = '', token = developer.token) =>
    api<Commit>('GET', `${project.at}/repository/commits/${encodeURIComponent(sha)}${query}`, { token });
  const refs = async (query = '') =>
    (await api('GET', `${project.at}/repository/commits/${shas[1]}/refs${query}`)).body;

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
});
