import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { Repositories, type Repository } from '../../src/git/repository.ts';

const run = promisify(execFile);

/** Where programs are found, for the server's git too. */
export const searchPath = process.env['PATH'] ?? '';

/** A person's git: no settings but a name. It waits for its input at no terminal. */
const environment = {
  PATH: searchPath,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jobyard-git-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Runs a person's git and answers what it printed; rejects with git's words when it fails. */
export async function git(
  folder: string,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await run('git', args, {
    cwd: folder,
    env: { ...environment, ...more },
    maxBuffer: 1 << 28,
    timeout: 60_000,
  });
  return stdout.trimEnd();
}

/** What a person's git prints on stderr, whether it succeeds or fails. */
export async function gitWords(folder: string, args: readonly string[]): Promise<string> {
  return run('git', args, { cwd: folder, env: environment, maxBuffer: 1 << 28, timeout: 60_000 }).then(
    ({ stderr }) => stderr,
    (error: { stderr: string }) => error.stderr,
  );
}

/** Writes files and commits them; answers the commit's SHA. */
export async function commitIn(
  folder: string,
  files: Record<string, string | Buffer>,
  message = 'A change',
  more: Record<string, string> = {},
): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  await git(folder, ['add', '-A']);
  await git(folder, ['commit', '-q', '--allow-empty', '-m', message], more);
  return git(folder, ['rev-parse', 'HEAD']);
}

/** An empty repository of the server's, and a person's working tree with it as `origin`. */
export async function serverAndTree(): Promise<{
  repositories: Repositories;
  repository: Repository;
  tree: string;
}> {
  const root = await temporaryFolder();
  const repositories = new Repositories(join(root, 'repositories'), searchPath);
  onTestFinished(() => repositories.close());
  const repository = await repositories.create(1, 'main');
  const tree = join(root, 'tree');
  await git(root, ['init', '-q', '-b', 'main', tree]);
  await git(tree, ['remote', 'add', 'origin', repository.folder]);
  return { repositories, repository, tree };
}
