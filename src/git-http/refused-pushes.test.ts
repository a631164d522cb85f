import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitIn, git, gitWords } from '../../test/support/repositories.ts';
import { NONE, post, served } from '../../test/support/served-repository.ts';
import { refValues } from '../git/refs.ts';
import { createPipelineRef } from '../git/pipeline-refs.ts';
import { FLUSH, packet } from './pkt-line.ts';
import type { Refusals } from './push.ts';

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

test('refuses a push as a whole, also an atomic one for a single ref', async () => {
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
