import { expect, test } from 'vitest';
import {
  commitIn,
  git,
  searchPath,
  serverAndTree,
  temporaryFolder,
} from '../../test/support/repositories.ts';
import { CatFilePool } from './cat-file.ts';
import { gitEnvironment, type GitFolder } from './run-git.ts';

/** A repository with one file, and a pool that ends with the test. */
async function filled() {
  const { repository, tree } = await serverAndTree();
  const sha = await commitIn(tree, { 'a.txt': 'hello\n', 'odd\nname': 'odd', empty: '' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  return { repository, tree, sha };
}

test('reads objects by revision and path, many at a time', async () => {
  const { repository } = await filled();
  const names = Array.from({ length: 500 }, (_, i) => (i % 2 ? 'main:a.txt' : `main:missing${i}`));
  const answers = await Promise.all(names.map((name) => repository.objects.read(name)));
  answers.forEach((answer, i) => expect(answer?.content.toString()).toBe(i % 2 ? 'hello\n' : undefined));
});

test('a name of several lines is one question, found or missing', async () => {
  const { repository } = await filled();
  const [odd, missing, empty, nul] = await Promise.all(
    ['main:odd\nname', 'main:no\nsuch\nfile', 'main:empty', 'main:a\0contents main:a.txt'].map((name) =>
      repository.objects.read(name),
    ),
  );
  expect(odd?.content.toString()).toBe('odd');
  expect(missing).toBe(undefined);
  expect(empty?.content.length).toBe(0);
  expect(nul).toBe(undefined);
  expect((await repository.objects.read('main:a.txt'))?.content.toString()).toBe('hello\n');
});

test('sees what was pushed after its process began', async () => {
  const { repository, tree } = await filled();
  await repository.objects.info('main');
  const sha = await commitIn(tree, { 'b.txt': 'new' });
  await git(tree, ['push', '-q', 'origin', 'main']);
  expect((await repository.objects.info('main'))?.id).toBe(sha);
});

test('refuses what is larger than the caller wants', async () => {
  const { repository } = await filled();
  await expect(repository.objects.read('main:a.txt', 5)).rejects.toMatchObject({ code: 'too_large' });
});

test('keeps no more processes than its limit and answers all the same', async () => {
  const pool = new CatFilePool({ limit: 2 });
  const folders: GitFolder[] = [];
  for (let i = 0; i < 5; i++) folders.push({ ...(await filled()).repository });
  const answers = await Promise.all(
    folders.flatMap((f) => [pool.read(f, 'main:a.txt'), pool.info(f, 'main')]),
  );
  expect(answers.every(Boolean)).toBe(true);
  await expect.poll(() => pool.size).toBeLessThanOrEqual(2);
  await pool.close();
  expect(pool.size).toBe(0);
});

test('a process that nobody asks ends', async () => {
  const { repository } = await filled();
  const pool = new CatFilePool({ idle_ms: 20 });
  await pool.info(repository, 'main');
  expect(pool.size).toBe(1);
  await expect.poll(() => pool.size).toBe(0);
  expect(await pool.info(repository, 'main')).toBeDefined();
  await pool.close();
});

test('answers what was asked before it was closed, and nothing after', async () => {
  const { repository } = await filled();
  const pool = new CatFilePool();
  const asked = pool.info(repository, 'main');
  await pool.close();
  expect(await asked).toBeDefined();
  await expect(pool.info(repository, 'main')).rejects.toMatchObject({ code: 'failed' });
});

test('a repository that is not there is an error, not a wait', async () => {
  const folder = await temporaryFolder();
  const pool = new CatFilePool();
  const nowhere = { folder: `${folder}/nowhere`, environment: gitEnvironment(searchPath) };
  const noRepository = { folder, environment: gitEnvironment(searchPath) };
  await expect(pool.info(nowhere, 'main')).rejects.toMatchObject({ code: 'failed' });
  await expect(pool.info(noRepository, 'main')).rejects.toMatchObject({ code: 'failed' });
  await pool.close();
});
