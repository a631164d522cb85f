import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { commitIn, git, gitWords, serverAndTree } from '../../test/support/repositories.ts';
import { refValues } from '../git/refs.ts';
import { ZERO_SHA, type Repository } from '../git/repository.ts';
import { createPipelineRef } from '../git/pipeline-refs.ts';
import type { RefUpdate } from '../git/update-refs.ts';
import { advertiseRefs, uploadPack } from './fetch.ts';
import { FLUSH, packet } from './pkt-line.ts';
import { receivePack, type PushCallbacks, type Refusals } from './push.ts';
import { decodedBody, isService, protocolOf, type Log } from './service.ts';

const NONE: Refusals = { refused: new Map() };

/** What the server was told of a push, and what it says to it. */
class Pushes implements PushCallbacks {
  readonly asked: { commands: readonly RefUpdate[]; options: readonly string[] }[] = [];
  readonly done: (readonly RefUpdate[])[] = [];
  readonly warnings: string[] = [];
  decide: (commands: readonly RefUpdate[]) => Refusals | Promise<Refusals> = () => NONE;
  conclude: () => readonly string[] | Promise<readonly string[]> = () => [];

  async before(commands: readonly RefUpdate[], options: readonly string[]) {
    this.asked.push({ commands, options });
    return this.decide(commands);
  }

  async after(updated: readonly RefUpdate[]) {
    this.done.push(updated);
    return this.conclude();
  }
}

/** A server of one repository, as thin as the edge that mounts it; with a working tree that has it as origin. */
async function served() {
  const { repository, tree } = await serverAndTree();
  const pushes = new Pushes();
  const log: Log = { warn: (_, message) => pushes.warnings.push(message) };
  const requests: IncomingMessage[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(incoming);
    answer(repository, pushes, log, incoming, outgoing).catch(() => {
      outgoing.statusCode = 500;
      outgoing.end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/p.git`;
  await git(tree, ['remote', 'set-url', 'origin', url]);
  return { repository, tree, url, pushes, requests, server };
}

async function answer(
  repository: Repository,
  pushes: Pushes,
  log: Log,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) {
  const url = new URL(incoming.url ?? '', 'http://localhost');
  const protocol = protocolOf(incoming.headers['git-protocol']?.toString());
  const service = url.searchParams.get('service') ?? url.pathname.replace('/p.git/', '');
  if (!isService(service)) throw new Error(`no service ${service}`);
  if (incoming.method === 'GET') {
    outgoing.setHeader('content-type', `application/x-${service}-advertisement`);
    outgoing.end(await advertiseRefs(repository, service, protocol));
    return;
  }
  const body = decodedBody(incoming, incoming.headers['content-encoding']);
  if (!body) throw new Error('an unknown encoding');
  const reply =
    service === 'git-upload-pack'
      ? uploadPack(repository, body, { protocol, log })
      : await receivePack(repository, body, pushes, log);
  outgoing.setHeader('content-type', `application/x-${service}-result`);
  reply.pipe(outgoing);
  outgoing.on('close', () => reply.destroy());
}

async function post(url: string, service: string, body: Buffer, headers: Record<string, string> = {}) {
  const outgoing = request(`${url}/${service}`, { method: 'POST', headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode, body: await buffer(incoming) };
}

test.each(['0', '1', '2'])('clones whole, shallow, partial and by SHA with protocol %s', async (version) => {
  const { repository, tree, url, requests } = await served();
  const first = await commitIn(tree, { a: '1', 'dir/b': 'b' });
  const second = await commitIn(tree, { a: '2' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  await createPipelineRef(repository, { id: 7, sha: first });
  const speak = ['-c', `protocol.version=${version}`];
  const clone = async (name: string, ...options: string[]) => {
    await git(tree, [...speak, 'clone', '-q', ...options, url, join(tree, '..', name)]);
    return join(tree, '..', name);
  };
  expect(await git(await clone('whole'), ['rev-list', 'HEAD'])).toBe(`${second}\n${first}`);
  expect(await git(await clone('shallow', '--depth=1'), ['rev-list', 'HEAD'])).toBe(second);
  const partial = await clone('partial', '--filter=blob:none');
  expect(await git(partial, [...speak, 'show', `${first}:dir/b`])).toBe('b');
  const lean = await clone('lean', '--filter=tree:0', '--depth=1');
  await git(lean, [...speak, 'fetch', '-q', '--depth=1', 'origin', first]);
  expect(await git(lean, ['rev-parse', 'FETCH_HEAD'])).toBe(first);
  const fetched = ['fetch', '-q', '--depth=1', 'origin', '+refs/pipelines/7:refs/pipelines/7'];
  await git(lean, [...speak, ...fetched]);
  expect(await git(lean, ['rev-parse', 'refs/pipelines/7'])).toBe(first);
  const asked = requests.map(({ headers }) => headers['git-protocol']);
  expect(asked).toContain(version === '0' ? undefined : `version=${version}`);
});

test('an advertisement has the service’s header, but in protocol 2', async () => {
  const { repository } = await serverAndTree();
  const header = Buffer.concat([packet('# service=git-upload-pack\n'), FLUSH]);
  const first = await advertiseRefs(repository, 'git-upload-pack', undefined);
  expect(first.subarray(0, header.length)).toEqual(header);
  const second = await advertiseRefs(repository, 'git-upload-pack', protocolOf('version=2'));
  expect(second.subarray(4, 13).toString()).toBe('version 2');
  const pushing = await advertiseRefs(repository, 'git-receive-pack', protocolOf('version=2'));
  expect(pushing.toString()).toContain('# service=git-receive-pack\n');
  expect(pushing.toString()).toContain(' push-options');
  expect(protocolOf('version=2\nx')).toBe(undefined);
});

test('takes a push, with its options, and shows the lines of the server', async () => {
  const { repository, tree, pushes } = await served();
  pushes.conclude = () => ['View pipeline: http://example.com/1'];
  const sha = await commitIn(tree, { a: '1' });
  const words = await gitWords(tree, ['push', '-o', 'ci.skip', '-o', 'x=y z', 'origin', 'main']);
  expect(words).toMatch(/remote: View pipeline: http:\/\/example\.com\/1\s/);
  expect(words).toMatch(/\[new branch\] +main -> main/);
  const commands = [{ ref: 'refs/heads/main', old: ZERO_SHA, new: sha }];
  expect(pushes.asked).toEqual([{ commands, options: ['ci.skip', 'x=y z'] }]);
  expect(pushes.done).toEqual([commands]);
  expect(await refValues(repository, ['refs/heads/main'])).toEqual(new Map([['refs/heads/main', sha]]));
});

test('the client learns of its success only after the server has kept it', async () => {
  const { repository, tree, pushes } = await served();
  const kept = Promise.withResolvers<readonly string[]>();
  pushes.conclude = () => kept.promise;
  await commitIn(tree, { a: '1' });
  let isOver = false;
  const push = gitWords(tree, ['push', 'origin', 'main']).finally(() => (isOver = true));
  await expect.poll(() => pushes.done.length).toBe(1);
  expect((await refValues(repository, ['refs/heads/main'])).size).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(isOver).toBe(false);
  kept.resolve([]);
  expect(await push).toContain('[new branch]');
});

test('a push that the server could not keep is no success', async () => {
  const { tree, pushes } = await served();
  pushes.conclude = () => Promise.reject(new Error('no database'));
  await commitIn(tree, { a: '1' });
  const words = await gitWords(tree, ['push', 'origin', 'main']);
  expect(words).toMatch(/remote: The server failed while it took the push/);
  expect(words).not.toContain('[new branch]');
  expect(pushes.warnings).toEqual(['a push could not be carried to its end']);
});

test('pushes and deletes branches and tags', async () => {
  const { repository, tree, pushes } = await served();
  const sha = await commitIn(tree, { a: '1' });
  await git(tree, ['tag', '-a', '-m', 'one', 'v1']);
  await git(tree, ['push', '-q', 'origin', 'main', 'main:refs/heads/topic', 'v1']);
  expect(pushes.done[0]?.map(({ ref }) => ref)).toEqual([
    'refs/heads/main',
    'refs/heads/topic',
    'refs/tags/v1',
  ]);
  await git(tree, ['push', '-q', 'origin', ':topic', ':v1']);
  expect(pushes.done[1]).toContainEqual({ ref: 'refs/heads/topic', old: sha, new: ZERO_SHA });
  const left = await refValues(repository, ['refs/heads/main', 'refs/heads/topic', 'refs/tags/v1']);
  expect([...left.keys()]).toEqual(['refs/heads/main']);
});

test('a large push arrives whole, in pieces and compressed', { timeout: 60_000 }, async () => {
  const { repository, tree, pushes } = await served();
  const sha = await commitIn(tree, { large: randomBytes(30 * 1024 * 1024), b: 'b' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  expect((await refValues(repository, ['refs/heads/main'])).get('refs/heads/main')).toBe(sha);
  // Before its pieces git tries whether it may push at all.
  expect(pushes.asked).toHaveLength(1);
});

test('a compressed request is a request', async () => {
  const { tree, url, pushes, repository } = await served();
  const sha = await commitIn(tree, { a: '1' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  const command = packet(`${ZERO_SHA} ${sha} refs/heads/topic\0 report-status side-band-64k agent=test`);
  const pack = await packOf(tree);
  const body = gzipSync(Buffer.concat([command, FLUSH, pack]));
  const reply = await post(url, 'git-receive-pack', body, { 'content-encoding': 'gzip' });
  expect(reply.body.toString()).toContain('ok refs/heads/topic\n');
  expect(pushes.done[1]).toHaveLength(1);
  expect((await refValues(repository, ['refs/heads/topic'])).get('refs/heads/topic')).toBe(sha);
  expect(
    (await post(url, 'git-upload-pack', Buffer.from('x'), { 'content-encoding': 'gzip' })).body.length,
  ).toBe(0);
});

test('a fetch with a long history of its own compresses its request', async () => {
  const { tree, url, requests } = await served();
  await commitIn(tree, { a: '1' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  const other = join(tree, '..', 'other');
  await git(tree, ['clone', '-q', url, other]);
  const sha = await commitIn(other, { b: '2' });
  await git(other, ['push', '-q', 'origin', 'main']);
  // Git tells of the newest first, by the second: what both have must be older than all of these.
  await sleep(1100);
  for (let i = 0; i < 50; i++) await git(tree, ['commit', '-q', '--allow-empty', '-m', `${i}`]);
  requests.length = 0;
  await git(tree, ['fetch', '-q', 'origin']);
  expect(requests.map(({ headers }) => headers['content-encoding'])).toContain('gzip');
  expect(await git(tree, ['rev-parse', 'origin/main'])).toBe(sha);
});

/** A pack with all of a working tree's objects. */
async function packOf(tree: string): Promise<Buffer> {
  const child = spawn('git', ['pack-objects', '--all', '--stdout', '-q'], { cwd: tree });
  child.stdin.end();
  return buffer(child.stdout);
}

test('a client without side-band gets the report alone', async () => {
  const { tree, url, pushes } = await served();
  pushes.conclude = () => ['not shown'];
  const sha = await commitIn(tree, { a: '1' });
  const pack = await packOf(tree);
  const push = (ref: string, capabilities: string) =>
    post(
      url,
      'git-receive-pack',
      Buffer.concat([packet(`${ZERO_SHA} ${sha} ${ref}\0${capabilities}\n`), FLUSH, pack]),
    );
  const plain = await push('refs/heads/a', 'report-status');
  expect(plain.body.toString()).toBe('000eunpack ok\n0014ok refs/heads/a\n0000');
  const silent = await push('refs/heads/b', '');
  expect(silent.body.toString()).toBe('');
  expect(pushes.done).toHaveLength(2);
});

test('refuses single refs and takes the others', async () => {
  const { repository, tree, pushes } = await served();
  pushes.decide = () => ({
    refused: new Map([['refs/heads/main', 'protected\nbranch']]),
    messages: ['You may not push to main.'],
  });
  await commitIn(tree, { a: '1' });
  const words = await gitWords(tree, ['push', 'origin', 'main', 'main:refs/heads/topic']);
  expect(words).toMatch(/remote: You may not push to main\./);
  expect(words).toMatch(/! \[remote rejected\] main -> main \(protected branch\)/);
  expect(words).toMatch(/\[new branch\] +main -> topic/);
  expect(pushes.done[0]?.map(({ ref }) => ref)).toEqual(['refs/heads/topic']);
  expect([...(await refValues(repository, ['refs/heads/main', 'refs/heads/topic'])).keys()]).toEqual([
    'refs/heads/topic',
  ]);
});

test('refuses a push as a whole, also an atomic one for a single ref', { timeout: 60_000 }, async () => {
  const { repository, tree, pushes } = await served();
  pushes.decide = () => ({ refused: new Map([['refs/heads/main', 'protected']]) });
  await commitIn(tree, { a: randomBytes(3 * 1024 * 1024) });
  expect(await gitWords(tree, ['push', 'origin', 'main'])).toMatch(/main -> main \(protected\)/);
  const words = await gitWords(tree, ['push', '--atomic', 'origin', 'main', 'main:refs/heads/topic']);
  expect(words).toMatch(/main -> main \(protected\)/);
  expect(words).toMatch(/main -> topic \(atomic push failed/);
  expect(pushes.done).toEqual([[], []]);
  expect((await refValues(repository, ['refs/heads/main', 'refs/heads/topic'])).size).toBe(0);
});

test('internal and misleading refs are never pushed, but fetched', async () => {
  const { repository, tree, pushes } = await served();
  const sha = await commitIn(tree, { a: '1' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  await createPipelineRef(repository, { id: 1, sha });
  const refs = ['refs/pipelines/1', 'refs/pipelines/2', 'refs/scratch/x', 'refs/tags/refs/heads/main'];
  const second = await commitIn(tree, { a: '2' });
  for (const ref of [...refs, `refs/heads/${sha}`])
    expect([ref, await gitWords(tree, ['push', 'origin', `${second}:${ref}`])]).toEqual([
      ref,
      expect.stringContaining('[remote rejected]'),
    ]);
  expect(pushes.done.slice(1).flat()).toEqual([]);
  expect(await git(tree, ['ls-remote', 'origin', 'refs/pipelines/*'])).toBe(`${sha}\trefs/pipelines/1`);
});

test('a branch that may move forward only cannot be overwritten', async () => {
  const { tree, pushes, repository } = await served();
  await commitIn(tree, { a: '1' });
  const second = await commitIn(tree, { a: '2' });
  await git(tree, ['push', '-q', 'origin', 'main', 'main:refs/heads/free']);
  pushes.decide = () => ({ refused: new Map(), fast_forward_only: new Set(['refs/heads/main']) });
  await git(tree, ['reset', '-q', '--hard', 'HEAD~1']);
  const other = await commitIn(tree, { a: '3' });
  expect(await gitWords(tree, ['push', '--force', 'origin', 'main'])).toMatch(
    /! \[remote rejected\] main -> main \(non-fast-forward\)/,
  );
  await git(tree, ['push', '-q', '--force', 'origin', 'main:free']);
  expect(await refValues(repository, ['refs/heads/main', 'refs/heads/free'])).toEqual(
    new Map([
      ['refs/heads/free', other],
      ['refs/heads/main', second],
    ]),
  );
});

test('of two pushes that race for a branch one is refused', async () => {
  const { tree, pushes, repository } = await served();
  const first = await commitIn(tree, { a: '1' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  const rivals = ['one', 'two'].map(async (name) => {
    const folder = join(tree, '..', name);
    await git(tree, ['clone', '-q', tree, folder]);
    await git(folder, ['remote', 'set-url', 'origin', await git(tree, ['remote', 'get-url', 'origin'])]);
    await commitIn(folder, { [name]: name });
    return folder;
  });
  const folders = await Promise.all(rivals);
  // Both have seen the same branch before either is let through.
  const both = Promise.withResolvers<Refusals>();
  pushes.decide = () => {
    if (pushes.asked.length === 3) both.resolve(NONE);
    return both.promise;
  };
  const words = await Promise.all(folders.map((folder) => gitWords(folder, ['push', 'origin', 'main'])));
  expect(words.filter((text) => text.includes('[remote rejected]'))).toHaveLength(1);
  const updated = pushes.done.slice(1).flat();
  expect(updated).toHaveLength(1);
  expect(updated[0]?.old).toBe(first);
  expect((await refValues(repository, ['refs/heads/main'])).get('refs/heads/main')).toBe(updated[0]?.new);
});

test('a push whose client leaves is carried to its end', async () => {
  const { tree, url, pushes, repository } = await served();
  const sha = await commitIn(tree, { a: '1' });
  const gate = Promise.withResolvers<Refusals>();
  pushes.decide = () => gate.promise;
  const command = packet(`${ZERO_SHA} ${sha} refs/heads/main\0 report-status side-band-64k`);
  const outgoing = request(`${url}/git-receive-pack`, { method: 'POST' });
  outgoing.on('error', () => {});
  outgoing.end(Buffer.concat([command, FLUSH, await packOf(tree)]));
  await expect.poll(() => pushes.asked.length).toBe(1);
  gate.resolve(NONE);
  pushes.conclude = () => {
    outgoing.destroy();
    return new Promise((resolve) => setTimeout(() => resolve(['nobody reads this']), 50));
  };
  await expect.poll(() => pushes.done.length).toBe(1);
  expect(pushes.done[0]).toHaveLength(1);
  expect((await refValues(repository, ['refs/heads/main'])).get('refs/heads/main')).toBe(sha);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(pushes.warnings).toEqual([]);
});

test('a push that breaks off in the middle of its pack changes nothing', async () => {
  const { tree, url, pushes, repository } = await served();
  const sha = await commitIn(tree, { a: randomBytes(2 * 1024 * 1024) });
  const pack = await packOf(tree);
  const command = packet(`${ZERO_SHA} ${sha} refs/heads/main\0 report-status side-band-64k`);
  const outgoing = request(`${url}/git-receive-pack`, { method: 'POST' });
  outgoing.on('error', () => {});
  outgoing.write(Buffer.concat([command, FLUSH, pack.subarray(0, 1024 * 1024)]));
  await expect.poll(() => pushes.asked.length).toBe(1);
  outgoing.destroy();
  await expect.poll(() => pushes.done.length).toBe(1);
  expect(pushes.done).toEqual([[]]);
  expect((await refValues(repository, ['refs/heads/main'])).size).toBe(0);
});

test('broken objects and nonsense are refused', async () => {
  const { tree, url, pushes, server } = await served();
  await commitIn(tree, { a: '1' });
  const tip = await evilCommit(tree);
  expect(await gitWords(tree, ['push', 'origin', `${tip}:refs/heads/evil`])).toMatch(/hasDotgit/);
  expect(pushes.done).toEqual([[]]);
  for (const body of ['zzzz', '0003', '00ff', '000asome\n0000', `${packet('shallow x').toString()}0000`])
    expect([body, (await post(url, 'git-receive-pack', Buffer.from(body))).status]).toEqual([body, 500]);
  expect(pushes.asked).toHaveLength(1);
  expect((await post(url, 'git-receive-pack', FLUSH)).body.length).toBe(0);
  expect(server.listening).toBe(true);
});

/** A commit with a file that a checkout would take for git's own. */
async function evilCommit(tree: string): Promise<string> {
  const blob = await git(tree, ['rev-parse', 'HEAD:a']);
  const run = (args: string[], input: string) =>
    new Promise<string>((resolve, reject) => {
      const child = execFile('git', args, { cwd: tree }, (error, stdout) =>
        error ? reject(error) : resolve(stdout.trim()),
      );
      child.stdin?.end(input);
    });
  const config = await run(['mktree'], `100644 blob ${blob}\tconfig\n`);
  const root = await run(['mktree'], `040000 tree ${config}\t.git\n`);
  return git(tree, ['commit-tree', '-m', 'evil', root]);
}

test('what `before` throws reaches the edge, and nothing is pushed', async () => {
  const { tree, pushes, repository } = await served();
  pushes.decide = () => Promise.reject(new Error('no database'));
  await commitIn(tree, { a: '1' });
  expect(await gitWords(tree, ['push', 'origin', 'main'])).toMatch(/HTTP 500/);
  expect(pushes.done).toEqual([]);
  expect((await refValues(repository, ['refs/heads/main'])).size).toBe(0);
});

test('git ends when a fetching client leaves', async () => {
  const { tree, url, repository } = await served();
  await commitIn(tree, { a: randomBytes(20 * 1024 * 1024) });
  await git(tree, ['push', '-q', 'origin', 'main']);
  const sha = (await refValues(repository, ['refs/heads/main'])).get('refs/heads/main');
  const body = Buffer.concat([packet(`want ${sha} side-band-64k\n`), FLUSH, packet('done\n')]);
  const outgoing = request(`${url}/git-upload-pack`, { method: 'POST' });
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  await once(incoming, 'readable');
  expect(await gitsIn(repository.folder)).toBeGreaterThan(0);
  incoming.destroy();
  await expect.poll(() => gitsIn(repository.folder)).toBe(0);
});

test('git ends also when the client leaves a request half open', async () => {
  const { repository } = await serverAndTree();
  const reply = uploadPack(repository, new PassThrough(), { log: { warn: () => {} } });
  await expect.poll(() => gitsIn(repository.folder)).toBeGreaterThan(0);
  reply.destroy();
  await expect.poll(() => gitsIn(repository.folder)).toBe(0);
});

/** How many processes of git serve this repository. */
async function gitsIn(folder: string): Promise<number> {
  const child = spawn('ps', ['-eo', 'args']);
  const lines = (await buffer(child.stdout)).toString().split('\n');
  return lines.filter((line) => line.includes('upload-pack') && line.includes(folder)).length;
}
