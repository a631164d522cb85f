import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git, remoteOf } from './git.ts';
import { addPerson, type Person } from './people.ts';
import type { TestServer } from './server.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A configuration of one job. */
export const ONE_JOB = 'unit:\n  script: echo done\n';

export interface PipelineItem {
  id: number;
  ref: string;
  sha: string;
  status: string;
  source: string;
}

let made = 0;

/** A project with people in all roles that matter to git, and ways to look at it. */
export async function gitProject(server: TestServer, fields: object = {}) {
  const { api, url } = server;
  const name = `code-${++made}`;
  const reply = await api<{ id: number; path_with_namespace: string }>('POST', '/projects', {
    body: { name, ...fields },
  });
  if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
  const { id, path_with_namespace: path } = reply.body;
  const at = `/projects/${id}`;
  const member = async (role: string, access_level: number): Promise<Person> => {
    const person = await addPerson(api, role);
    await api('POST', `${at}/members`, { body: { user_id: person.id, access_level } });
    return person;
  };
  return {
    id,
    path,
    at,
    member,
    remote: (token = server.rootToken) => remoteOf(url, path, token),
    pipelines: async (query = '') => (await api<PipelineItem[]>('GET', `${at}/pipelines${query}`)).body,
    /** Answers the tip of a branch, null when there is none. */
    tip: async (branch: string) => {
      const found = await api<{ commit: { id: string } }>(
        'GET',
        `${at}/repository/branches/${encodeURIComponent(branch)}`,
      );
      return found.status === 200 ? found.body.commit.id : null;
    },
  };
}

/** An empty work tree with `origin` at that address. */
export async function workTree(origin: string): Promise<string> {
  const tree = temporaryFolder();
  await git(tree, 'init', '--quiet', '--initial-branch', 'main');
  await git(tree, 'remote', 'add', 'origin', origin);
  return tree;
}

/** Writes files and commits them; answers the commit's SHA. */
export async function commit(
  tree: string,
  files: Record<string, string | Buffer> = {},
  message = 'A change',
): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, name)), { recursive: true });
    await writeFile(join(tree, name), content);
  }
  await git(tree, 'add', '--all');
  await git(tree, 'commit', '--quiet', '--allow-empty', '--message', message);
  return (await git(tree, 'rev-parse', 'HEAD')).trim();
}

/** What git says, and whether it succeeded. */
export function tryGit(folder: string, ...args: string[]): Promise<{ ok: boolean; words: string }> {
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
  return new Promise((resolve) => {
    execFile('git', args, { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, words: stdout + stderr }),
    );
  });
}
