import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { commitIn, git, gitWords } from '../../test/support/repositories.ts';
import { NONE, packOf, post, served } from '../../test/support/served-repository.ts';
import { refValues } from '../git/refs.ts';
import { ZERO_SHA } from '../git/repository.ts';
import { FLUSH, packet } from './pkt-line.ts';
import type { Refusals } from './push.ts';

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

test('a large push arrives whole, in pieces and compressed', async () => {
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
