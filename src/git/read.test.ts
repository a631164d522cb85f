import { buffer } from 'node:stream/consumers';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitIn, git, serverAndTree } from '../../test/support/repositories.ts';
import { changedPaths, commitStats, isAncestor, mergeBase } from './changes.ts';
import { readCommit } from './commit.ts';
import { findFile, openBlob, readFileAt } from './file.ts';
import { lastCommitId, listCommits } from './list-commits.ts';
import { isEmpty, listRefs, mergedBranches, readAnnotation, refsContaining, refValues } from './refs.ts';
import { ZERO_SHA } from './repository.ts';
import { findBranchTip, findCommitId, findTagCommit, resolveCommitId } from './revision.ts';
import { findEntry, listTree } from './tree.ts';

test('a commit has the fields of the API, with dates in its authors’ zones', async () => {
  const { repository, tree } = await serverAndTree();
  const first = await commitIn(tree, { a: '1' });
  const message = 'Fix Bücher\n\nBecause.\n\nReviewed-by: Bob\nReviewed-by: Eve\nChangelog: fixed\n';
  const sha = await commitIn(tree, { a: '2' }, message, {
    GIT_AUTHOR_NAME: 'Jörg',
    GIT_AUTHOR_EMAIL: 'j@example.com',
    GIT_AUTHOR_DATE: '1450972274 +0100',
    GIT_COMMITTER_DATE: '1450975875 -0330',
  });
  await git(tree, ['push', '-q', 'origin', 'main']);
  expect(await readCommit(repository, 'main')).toEqual({
    id: sha,
    short_id: sha.slice(0, 8),
    created_at: '2015-12-24T13:21:15.000-03:30',
    parent_ids: [first],
    title: 'Fix Bücher',
    message,
    author_name: 'Jörg',
    author_email: 'j@example.com',
    authored_date: '2015-12-24T16:51:14.000+01:00',
    committer_name: 'Ada',
    committer_email: 'ada@example.com',
    committed_date: '2015-12-24T13:21:15.000-03:30',
    trailers: { 'Reviewed-by': 'Eve', Changelog: 'fixed' },
    extended_trailers: { 'Reviewed-by': ['Bob', 'Eve'], Changelog: ['fixed'] },
  });
});

test('a commit in another encoding, and one without a message, can be read', async () => {
  const { repository, tree } = await serverAndTree();
  await commitIn(tree, { a: '1' });
  await git(tree, ['-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-q', '--allow-empty', '-m', 'Bücher']);
  await git(tree, ['-c', 'i18n.commitEncoding=no-such', 'commit', '-q', '--allow-empty', '-m', 'x']);
  await git(tree, ['commit', '-q', '--allow-empty', '--allow-empty-message', '-m', '']);
  await git(tree, ['push', '-q', 'origin', 'main']);
  expect((await readCommit(repository, 'main'))?.title).toBe('No commit message');
  expect((await readCommit(repository, 'main~1'))?.title).toBe('x');
});

test('finds commits by branch, tag, SHA and short SHA, and nothing by other means', async () => {
  const { repository, tree } = await serverAndTree();
  const first = await commitIn(tree, { a: '1' });
  const second = await commitIn(tree, { a: '2' });
  await git(tree, ['tag', 'light', first]);
  await git(tree, ['tag', '-a', '-m', 'one', 'heavy', first]);
  await git(tree, ['push', '-q', 'origin', 'main:main', 'main:feature/x', '--tags']);
  for (const name of ['main', 'feature/x', 'refs/heads/main', second, second.slice(0, 8), 'HEAD', 'main~0'])
    expect([name, await findCommitId(repository, name)]).toEqual([name, second]);
  for (const name of ['light', 'heavy', 'main~1', 'main^', 'refs/tags/heavy'])
    expect([name, await findCommitId(repository, name)]).toEqual([name, first]);
  for (const name of [
    '',
    'nope',
    '--all',
    ':/A',
    'main:a',
    'main^{tree}',
    'a\nb',
    'main@{0}',
    'f'.repeat(40),
  ])
    expect([name, await findCommitId(repository, name)]).toEqual([name, undefined]);
  await expect(resolveCommitId(repository, 'nope')).rejects.toMatchObject({ code: 'unknown_revision' });
  expect(await findBranchTip(repository, 'light')).toBe(undefined);
  expect(await findBranchTip(repository, 'feature/x')).toBe(second);
  expect(await findTagCommit(repository, 'heavy')).toBe(first);
  expect(await findTagCommit(repository, 'main')).toBe(undefined);
});

const at = (seconds: number) => ({ GIT_COMMITTER_DATE: `${seconds} +0000` });

test('lists commits by page, path, date, author and range', async () => {
  const { repository, tree } = await serverAndTree();
  const one = await commitIn(tree, { a: '1' }, 'one', at(1_500_000_000));
  const two = await commitIn(tree, { 'dir/b': '1' }, 'two', {
    ...at(1_500_000_100),
    GIT_AUTHOR_NAME: 'Zoe.*',
  });
  const three = await commitIn(tree, { a: '2' }, 'three', at(1_500_000_200));
  await git(tree, ['push', '-q', 'origin', 'main', 'main~1:refs/heads/older']);
  const list = async (wanted: object) =>
    (await listCommits(repository, { ref_name: 'main', offset: 0, limit: 10, ...wanted })).map(
      ({ id }) => id,
    );
  expect(await list({})).toEqual([three, two, one]);
  expect(await list({ offset: 1, limit: 1 })).toEqual([two]);
  expect(await list({ path: 'a' })).toEqual([three, one]);
  expect(await list({ path: 'dir/' })).toEqual([two]);
  expect(await list({ path: '../a' })).toEqual([]);
  expect(await list({ path: '*' })).toEqual([]);
  expect(await list({ since: 1_500_000_100_000 })).toEqual([three, two]);
  expect(await list({ until: 1_500_000_100_000 })).toEqual([two, one]);
  expect(await list({ author: 'Zoe.*' })).toEqual([two]);
  expect(await list({ author: '.*' })).toEqual([two]);
  expect(await list({ ref_name: 'older..main' })).toEqual([three]);
  expect(await list({ ref_name: 'older', all: true })).toEqual([three, two, one]);
  await expect(list({ ref_name: '--all' })).rejects.toMatchObject({ code: 'unknown_revision' });
  expect(await lastCommitId(repository, three, 'dir')).toBe(two);
  expect(await lastCommitId(repository, three, 'none')).toBe(undefined);
});

test('lists folders before files before submodules, and finds entries', async () => {
  const { repository, tree } = await serverAndTree();
  await mkdir(join(tree, 'dir/sub'), { recursive: true });
  await symlink('a.txt', join(tree, 'link'));
  await writeFile(join(tree, 'run.sh'), 'true');
  await chmod(join(tree, 'run.sh'), 0o755);
  await commitIn(tree, { 'a.txt': 'hello', 'dir/b': 'b', 'dir/sub/c': 'c', 'zdir/ü d': 'd' });
  await git(tree, ['update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`]);
  await git(tree, ['commit', '-q', '-m', 'Add a submodule']);
  await git(tree, ['push', '-q', 'origin', 'main']);
  const id = await resolveCommitId(repository, 'main');
  const shape = (await listTree(repository, id)).map(({ mode, type, path }) => `${mode} ${type} ${path}`);
  expect(shape).toEqual([
    '040000 tree dir',
    '040000 tree zdir',
    '100644 blob a.txt',
    '120000 blob link',
    '100755 blob run.sh',
    '160000 commit module',
  ]);
  const below = (await listTree(repository, id, { recursive: true })).map(({ path }) => path);
  expect(below).toEqual([
    'dir',
    'dir/sub',
    'zdir',
    'a.txt',
    'dir/b',
    'dir/sub/c',
    'link',
    'run.sh',
    'zdir/ü d',
    'module',
  ]);
  const inDir = await listTree(repository, id, { path: 'dir', recursive: true });
  expect(inDir.map(({ path, name }) => `${path} ${name}`)).toEqual(['dir/sub sub', 'dir/b b', 'dir/sub/c c']);
  expect(await listTree(repository, id, { path: '/dir/' })).toHaveLength(2);
  expect((await findEntry(repository, id, 'zdir/ü d'))?.type).toBe('blob');
  expect(await findEntry(repository, id, 'dir/../a.txt')).toBe(undefined);
  for (const path of ['nope', 'a.txt', './dir', 'module'])
    await expect(listTree(repository, id, { path })).rejects.toMatchObject({ code: 'unknown_path' });
});

test('reads files small and large, and says who changed them last', async () => {
  const { repository, tree } = await serverAndTree();
  const large = Buffer.alloc(10 * 1024 * 1024, 'x');
  const first = await commitIn(tree, { 'a.txt': 'hello', 'dir/large': large });
  const second = await commitIn(tree, { b: 'b' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  const file = await findFile(repository, second, 'dir/large');
  expect(file).toMatchObject({ file_name: 'large', file_path: 'dir/large', size: large.length });
  expect(file).toMatchObject({ last_commit_id: first, execute_filemode: false });
  expect(await readFileAt(repository, second, 'a.txt')).toEqual(Buffer.from('hello'));
  await expect(readFileAt(repository, second, 'dir/large')).rejects.toMatchObject({ code: 'too_large' });
  expect(await findFile(repository, second, 'dir')).toBe(undefined);
  expect(await readFileAt(repository, first, 'b')).toBe(undefined);
  expect((await buffer(openBlob(repository, file?.blob_id ?? ''))).equals(large)).toBe(true);
  await expect(buffer(openBlob(repository, 'f'.repeat(40)))).rejects.toMatchObject({ code: 'failed' });
  openBlob(repository, file?.blob_id ?? '').destroy();
});

test('lists branches and tags, searched and ordered, with the annotations of tags', async () => {
  const { repository, tree } = await serverAndTree();
  expect(await isEmpty(repository)).toBe(true);
  const one = await commitIn(tree, { a: '1' }, 'one', { GIT_COMMITTER_DATE: '1500000000 +0000' });
  const two = await commitIn(tree, { a: '2' }, 'two', { GIT_COMMITTER_DATE: '1500000100 +0000' });
  await git(tree, ['tag', 'v1.10', two]);
  const tagged = { GIT_COMMITTER_DATE: '1500000050 +0200' };
  await git(tree, ['tag', '-a', '-m', 'Nine\n\nlives', 'v1.9', one], tagged);
  await git(tree, ['push', '-q', 'origin', 'main', 'main~1:refs/heads/feature/One', '--tags']);
  expect(await isEmpty(repository)).toBe(false);
  const names = async (
    ...args: Parameters<typeof listRefs> extends [unknown, ...infer Rest] ? Rest : never
  ) => (await listRefs(repository, ...args)).map(({ name }) => name);
  expect(await names('branches')).toEqual(['feature/One', 'main']);
  expect(await names('branches', { order: 'updated', descending: true })).toEqual(['main', 'feature/One']);
  expect(await names('branches', { search: 'ONE' })).toEqual(['feature/One']);
  expect(await names('branches', { search: '^one' })).toEqual([]);
  expect(await names('branches', { search: 'one$' })).toEqual(['feature/One']);
  expect(await names('branches', { search: '^main$' })).toEqual(['main']);
  expect(await names('tags', { order: 'name' })).toEqual(['v1.10', 'v1.9']);
  expect(await names('tags', { order: 'version' })).toEqual(['v1.9', 'v1.10']);
  expect(await names('tags', { order: 'updated' })).toEqual(['v1.9', 'v1.10']);
  const [nine, ten] = await listRefs(repository, 'tags', { order: 'version' });
  expect(await readAnnotation(repository, nine?.target ?? '')).toEqual({
    message: 'Nine\n\nlives',
    tagger_name: 'Ada',
    created_at: '2017-07-14T04:40:50.000+02:00',
  });
  expect(await readAnnotation(repository, ten?.target ?? '')).toBe(undefined);
  expect(ten?.target).toBe(two);
  expect(await refsContaining(repository, 'branches', two)).toEqual(['main']);
  expect(await mergedBranches(repository, one)).toEqual(new Set(['feature/One']));
  const values = await refValues(repository, ['refs/heads/main', 'refs/heads/feature', 'refs/tags/v1.10']);
  expect(values).toEqual(
    new Map([
      ['refs/heads/main', two],
      ['refs/tags/v1.10', two],
    ]),
  );
});

test('tells what changed between commits and where they meet', async () => {
  const { repository, tree } = await serverAndTree();
  const one = await commitIn(tree, { a: 'same content\n', b: '1\n2\n' });
  await git(tree, ['mv', 'a', 'moved']);
  const two = await commitIn(tree, { b: '1\n3\n', 'odd "name"\n': 'x\n' });
  await git(tree, ['checkout', '-q', '--orphan', 'other']);
  const alone = await commitIn(tree, {});
  await git(tree, ['push', '-q', 'origin', 'main', 'other']);
  expect(await changedPaths(repository, one, two)).toEqual(['a', 'b', 'moved', 'odd "name"\n']);
  expect(await changedPaths(repository, ZERO_SHA, one)).toEqual(['a', 'b']);
  expect(await changedPaths(repository, one, ZERO_SHA)).toEqual(['a', 'b']);
  expect(await changedPaths(repository, one, two, 2)).toEqual(['a', 'b']);
  expect(await commitStats(repository, one)).toEqual({ additions: 3, deletions: 0, total: 3 });
  expect(await commitStats(repository, two)).toEqual({ additions: 3, deletions: 2, total: 5 });
  expect(await mergeBase(repository, one, two)).toBe(one);
  expect(await mergeBase(repository, alone, two)).toBe(undefined);
  expect(await isAncestor(repository, one, two)).toBe(true);
  expect(await isAncestor(repository, two, one)).toBe(false);
  await expect(isAncestor(repository, 'f'.repeat(40), one)).rejects.toMatchObject({ code: 'failed' });
});
