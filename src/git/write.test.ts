import { existsSync } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  commitIn,
  git,
  gitWords,
  searchPath,
  serverAndTree,
  temporaryFolder,
} from '../../test/support/repositories.ts';
import { readCommit } from './commit.ts';
import { writeCommit, type CommitWish, type FileAction } from './commit-files.ts';
import { readFileAt } from './file.ts';
import { housekeep, needsHousekeeping } from './housekeeping.ts';
import { lastCommitId } from './list-commits.ts';
import { createPipelineRef, deletePipelineRefs } from './pipeline-refs.ts';
import { readAnnotation, refValues } from './refs.ts';
import { gitProblem, Repositories, setDefaultBranch, ZERO_SHA, type Repository } from './repository.ts';
import { runGit } from './run-git.ts';
import { listTree } from './tree.ts';
import { appliedUpdates, branchCreation, refDeletion, tagCreation, updateRefs } from './update-refs.ts';

const ada = { name: 'Ada', email: 'ada@example.com' };
const text = (content: string) => Buffer.from(content);

function wish(actions: FileAction[], more: Partial<CommitWish> = {}): CommitWish {
  const people = { author: ada, committer: { name: 'Bob', email: 'bob@example.com' } };
  return { branch: 'main', message: 'A change', actions, ...people, now: 1_500_000_000_000, ...more };
}

/** Writes a commit and puts it on its branch; answers its SHA. */
async function commit(repository: Repository, actions: FileAction[], more: Partial<CommitWish> = {}) {
  const update = await writeCommit(repository, wish(actions, more));
  await updateRefs(repository, [update]);
  return update.new;
}

async function paths(repository: Repository, sha: string) {
  const entries = await listTree(repository, sha, { recursive: true });
  return entries.filter(({ type }) => type === 'blob').map(({ mode, path }) => `${mode} ${path}`);
}

test('the first commit of an empty repository makes its branch', async () => {
  const { repository, tree } = await serverAndTree();
  const sha = await commit(repository, [
    { action: 'create', file_path: 'dir/odd "näme"\n\\', content: text('hello') },
    { action: 'create', file_path: 'run.sh', content: text(''), execute_filemode: true },
  ]);
  expect(await readCommit(repository, 'main')).toMatchObject({
    id: sha,
    parent_ids: [],
    message: 'A change',
    author_name: 'Ada',
    committer_name: 'Bob',
    committed_date: '2017-07-14T02:40:00.000+00:00',
  });
  expect(await paths(repository, sha)).toEqual(['100644 dir/odd "näme"\n\\', '100755 run.sh']);
  expect(await readFileAt(repository, sha, 'dir/odd "näme"\n\\')).toEqual(text('hello'));
  await git(tree, ['fetch', '-q', 'origin', 'main']);
  await git(repository.folder, ['fsck', '--strict'], { GIT_DIR: repository.folder });
});

test('actions build on one another and on the parent', async () => {
  const { repository } = await serverAndTree();
  const bytes = Buffer.from([0, 255, 10, 13, 128]);
  const first = await commit(repository, [
    { action: 'create', file_path: 'keep', content: text('keep') },
    { action: 'create', file_path: 'a', content: bytes },
    { action: 'create', file_path: 'gone/deep', content: text('x') },
    { action: 'create', file_path: 'script', content: text('x'), execute_filemode: true },
  ]);
  const second = await commit(repository, [
    { action: 'move', file_path: 'moved/a', previous_path: 'a' },
    { action: 'create', file_path: 'a', content: text('new') },
    { action: 'update', file_path: 'a', content: text('newer') },
    { action: 'delete', file_path: 'gone/deep' },
    { action: 'update', file_path: 'script', content: text('y') },
    { action: 'chmod', file_path: 'keep', execute_filemode: true },
  ]);
  expect(await paths(repository, second)).toEqual([
    '100644 a',
    '100755 keep',
    '100644 moved/a',
    '100755 script',
  ]);
  expect(await readFileAt(repository, second, 'a')).toEqual(text('newer'));
  expect(await readFileAt(repository, second, 'moved/a')).toEqual(bytes);
  expect((await readCommit(repository, second))?.parent_ids).toEqual([first]);
});

test('a commit may start a new branch from another, but not from nothing', async () => {
  const { repository } = await serverAndTree();
  const create: FileAction = { action: 'create', file_path: 'b', content: text('b') };
  const first = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  const branched = await commit(repository, [create], { branch: 'topic', start_branch: 'main' });
  expect((await readCommit(repository, 'topic'))?.parent_ids).toEqual([first]);
  expect((await readCommit(repository, 'main'))?.id).toBe(first);
  const refused = (more: Partial<CommitWish>) => writeCommit(repository, wish([create], more));
  await expect(refused({ branch: 'other' })).rejects.toMatchObject({ code: 'branch_missing' });
  await expect(refused({ branch: 'other', start_branch: 'nope' })).rejects.toMatchObject({
    code: 'unknown_revision',
  });
  await expect(refused({ branch: 'topic', start_branch: 'main' })).rejects.toMatchObject({
    code: 'ref_exists',
  });
  await expect(refused({ branch: '-x' })).rejects.toMatchObject({ code: 'invalid_ref_name' });
  expect(await paths(repository, branched)).toEqual(['100644 a', '100644 b']);
});

test('actions that do not fit are refused and leave nothing behind', async () => {
  const { repository } = await serverAndTree();
  const file = { content: text('x') };
  const first = await commit(repository, [{ action: 'create', file_path: 'dir/a', ...file }]);
  await commit(repository, [{ action: 'update', file_path: 'dir/a', content: text('y') }]);
  const cases: [string, FileAction[]][] = [
    ['file_exists', [{ action: 'create', file_path: 'dir/a', ...file }]],
    ['directory_exists', [{ action: 'create', file_path: 'dir', ...file }]],
    ['file_exists', [{ action: 'create', file_path: 'dir/a/b', ...file }]],
    ['file_missing', [{ action: 'update', file_path: 'none', ...file }]],
    ['file_missing', [{ action: 'delete', file_path: 'dir' }]],
    ['file_missing', [{ action: 'move', file_path: 'b', previous_path: 'none' }]],
    ['file_exists', [{ action: 'move', file_path: 'dir/a', previous_path: 'dir/a' }]],
    ['file_missing', [{ action: 'chmod', file_path: 'none', execute_filemode: true }]],
    ['file_changed', [{ action: 'update', file_path: 'dir/a', ...file, last_commit_id: first }]],
    ['invalid_path', [{ action: 'create', file_path: '../a', ...file }]],
    ['invalid_path', [{ action: 'create', file_path: 'x/.git/config', ...file }]],
    [
      'file_missing',
      [
        { action: 'delete', file_path: 'dir/a' },
        { action: 'update', file_path: 'dir/a', ...file },
      ],
    ],
  ];
  const before = await readCommit(repository, 'main');
  for (const [code, actions] of cases)
    expect([
      actions,
      await writeCommit(repository, wish(actions)).catch((error: { code: string }) => error.code),
    ]).toEqual([actions, code]);
  expect(await readCommit(repository, 'main')).toEqual(before);
  const last_commit_id = await lastCommitId(repository, before?.id ?? '', 'dir/a');
  await commit(repository, [{ action: 'update', file_path: 'dir/a', ...file, last_commit_id }]);
  expect(await readdir(repository.folder)).not.toContainEqual(expect.stringMatching(/^fast_import_crash/));
});

test('of two commits written at the same time one is stale', async () => {
  const { repository } = await serverAndTree();
  await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  const results = await Promise.allSettled(
    ['one', 'two', 'three'].map((name) =>
      commit(repository, [{ action: 'create', file_path: name, content: text(name) }]),
    ),
  );
  // Those that began before another was done lose; whoever loses is told so.
  const lost = results.filter((result) => result.status === 'rejected');
  expect(lost.length).toBeLessThan(3);
  for (const { reason } of lost) expect(reason).toMatchObject({ code: 'stale' });
  const update = await writeCommit(repository, wish([{ action: 'delete', file_path: 'a' }]));
  await updateRefs(repository, [update]);
  await expect(updateRefs(repository, [update])).rejects.toMatchObject({ code: 'stale' });
});

test('what a person writes into a name or message stays in the name or message', async () => {
  const { repository } = await serverAndTree();
  const name = 'Eve <x>\nM 100644 inline evil\ndata 3\nbad';
  const message = 'Title\n\ndata 1\nM 100644 inline evil\0\n';
  const more = { author: { name, email: 'e@x>\n' }, committer: { name: '', email: '' }, message };
  const sha = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }], more);
  expect(await paths(repository, sha)).toEqual(['100644 a']);
  expect(await readCommit(repository, sha)).toMatchObject({
    author_name: 'Eve xM 100644 inline evildata 3bad',
    author_email: 'e@x',
    committer_name: 'unknown',
    message: message.replace('\0', ''),
  });
});

test('creates and deletes branches and tags, each from what it saw', async () => {
  const { repository } = await serverAndTree();
  const first = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  await updateRefs(repository, [await branchCreation(repository, 'topic', 'main')]);
  await expect(
    updateRefs(repository, [await branchCreation(repository, 'topic', 'main')]),
  ).rejects.toMatchObject({ code: 'ref_exists' });
  await expect(
    updateRefs(repository, [await branchCreation(repository, 'topic/x', 'main')]),
  ).rejects.toMatchObject({ code: 'ref_exists' });
  await expect(branchCreation(repository, 'bad name', 'main')).rejects.toMatchObject({
    code: 'invalid_ref_name',
  });
  await expect(branchCreation(repository, 'x', 'nope')).rejects.toMatchObject({ code: 'unknown_revision' });

  await updateRefs(repository, [await tagCreation(repository, 'light', 'main')]);
  const annotation = { message: 'Version 1', tagger: ada, now: 1_500_000_000_000 };
  const heavy = await tagCreation(repository, 'v1', 'main', annotation);
  await updateRefs(repository, [heavy]);
  expect(heavy.new).not.toBe(first);
  expect(await readAnnotation(repository, heavy.new)).toEqual({
    message: 'Version 1',
    tagger_name: 'Ada',
    created_at: '2017-07-14T02:40:00.000+00:00',
  });

  const deletion = await refDeletion(repository, 'refs/heads/topic');
  await updateRefs(repository, deletion ? [deletion] : []);
  expect(await refDeletion(repository, 'refs/heads/topic')).toBe(undefined);
  await expect(updateRefs(repository, deletion ? [deletion] : [])).rejects.toMatchObject({ code: 'stale' });
  expect([...(await refValues(repository, ['refs/heads/main', 'refs/heads/topic'])).keys()]).toEqual([
    'refs/heads/main',
  ]);
});

test('several refs move together or not at all', async () => {
  const { repository } = await serverAndTree();
  const first = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  const updates = [
    { ref: 'refs/heads/new', old: ZERO_SHA, new: first },
    { ref: 'refs/heads/main', old: '1'.repeat(40), new: ZERO_SHA },
  ];
  await expect(updateRefs(repository, updates)).rejects.toMatchObject({ code: 'stale' });
  expect([...(await refValues(repository, ['refs/heads/new', 'refs/heads/main'])).values()]).toEqual([first]);
});

test('a pipeline’s ref that several make, or delete, at the same moment is made, and deleted', async () => {
  const { repository } = await serverAndTree();
  const sha = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  for (let round = 1; round <= 5; round++) {
    const at = { id: round, sha };
    await Promise.all(Array.from({ length: 4 }, () => createPipelineRef(repository, at)));
    expect((await refValues(repository, [`refs/pipelines/${round}`])).get(`refs/pipelines/${round}`)).toBe(
      sha,
    );
    await Promise.all(Array.from({ length: 4 }, () => deletePipelineRefs(repository, [round])));
    expect((await refValues(repository, [`refs/pipelines/${round}`])).size).toBe(0);
  }
});

test('a pipeline’s ref is made once and deleted once, however often it is asked for', async () => {
  const { repository } = await serverAndTree();
  const sha = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  for (const id of [1, 1, 2]) await createPipelineRef(repository, { id, sha });
  const refs = ['refs/pipelines/1', 'refs/pipelines/2'];
  expect((await refValues(repository, refs)).size).toBe(2);
  await deletePipelineRefs(repository, [1, 2, 3]);
  await deletePipelineRefs(repository, [1, 2, 3]);
  await deletePipelineRefs({ ...repository, folder: `${repository.folder}-that-is-gone` }, [1]);
  expect((await refValues(repository, refs)).size).toBe(0);
});

test('a pipeline’s ref that is packed, or whose making a dead server began, is made; that of no repository is not', async () => {
  const { repository } = await serverAndTree();
  const sha = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  await createPipelineRef(repository, { id: 1, sha });
  await runGit(repository, ['pack-refs', '--all', '--prune']);
  await createPipelineRef(repository, { id: 1, sha });
  const packs = join(repository.folder, 'objects/pack');
  await writeFile(join(packs, 'tmp_pipeline_ref_2'), '');
  await createPipelineRef(repository, { id: 2, sha });
  expect((await refValues(repository, ['refs/pipelines/1', 'refs/pipelines/2'])).size).toBe(2);
  expect((await readdir(packs)).filter((file) => file.startsWith('tmp_'))).toEqual([]);
  // Killed as one task had made the ref, and another was at its draft.
  await writeFile(join(packs, 'tmp_pipeline_ref_2'), '');
  await createPipelineRef(repository, { id: 2, sha });
  expect((await readdir(packs)).filter((file) => file.startsWith('tmp_'))).toEqual([]);
  await runGit(repository, ['fsck', '--strict']);
  const gone = { ...repository, folder: `${repository.folder}.gone` };
  await expect(createPipelineRef(gone, { id: 3, sha })).rejects.toThrow();
  expect(existsSync(gone.folder)).toBe(false);
});

test('knows afterwards which updates took effect, also when others followed', async () => {
  const { repository } = await serverAndTree();
  const one = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  const two = await commit(repository, [{ action: 'create', file_path: 'b', content: text('b') }]);
  const ref = 'refs/heads/main';
  const first = { ref, old: ZERO_SHA, new: one };
  const second = { ref, old: one, new: two };
  const never = { ref, old: two, new: one };
  const deleted = { ref: 'refs/heads/none', old: one, new: ZERO_SHA };
  expect(await appliedUpdates(repository, [first, second, never, deleted])).toEqual([first, second, deleted]);
});

test('a repository that exists is not made anew, and its default branch can change', async () => {
  const { repositories, repository } = await serverAndTree();
  await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }], { branch: 'trunk' });
  await repositories.create(1, 'main');
  expect(await readCommit(repository, 'HEAD')).toBe(undefined);
  await setDefaultBranch(repository, 'trunk');
  expect(await readCommit(repository, 'HEAD')).toBeDefined();
  await repositories.delete(1);
  await repositories.delete(1);
  await expect(readCommit(repository, 'HEAD')).rejects.toMatchObject({ code: 'failed' });
});

test('a repository has the kind of ids that the server reads, whatever git makes by itself', async () => {
  const folder = await temporaryFolder();
  const newer = `#!/bin/sh\nGIT_DEFAULT_HASH="\${GIT_DEFAULT_HASH-sha256}" PATH='${searchPath}' exec git "$@"\n`;
  await writeFile(join(folder, 'git'), newer, { mode: 0o755 });
  const repositories = new Repositories(join(folder, 'repositories'), `${folder}:${searchPath}`);
  onTestFinished(() => repositories.close());
  const repository = await repositories.create(1, 'main');
  const sha = await commit(repository, [{ action: 'create', file_path: 'a', content: text('a') }]);
  expect(sha).toHaveLength(40);
  expect((await refValues(repository, ['refs/heads/main'])).get('refs/heads/main')).toBe(sha);
});

test('housekeeping joins packs, loses no commit, and clears the locks of the dead', async () => {
  const { repository } = await serverAndTree();
  const shas: string[] = [];
  for (let i = 0; i < 22; i++)
    shas.push(await commit(repository, [{ action: 'create', file_path: `${i}`, content: text(`${i}`) }]));
  const deletion = await refDeletion(repository, 'refs/heads/main');
  await updateRefs(repository, deletion ? [deletion] : []);
  expect(await needsHousekeeping(repository)).toBe(true);
  const lock = join(repository.folder, 'refs/heads/main.lock');
  await writeFile(lock, '');
  await utimes(lock, 1, 1);
  await housekeep(repository, Date.now());
  expect(await needsHousekeeping(repository)).toBe(false);
  for (const sha of shas) expect((await readCommit(repository, sha))?.id).toBe(sha);
  await updateRefs(repository, [await branchCreation(repository, 'main', shas[0] ?? '')]);
});

test('an old or missing git is named', async () => {
  const folder = await temporaryFolder();
  expect(await gitProblem(searchPath, folder)).toBe(undefined);
  expect(await gitProblem('/nowhere', folder)).toMatch(/no git on the PATH: install git 2\.38/);
  await writeFile(join(folder, 'git'), '#!/bin/sh\necho git version 2.17.1\n', { mode: 0o755 });
  expect(await gitProblem(`${folder}:${searchPath}`, folder)).toMatch(/2\.17\.1 is too old/);
});

test('a person’s clone of what was written is whole', async () => {
  const { repository, tree } = await serverAndTree();
  await commitIn(tree, { a: 'a' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  await commit(repository, [{ action: 'update', file_path: 'a', content: text('b') }]);
  expect(await gitWords(tree, ['pull', '-q', '--ff-only', 'origin', 'main'])).toBe('');
  expect(await git(tree, ['show', 'HEAD:a'])).toBe('b');
});
