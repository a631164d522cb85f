import { writeCommit } from '../../src/git/commit-files.ts';
import { updateRefs, type RefUpdate } from '../../src/git/update-refs.ts';
import { ZERO_SHA } from '../../src/git/repository.ts';
import type { RunnerHouse } from './runner-house.ts';

/** A configuration of one job. */
export const ONE_JOB = 'unit:\n  script: echo done\n';

const ADA = { name: 'Ada', email: 'ada@example.org' };
let count = 0;

/** A project of root's with a repository that has no pipeline yet, and how to commit to it without a push. */
export interface CiProject {
  id: number;
  /** `root/ci-1` */
  path: string;
  /** `/projects/1` */
  at: string;
  /** Commits this configuration (null: none) to the branch. Answers the SHA. */
  commit(config: string | null, branch?: string, message?: string): Promise<string>;
  /** Commits a file to the branch main. Answers the SHA. */
  commitFile(file_path: string, text: string): Promise<string>;
  tag(name: string, sha: string): Promise<void>;
}

export async function ciProject({ api, parts }: RunnerHouse): Promise<CiProject> {
  const name = `ci-${++count}`;
  const body = { name, initialize_with_readme: true };
  const { status, body: project } = await api<{ id: number; path_with_namespace: string }>(
    'POST',
    '/projects',
    {
      body,
    },
  );
  if (status !== 201) throw new Error(JSON.stringify(project));
  const repository = parts.repositories.of(project.id);
  const update = (one: RefUpdate) => updateRefs(repository, [one]);
  const branches = new Set(['main']);
  const write = async (file_path: string, text: string, branch: string, message: string) => {
    const start_branch = branches.has(branch) ? undefined : 'main';
    branches.add(branch);
    const known = await repository.objects.info(`refs/heads/${start_branch ?? branch}:${file_path}`);
    const made = await writeCommit(repository, {
      branch,
      start_branch,
      message,
      actions: [{ action: known ? 'update' : 'create', file_path, content: Buffer.from(text) }],
      author: ADA,
      committer: ADA,
      now: Date.now(),
    });
    await update(made);
    return made.new;
  };
  return {
    id: project.id,
    path: project.path_with_namespace,
    at: `/projects/${project.id}`,
    commit: (config, branch = 'main', message = 'A change') =>
      write(config === null ? `file-${++count}` : '.gitlab-ci.yml', config ?? 'text', branch, message),
    commitFile: (file_path, text) => write(file_path, text, 'main', 'A file'),
    tag: (tag, sha) => update({ ref: `refs/tags/${tag}`, old: ZERO_SHA, new: sha }),
  };
}
