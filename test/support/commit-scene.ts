import { commit, gitProject, ONE_JOB, workTree } from './git-project.ts';
import { git } from './git.ts';
import type { TestServer } from './server.ts';

export interface Commit {
  id: string;
  title: string;
  message: string;
  parent_ids: string[];
  author_name: string;
  author_email: string;
  committer_name: string;
  stats?: { additions: number; deletions: number; total: number };
  status: string | null;
  project_id: number;
  last_pipeline: { id: number; status: string } | null;
}

/** A project with three commits on `main`, the second of which is tagged `v1` and the tip of `feature/x`. */
export async function commitScene(server: TestServer) {
  const project = await gitProject(server);
  const developer = await project.member('developer', 30);
  const tree = await workTree(project.remote());
  const shas = [
    await commit(
      tree,
      { '.gitlab-ci.yml': ONE_JOB, 'a/file': '1\n2\n' },
      'First\n\nSigned-off-by: Ada <a@x>',
    ),
    await commit(tree, { 'a/file': '1\n3\n', b: 'b\n' }, 'Second'),
    await commit(tree, { b: 'bb\n' }, 'Third'),
  ];
  await git(tree, 'tag', 'v1', shas[1] ?? '');
  await git(tree, 'push', '--quiet', 'origin', 'main', 'HEAD~1:refs/heads/feature/x', 'v1');
  const list = (query = '') => server.api<Commit[]>('GET', `${project.at}/repository/commits${query}`);
  return { project, developer, tree, shas, list };
}
