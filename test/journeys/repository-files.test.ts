import { createHash } from 'node:crypto';
import { Gitlab } from '@gitbeaker/rest';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, gitProject, ONE_JOB, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { addToken, type Person } from '../support/people.ts';
import { bootServer } from '../support/server.ts';

const BYTES = Buffer.from([0, 255, 10, 13, 195, 40]);

describe.each(databases)('files of repositories on %s', async (database) => {
  const server = await bootServer({ database });
  const { api, url } = server;
  let project: Awaited<ReturnType<typeof gitProject>>;
  let developer: Person;
  let sha: string;
  beforeAll(async () => {
    project = await gitProject(server);
    developer = await project.member('developer', 30);
    const tree = await workTree(project.remote());
    sha = await commit(tree, {
      '.gitlab-ci.yml': ONE_JOB,
      'dir/ünder score.txt': 'text\n',
      'dir/deep/bytes.bin': BYTES,
      'page.html': '<script>alert(1)</script>',
      big: Buffer.alloc(17 * 1024 * 1024, 'many bytes that compress well'),
    });
    await commit(tree, { other: 'x' });
    await git(
      tree,
      'push',
      '--quiet',
      '-o',
      'ci.no_pipeline',
      'origin',
      'main',
      'HEAD:refs/heads/side/branch',
    );
  });
  const place = (path: string, rest = '') =>
    `${project.at}/repository/files/${encodeURIComponent(path)}${rest}`;
  const ask = (method: string, path: string, body: object, token = developer.token) =>
    api<{ message: string; file_path: string }>(method, place(path), { token, body });
  const bytesOf = (path: string, headers: Record<string, string> = { 'private-token': developer.token }) =>
    fetch(`${url}/api/v4${path}`, { headers });
  const change = { branch: 'side/branch', commit_message: 'A change' };
  const text = async (path: string) =>
    Buffer.from(await (await bytesOf(place(path, '/raw?ref=side%2Fbranch'))).arrayBuffer()).toString();

  test('a file is read with all that is known of it, in the body and in headers', async () => {
    const path = 'dir/ünder score.txt';
    const { status, body, headers } = await api<Record<string, unknown>>('GET', place(path, '?ref=main'));
    const content_sha256 = createHash('sha256').update('text\n').digest('hex');
    expect([status, body]).toEqual([
      200,
      {
        file_name: 'ünder score.txt',
        file_path: path,
        size: 5,
        encoding: 'base64',
        content: Buffer.from('text\n').toString('base64'),
        content_sha256,
        ref: 'main',
        blob_id: expect.stringMatching(/^[0-9a-f]{40}$/),
        commit_id: await project.tip('main'),
        last_commit_id: sha,
        execute_filemode: false,
      },
    ]);
    expect(headers.get('x-gitlab-blob-id')).toBe(body['blob_id']);
    expect(headers.get('x-gitlab-content-sha256')).toBe(content_sha256);
    expect(Buffer.from(headers.get('x-gitlab-file-path') ?? '', 'latin1').toString()).toBe(path);
    const head = await api('HEAD', place(path, '?ref=main'));
    expect([head.status, head.body, head.headers.get('x-gitlab-size')]).toEqual([200, '', '5']);
    expect(head.headers.get('x-gitlab-execute-filemode')).toBe('false');
  });

  test('what is not there is said so', async () => {
    const get = async (path: string, query: string) => (await api('GET', place(path, query))).body;
    expect(await get('none', '?ref=main')).toEqual({ message: '404 File Not Found' });
    expect(await get('dir', '?ref=main')).toEqual({ message: '404 File Not Found' });
    expect(await get('other', '?ref=none')).toEqual({ message: '404 Commit Not Found' });
    expect(await get('other', '')).toEqual({ error: 'ref is missing' });
    expect(await get('../etc/passwd', '?ref=main')).toEqual({
      error: 'file_path should be a valid file path',
    });
    expect((await api('GET', `${project.at}/repository/files/dir/deep?ref=main`)).body).toEqual({
      error: '404 Not Found',
    });
  });

  test('the bytes come as they are, and never as a page', async () => {
    const raw = await bytesOf(place('dir/deep/bytes.bin', '/raw'));
    expect(Buffer.from(await raw.arrayBuffer())).toEqual(BYTES);
    expect(raw.headers.get('content-disposition')).toMatch(/^attachment/);
    const page = await bytesOf(place('page.html', `/raw?ref=${sha}`));
    expect(await page.text()).toBe('<script>alert(1)</script>');
    expect(page.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/^sandbox/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('x-gitlab-commit-id')).toBe(sha);
  });

  test('a large file is streamed, and too large for JSON', async () => {
    const raw = await bytesOf(place('big', '/raw?ref=main'));
    const bytes = Buffer.from(await raw.arrayBuffer());
    expect(bytes.length).toBe(17 * 1024 * 1024);
    expect(raw.headers.get('x-gitlab-content-sha256')).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect((await api('GET', place('big', '?ref=main'))).status).toBe(413);
  });

  test('a token for repositories reads files, and nothing else over the API', async () => {
    const token = await addToken(api, developer.id, ['read_repository']);
    expect((await api('GET', place('other', '?ref=main'), { token })).status).toBe(200);
    expect((await api('GET', place('other', '/raw'), { token })).status).toBe(200);
    expect((await api('GET', `${project.at}/repository/branches`, { token })).status).toBe(403);
    expect((await ask('DELETE', 'other', change, token)).status).toBe(403);
  });

  test('a file is added, changed and deleted; each is a push with a pipeline', async () => {
    const path = 'made/here.txt';
    const made = await ask('POST', path, {
      ...change,
      content: 'one',
      author_name: 'Bob',
      author_email: 'b@x',
    });
    expect([made.status, made.body]).toEqual([201, { file_path: path, branch: 'side/branch' }]);
    expect(await text(path)).toBe('one');
    const encoded = {
      ...change,
      content: BYTES.toString('base64'),
      encoding: 'base64',
      execute_filemode: true,
    };
    const updated = await ask('PUT', path, encoded);
    expect([updated.status, updated.body]).toEqual([200, { file_path: path, branch: 'side/branch' }]);
    const shown = await api('GET', place(path, '?ref=side%2Fbranch'));
    expect(shown.body).toMatchObject({ content: BYTES.toString('base64'), execute_filemode: true });
    const gone = await ask('DELETE', path, change);
    expect([gone.status, gone.body]).toEqual([204, '']);
    expect((await api('GET', place(path, '?ref=side%2Fbranch'))).status).toBe(404);
    const pipelines = await project.pipelines('?ref=side/branch');
    expect(pipelines.map(({ source }) => source)).toEqual(['push', 'push', 'push']);
    expect(new Set(pipelines.map((pipeline) => pipeline.sha)).size).toBe(3);
  });

  test('a file that somebody else has changed is not overwritten', async () => {
    const path = 'shared.txt';
    await ask('POST', path, { ...change, content: 'mine' });
    const seen = await api<{ last_commit_id: string }>('GET', place(path, '?ref=side%2Fbranch'));
    const { last_commit_id } = seen.body;
    expect((await ask('PUT', path, { ...change, content: 'theirs', last_commit_id })).status).toBe(200);
    expect(await ask('PUT', path, { ...change, content: 'mine again', last_commit_id })).toMatchObject({
      status: 400,
      body: { message: 'You are attempting to update a file that has changed since you started editing it.' },
    });
    expect(await ask('DELETE', path, { ...change, last_commit_id })).toMatchObject({
      status: 400,
      body: { message: 'You are attempting to delete a file that has been previously updated.' },
    });
    expect(await text(path)).toBe('theirs');
  });

  test('what cannot be written is refused in words', async () => {
    const refused = async (method: string, path: string, body: object) => {
      const reply = await ask(method, path, { ...change, content: 'x', ...body });
      return [reply.status, reply.body.message ?? reply.body];
    };
    expect(await refused('POST', 'other', {})).toEqual([400, 'A file with this name already exists']);
    expect(await refused('PUT', 'none', {})).toEqual([400, "A file with this name doesn't exist"]);
    expect(await refused('POST', 'x', { branch: 'main' })).toEqual([
      400,
      'You are not allowed to push into this branch',
    ]);
    expect(await refused('POST', 'x', { branch: 'none' })).toEqual([
      400,
      'You can only create or edit files when you are on a branch',
    ]);
    expect(await refused('POST', 'a/../x', {})).toEqual([
      400,
      { error: 'file_path should be a valid file path' },
    ]);
    expect(await refused('POST', 'x', { encoding: 'rot13' })).toEqual([
      400,
      { error: 'encoding does not have a valid value' },
    ]);
    expect((await ask('POST', 'x', { branch: 'main' })).body).toEqual({
      error: 'commit_message is missing, content is missing',
    });
    await api('POST', `${project.at}/archive`);
    expect((await refused('POST', 'x', {}))[0]).toBe(403);
    await api('POST', `${project.at}/unarchive`);
  });

  test('the first file of an empty repository starts a pipeline, and becomes the default branch', async () => {
    const empty = await gitProject(server);
    const at = `${empty.at}/repository/files/${encodeURIComponent('.gitlab-ci.yml')}`;
    const body = { branch: 'trunk', commit_message: 'Begin', content: ONE_JOB };
    expect((await api('POST', at, { body })).status).toBe(201);
    expect(await empty.pipelines()).toMatchObject([{ ref: 'trunk', source: 'push', status: 'pending' }]);
    expect((await api('GET', empty.at)).body).toMatchObject({ default_branch: 'trunk', empty_repo: false });
    const { body: at_once } = await api<{ last_activity_at: string }>('GET', empty.at);
    expect(Date.parse(at_once.last_activity_at)).toBeGreaterThan(Date.now() - 30_000);
  });

  test('folders are listed, whole or below, in pages', async () => {
    const tree = async (query: string) =>
      (await api<{ path: string; type: string }[]>('GET', `${project.at}/repository/tree${query}`)).body;
    const paths = async (query: string) => (await tree(query)).map(({ path }) => path);
    expect(await paths('')).toEqual(['dir', '.gitlab-ci.yml', 'big', 'other', 'page.html']);
    expect(await paths('?path=dir')).toEqual(['dir/deep', 'dir/ünder score.txt']);
    expect(await paths(`?path=dir/&recursive=true&ref=${sha}`)).toEqual([
      'dir/deep',
      'dir/deep/bytes.bin',
      'dir/ünder score.txt',
    ]);
    expect(await paths('?per_page=2&page=3')).toEqual(['page.html']);
    expect(await paths('?pagination=keyset&page_token=big&per_page=1')).toEqual(['other']);
    expect(await tree('?ref=none')).toEqual({ message: '404 Tree Not Found' });
    expect(await tree('?path=none')).toEqual({ message: '404 invalid revision or path Not Found' });
    const empty = await gitProject(server);
    expect((await api('GET', `${empty.at}/repository/tree`)).body).toEqual({ message: '404 Tree Not Found' });
  });

  test('blobs are read by their SHA', async () => {
    const entries = await api<{ id: string; path: string }[]>(
      'GET',
      `${project.at}/repository/tree?path=dir/deep`,
    );
    const blob = `${project.at}/repository/blobs/${entries.body[0]?.id}`;
    expect((await api('GET', blob)).body).toEqual({
      size: BYTES.length,
      encoding: 'base64',
      content: BYTES.toString('base64'),
      sha: entries.body[0]?.id,
    });
    const raw = await bytesOf(`${blob}/raw`);
    expect(Buffer.from(await raw.arrayBuffer())).toEqual(BYTES);
    for (const other of [sha, 'main', 'f'.repeat(40)])
      expect((await api('GET', `${project.at}/repository/blobs/${other}`)).body).toEqual({
        message: '404 Blob Not Found',
      });
  });

  test('gitbeaker reads and writes files', async () => {
    const { RepositoryFiles } = new Gitlab({ host: url, token: developer.token });
    const path = 'by/gitbeaker.txt';
    await RepositoryFiles.create(project.id, path, 'side/branch', 'hello', 'Add');
    await RepositoryFiles.edit(project.id, path, 'side/branch', 'changed', 'Edit');
    expect(await RepositoryFiles.show(project.id, path, 'side/branch')).toMatchObject({
      content: Buffer.from('changed').toString('base64'),
    });
    await RepositoryFiles.remove(project.id, path, 'side/branch', 'Remove');
  });
});
