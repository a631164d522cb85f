import { join } from 'node:path';
import { commit, gitProject, ONE_JOB, workTree } from './git-project.ts';
import { git } from './git.ts';
import type { TestServer } from './server.ts';

/** How git sends a token. */
export const basic = (token: string) => ({
  authorization: `Basic ${Buffer.from(`git:${token}`).toString('base64')}`,
});

/** Projects of a server with something in them, and how git asks for theirs. */
export function gitHouse(server: TestServer) {
  /** A project with one commit on `main`, and a work tree of it. */
  const pushed = async (fields: object = {}) => {
    const project = await gitProject(server, fields);
    const tree = await workTree(project.remote());
    const sha = await commit(tree, { '.gitlab-ci.yml': ONE_JOB, 'dir/file': 'content' }, 'Begin');
    await git(tree, 'push', '--quiet', 'origin', 'main');
    return { ...project, tree, sha };
  };
  const folderOf = (id: number) => join(server.data, 'repositories', `${id}.git`);
  const refsOf = (path: string, service = 'git-upload-pack', headers: Record<string, string> = {}) =>
    fetch(`${server.url}/${path}.git/info/refs?service=${service}`, { headers });
  return { pushed, folderOf, refsOf };
}
