import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, tryGit, workTree } from '../support/git-project.ts';
import { basic, gitHouse } from '../support/git-house.ts';
import { git } from '../support/git.ts';
import { addPerson, addToken } from '../support/people.ts';
import { bootServer } from '../support/server.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';

describe.each(databases)('who may do what by git, on %s', async (database) => {
  const server = await bootServer({ database });
  const { api, url } = server;
  const { pushed, refsOf } = gitHouse(server);

  test('who gives no password is asked for one, whether there is such a project or not', async () => {
    const hidden = await gitProject(server);
    const open = await gitProject(server, { visibility: 'public' });
    for (const path of [hidden.path, 'root/no-such-project']) {
      const reply = await refsOf(path);
      expect(reply.status).toBe(401);
      expect(reply.headers.get('www-authenticate')).toBe('Basic realm="Jobyard"');
      expect(await reply.text()).toMatch(/Access denied/);
    }
    expect((await refsOf(open.path)).status).toBe(200);
    expect((await refsOf(open.path, 'git-receive-pack')).status).toBe(401);
  });

  test('tokens open to whom they belong to, as far as their scopes go', async () => {
    const { path, member } = await gitProject(server);
    const [reporter, outsider] = [await member('reporter', 20), await addPerson(api, 'outsider')];
    const status = async (token: string, service?: string) =>
      (await refsOf(path, service, basic(token))).status;
    const reading = await addToken(api, reporter.id, ['read_repository']);
    const expired = await addToken(api, reporter.id, ['api'], '2020-01-01');
    const unrelated = await addToken(api, reporter.id, ['read_user']);
    expect(await status(reading)).toBe(200);
    expect(await status(outsider.token)).toBe(404);
    expect(await status('glpat-unknown')).toBe(401);
    expect(await status(expired)).toBe(401);
    expect(await status(unrelated)).toBe(403);
    await api('DELETE', '/personal_access_tokens/self', { token: reporter.token });
    expect(await status(reporter.token)).toBe(401);
    const developer = await member('developer', 30);
    const writing = await addToken(api, developer.id, ['write_repository']);
    expect(await status(writing, 'git-receive-pack')).toBe(200);
    expect(await status(await addToken(api, developer.id, ['read_api']), 'git-receive-pack')).toBe(403);
    await api('POST', `/users/${developer.id}/block`);
    expect(await status(writing)).toBe(403);
  });

  test('git shows why a push is refused: to a reporter, and to an archived project', async () => {
    const { at, tree, remote, member, tip, sha } = await pushed();
    const reporter = await member('reporter', 20);
    await commit(tree);
    const refused = await tryGit(tree, 'push', remote(reporter.token), 'HEAD:refs/heads/mine');
    expect(refused.words).toContain('You are not allowed to push code to this project.');
    await api('POST', `${at}/archive`);
    expect((await tryGit(tree, 'push', 'origin', 'main')).ok).toBe(false);
    await api('POST', `${at}/unarchive`);
    expect(await tip('main')).toBe(sha);
    expect((await tryGit(tree, 'push', 'origin', 'main')).ok).toBe(true);
  });

  test('a protected branch refuses a developer, and takes the other branches of the push', async () => {
    const { tree, sha, remote, member, tip, pipelines } = await pushed();
    const developer = await member('developer', 30);
    const next = await commit(tree);
    const { ok, words } = await tryGit(
      tree,
      'push',
      remote(developer.token),
      'HEAD:main',
      'HEAD:refs/heads/free',
    );
    expect(ok).toBe(false);
    expect(words).toContain('You are not allowed to push code to protected branches on this project.');
    expect([await tip('main'), await tip('free')]).toEqual([sha, next]);
    expect((await pipelines()).map(({ ref }) => ref)).toEqual(['free', 'main']);
  });

  test('nobody drops commits of a protected branch, or deletes it; others are overwritten and deleted', async () => {
    const { tree, sha, tip } = await pushed();
    await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/free');
    await git(tree, 'commit', '--quiet', '--amend', '--message', 'Another beginning');
    const other = (await git(tree, 'rev-parse', 'HEAD')).trim();
    expect((await tryGit(tree, 'push', '--force', 'origin', 'HEAD:main')).ok).toBe(false);
    expect((await tryGit(tree, 'push', 'origin', ':main')).words).toContain(
      'The default branch of a project cannot be deleted.',
    );
    expect(await tip('main')).toBe(sha);
    await git(tree, 'push', '--quiet', '--force', 'origin', 'HEAD:free');
    expect(await tip('free')).toBe(other);
    await git(tree, 'push', '--quiet', 'origin', ':free');
    expect(await tip('free')).toBe(null);
  });

  test('tags have pipelines; a protected one is not for developers, and never moves', async () => {
    const { at, tree, remote, member, pipelines } = await pushed();
    const developer = await member('developer', 30);
    await api('POST', `${at}/protected_tags`, { body: { name: 'v*' } });
    await git(tree, 'tag', 'v1');
    await git(tree, 'tag', '--annotate', 'light', '--message', 'Words');
    const { words } = await tryGit(tree, 'push', remote(developer.token), 'v1', 'light');
    expect(words).toContain('You are not allowed to create this tag as it is protected.');
    expect((await pipelines('?scope=tags')).map(({ ref }) => ref)).toEqual(['light']);
    await git(tree, 'push', '--quiet', 'origin', 'v1');
    await commit(tree);
    await git(tree, 'tag', '--force', 'v1');
    expect((await tryGit(tree, 'push', '--force', 'origin', 'v1')).words).toContain(
      'Protected tags cannot be updated.',
    );
    expect((await tryGit(tree, 'push', 'origin', ':v1')).words).toContain('only delete protected tags using');
  });

  test('a job fetches its project while it runs, and nothing before or after; it pushes nothing', async () => {
    const { id, path, sha, tree } = await pushed();
    const elsewhere = await gitProject(server);
    const made = await api<{ token: string }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: id, run_untagged: true },
    });
    const runner = new SimulatedRunner(url, made.body.token, { features: {} });
    const { job } = await runner.request();
    if (!job) throw new Error('no job');
    const { repo_url, refspecs } = job.git_info;
    const fetched = await workTree(repo_url);
    await git(fetched, 'fetch', '--quiet', '--depth=1', 'origin', ...refspecs);
    expect((await git(fetched, 'log', '--format=%H', sha)).trim()).toBe(sha);
    expect((await refsOf(elsewhere.path, undefined, basic(job.token))).status).toBe(403);
    const pushing = await refsOf(path, 'git-receive-pack', basic(job.token));
    expect([pushing.status, await pushing.text()]).toEqual([403, expect.stringContaining('job token')]);
    expect((await tryGit(tree, 'push', repo_url, 'HEAD:refs/heads/of-the-job')).ok).toBe(false);
    await runner.finish(job, 'success');
    expect((await refsOf(path, undefined, basic(job.token))).status).toBe(401);
    expect((await tryGit(fetched, 'fetch', 'origin')).ok).toBe(false);
    runner.close();
  });
});
