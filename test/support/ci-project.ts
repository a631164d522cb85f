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
  /** `/projects/1` */
  at: string;
  /** Commits this configuration (null: none) to the branch. Answers the SHA. */
  commit(config: string | null, branch?: string, message?: string): Promise<string>;
  tag(name: string, sha: string): Promise<void>;
}

export async function ciProject({ api, parts }: RunnerHouse): Promise<CiProject> {
  const name = `ci-${++count}`;
  const body = { name, initialize_with_readme: true };
  const { status, body: project } = await api<{ id: number }>('POST', '/projects', { body });
  if (status !== 201) throw new Error(JSON.stringify(project));
  const repository = parts.repositories.of(project.id);
  const update = (one: RefUpdate) => updateRefs(repository, [one]);
  const branches = new Set(['main']);
  return {
    id: project.id,
    at: `/projects/${project.id}`,
    async commit(config, branch = 'main', message = 'A change') {
      const start_branch = branches.has(branch) ? undefined : 'main';
      branches.add(branch);
      const file_path = config === null ? `file-${++count}` : '.gitlab-ci.yml';
      const known = await repository.objects.info(`refs/heads/${start_branch ?? branch}:${file_path}`);
      const content = Buffer.from(config ?? 'text');
      const made = await writeCommit(repository, {
        branch,
        start_branch,
        message,
        actions: [{ action: known ? 'update' : 'create', file_path, content }],
        author: ADA,
        committer: ADA,
        now: Date.now(),
      });
      await update(made);
      return made.new;
    },
    tag: (tag, sha) => update({ ref: `refs/tags/${tag}`, old: ZERO_SHA, new: sha }),
  };
}
