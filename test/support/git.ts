import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { promisify } from 'node:util';
import { temporaryFolder } from './temporary-folder.ts';

const run = promisify(execFile);

/** Runs git as a person without any configuration; answers what it printed on both outputs. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  };
  const { stdout, stderr } = await run('git', args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout + stderr;
}

/** The address of a project's repository with a token for password. */
export const remoteOf = (url: string, path: string, token: string) =>
  `${url.replace('://', `://root:${token}@`)}/${path}.git`;

/** A work tree with a copy of `folder` as its first commit on `main`. */
export async function repositoryOf(folder: string): Promise<string> {
  const tree = temporaryFolder();
  await cp(folder, tree, { recursive: true });
  await git(tree, 'init', '--quiet', '--initial-branch', 'main');
  await git(tree, 'add', '--all');
  await git(tree, 'commit', '--quiet', '--message', 'Begin');
  return tree;
}
