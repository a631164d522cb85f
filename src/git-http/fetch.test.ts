import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { commitIn, git, serverAndTree } from '../../test/support/repositories.ts';
import { served } from '../../test/support/served-repository.ts';
import { refValues } from '../git/refs.ts';
import { createPipelineRef } from '../git/pipeline-refs.ts';
import { advertiseRefs, uploadPack } from './fetch.ts';
import { FLUSH, packet } from './pkt-line.ts';
import { protocolOf } from './service.ts';

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
