import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, ONE_JOB, tryGit, workTree } from '../support/git-project.ts';
import { basic, gitHouse } from '../support/git-house.ts';
import { git } from '../support/git.ts';
import { bootServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const ZERO = '0'.repeat(40);
const packet = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;

const answerOf = async (...address: [string, RequestInit?]) => {
  const reply = await fetch(...address);
  return [reply.status, reply.headers.get('content-type'), await reply.text()];
};

describe.each(databases)('git over HTTP on %s', async (database) => {
  const server = await bootServer({ database });
  const { api, url } = server;
  const { pushed, folderOf, refsOf } = gitHouse(server);

  test.each(['0', '2'])(
    'protocol %s: clones whole, shallow and partial, and fetches by SHA',
    async (version) => {
      const { tree, sha, remote, pipelines } = await pushed();
      const second = await commit(tree, { 'dir/file': 'more' });
      await git(tree, 'push', '--quiet', 'origin', 'main');
      const clone = async (...options: string[]) => {
        const folder = join(temporaryFolder(), 'clone');
        await git(
          tree,
          '-c',
          `protocol.version=${version}`,
          'clone',
          '--quiet',
          ...options,
          remote(),
          folder,
        );
        return folder;
      };
      expect(await git(await clone(), 'log', '--format=%H')).toBe(`${second}\n${sha}\n`);
      const shallow = await clone('--depth=1');
      expect(await git(shallow, 'log', '--format=%H')).toBe(`${second}\n`);
      await git(shallow, '-c', `protocol.version=${version}`, 'fetch', '--quiet', '--depth=1', 'origin', sha);
      expect((await git(shallow, 'rev-parse', 'FETCH_HEAD')).trim()).toBe(sha);
      const partial = await clone('--filter=tree:0', '--depth=1');
      expect(await git(partial, 'show', 'HEAD:dir/file')).toBe('more');
      const [pipeline] = await pipelines();
      const ref = `refs/pipelines/${pipeline?.id}`;
      await git(shallow, 'fetch', '--quiet', '--depth=1', 'origin', `+${ref}:${ref}`);
      expect((await git(shallow, 'rev-parse', ref)).trim()).toBe(pipeline?.sha);
    },
  );

  test('a push has its pipeline before git reports it, and says where it is', async () => {
    const project = await gitProject(server);
    const tree = await workTree(project.remote());
    const sha = await commit(tree, { '.gitlab-ci.yml': ONE_JOB });
    const { words } = await tryGit(tree, 'push', 'origin', 'main');
    const [pipeline, ...more] = await project.pipelines();
    expect(pipeline).toMatchObject({ sha, ref: 'main', source: 'push', status: 'pending' });
    expect(more).toEqual([]);
    expect(words).toContain(`${url}/${project.path}/-/pipelines/${pipeline?.id}`);
  });

  test('options and words of a push skip its pipeline, and give it variables', async () => {
    const { at, tree, pipelines } = await pushed();
    const newest = async () => (await pipelines())[0];
    await commit(tree);
    await git(tree, 'push', '--quiet', '-o', 'ci.skip', 'origin', 'main');
    expect(await newest()).toMatchObject({ status: 'skipped' });
    await commit(tree, {}, 'Only words [skip ci]');
    await git(tree, 'push', '--quiet', 'origin', 'main');
    expect(await newest()).toMatchObject({ status: 'skipped' });
    await commit(tree);
    await git(tree, 'push', '--quiet', '-o', 'ci.variable=COLOUR=blue', 'origin', 'main');
    const given = await api('GET', `${at}/pipelines/${(await newest())?.id}/variables`);
    expect(given.body).toMatchObject([{ key: 'COLOUR', value: 'blue' }]);
    await commit(tree);
    await git(tree, 'push', '--quiet', '-o', 'ci.no_pipeline', 'origin', 'main');
    expect(await pipelines()).toHaveLength(4);
  });

  test('a push of five branches makes four pipelines', async () => {
    const { tree, pipelines, tip } = await pushed();
    const refs = [1, 2, 3, 4, 5].map((number) => `HEAD:refs/heads/b${number}`);
    await git(tree, 'push', '--quiet', 'origin', ...refs);
    expect((await pipelines()).map(({ ref }) => ref).toSorted()).toEqual(['b1', 'b2', 'b3', 'b4', 'main']);
    expect(await tip('b5')).not.toBe(null);
  });

  test('the first push decides which branch is the default one', async () => {
    const { at, remote, member, pipelines } = await gitProject(server);
    const tree = await workTree(remote());
    await commit(tree, { '.gitlab-ci.yml': 'unit:\n  script: echo $CI_DEFAULT_BRANCH\n' });
    const developer = await member('developer', 30);
    await git(tree, 'push', '--quiet', remote(developer.token), 'HEAD:refs/heads/trunk');
    expect((await api('GET', at)).body).toMatchObject({ default_branch: 'trunk', empty_repo: false });
    expect((await api('GET', `${at}/repository/branches/trunk`)).body).toMatchObject({
      default: true,
      protected: true,
    });
    expect((await pipelines()).map(({ ref }) => ref)).toEqual(['trunk']);
    const clone = join(temporaryFolder(), 'clone');
    await git(tree, 'clone', '--quiet', remote(), clone);
    expect((await git(clone, 'branch', '--show-current')).trim()).toBe('trunk');
    await git(tree, 'push', '--quiet', remote(developer.token), 'HEAD:refs/heads/other');
    expect((await api('GET', at)).body).toMatchObject({ default_branch: 'trunk' });
  });

  test('other services, and the protocol of plain files, are refused in words', async () => {
    const { path } = await gitProject(server, { visibility: 'public' });
    const smart = [403, 'text/plain; charset=utf-8', expect.stringContaining('smart HTTP')];
    expect(await answerOf(`${url}/${path}.git/info/refs`)).toEqual(smart);
    expect(await answerOf(`${url}/${path}.git/info/refs?service=git-evil`)).toEqual(smart);
    expect(await answerOf(`${url}/${path}.git/git-upload-archive`, { method: 'POST' })).toEqual(smart);
    expect(await answerOf(`${url}/${path}.git/HEAD`)).toEqual(smart);
    const bad = { method: 'POST', body: 'no packet', headers: basic(server.rootToken) };
    expect((await answerOf(`${url}/${path}.git/git-receive-pack`, bad))[0]).toBe(400);
    const half = gzipSync('0000').subarray(0, 12);
    const cut = { ...bad, body: half, headers: { ...bad.headers, 'content-encoding': 'gzip' } };
    expect((await answerOf(`${url}/${path}.git/git-receive-pack`, cut))[0]).toBe(400);
    const odd = { ...bad, headers: { ...bad.headers, 'content-encoding': 'br' } };
    expect((await answerOf(`${url}/${path}.git/git-receive-pack`, odd))[0]).toBe(415);
  });

  test('bodies come compressed, and pushes larger than any other request', async () => {
    const { tree, remote, tip, path, sha } = await pushed();
    const big = await commit(tree, { big: randomBytes(4 * 1024 * 1024) });
    await git(tree, 'push', '--quiet', remote(), 'HEAD:refs/heads/big');
    expect(await tip('big')).toBe(big);
    const wants = `0032want ${sha}\n00000009done\n`;
    const reply = await fetch(`${url}/${path}.git/git-upload-pack`, {
      method: 'POST',
      headers: {
        ...basic(server.rootToken),
        'content-encoding': 'gzip',
        'content-type': 'application/x-git-upload-pack-request',
      },
      body: gzipSync(wants),
    });
    expect(reply.headers.get('cache-control')).toContain('no-cache');
    expect(Buffer.from(await reply.arrayBuffer()).toString('latin1')).toMatch(/^0008NAK\nPACK/);
  });

  test('a fetch whose client leaves ends with it', async () => {
    const { id, path, tree } = await pushed();
    await git(tree, 'config', 'core.compression', '0');
    const sha = await commit(tree, { big: randomBytes(16 * 1024 * 1024) });
    await git(tree, 'push', '--quiet', '-o', 'ci.no_pipeline', 'origin', 'main');
    const serving = async () =>
      (await run('ps', ['-eo', 'args'])).stdout.includes(`--stateless-rpc ${folderOf(id)}`);
    const outgoing = request(`${url}/${path}.git/git-upload-pack`, {
      method: 'POST',
      headers: { ...basic(server.rootToken), 'content-type': 'application/x-git-upload-pack-request' },
    });
    outgoing.end(`0032want ${sha}\n00000009done\n`);
    await new Promise((resolve) => outgoing.once('response', resolve));
    expect(await serving()).toBe(true);
    outgoing.destroy();
    await expect.poll(serving).toBe(false);
  });

  test('a push whose client leaves before the answer is taken with its pipeline', async () => {
    const { id, path, sha, tip, pipelines } = await pushed();
    const line = `${ZERO} ${sha} refs/heads/left\0 report-status`;
    const empty = Buffer.from('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex');
    const outgoing = request(`${url}/${path}.git/git-receive-pack`, {
      method: 'POST',
      headers: { ...basic(server.rootToken), 'content-type': 'application/x-git-receive-pack-request' },
    });
    outgoing.on('error', () => {});
    outgoing.end(Buffer.concat([Buffer.from(`${packet(line)}0000`), empty]));
    const file = join(folderOf(id), 'refs/heads/left');
    await expect.poll(() => existsSync(file), { interval: 2 }).toBe(true);
    outgoing.destroy();
    expect(await tip('left')).toBe(sha);
    await expect.poll(async () => (await pipelines('?ref=left')).length).toBe(1);
  });

  test('of two pushes at once to one branch one is taken, with the one pipeline', async () => {
    const { remote, tree, sha, tip, pipelines } = await pushed();
    const trees = await Promise.all(
      [1, 2].map(async () => {
        const other = join(temporaryFolder(), 'clone');
        await git(tree, 'clone', '--quiet', remote(), other);
        return other;
      }),
    );
    const shas = await Promise.all(trees.map((one, index) => commit(one, { [`file-${index}`]: 'x' })));
    const results = await Promise.all(trees.map((one) => tryGit(one, 'push', 'origin', 'HEAD:main')));
    const winner = results.findIndex(({ ok }) => ok);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await tip('main')).toBe(shas[winner]);
    expect((await pipelines()).map((pipeline) => pipeline.sha)).toEqual([shas[winner], sha]);
  });

  test('a file is served by its address for people, whatever the ref is called', async () => {
    const { path, at, tree } = await pushed();
    await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/feature/deep');
    await commit(tree, { 'page.html': '<script>alert(1)</script>' });
    await git(tree, 'push', '--quiet', 'origin', 'HEAD:main');
    const raw = (rest: string, token: string | null = server.rootToken) =>
      fetch(`${url}/${path}/-/raw/${rest}`, { headers: token === null ? {} : { 'private-token': token } });
    expect(await (await raw('feature/deep/dir/file')).text()).toBe('content');
    expect(await (await raw('main/dir/file')).text()).toBe('content');
    expect((await raw('main/dir/file', null)).status).toBe(404);
    expect((await raw('main/none')).status).toBe(404);
    expect((await raw('none/dir/file')).status).toBe(404);
    await api('PUT', at, { body: { visibility: 'public' } });
    const page = await raw('main/page.html', null);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain('sandbox');
    expect(page.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  test('a deleted project is gone for git at once', async () => {
    const { at, path, tree } = await pushed();
    await api('DELETE', at);
    expect((await refsOf(path, undefined, basic(server.rootToken))).status).toBe(404);
    expect((await tryGit(tree, 'push', 'origin', 'HEAD:refs/heads/late')).ok).toBe(false);
  });
});

test('without git the server does not start, and says what to do', async () => {
  const starting = bootServer({ config: { search_path: '/nonexistent' } });
  await expect(starting).rejects.toThrow(/^There is no git on the PATH: install git /);
});
