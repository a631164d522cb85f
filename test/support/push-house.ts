import { randomBytes } from 'node:crypto';
import { compile } from '../../src/ci/compile.ts';
import type { CompileInput } from '../../src/ci/plan.ts';
import type { Database } from '../../src/db/database.ts';
import { refValues } from '../../src/git/refs.ts';
import { ZERO_SHA } from '../../src/git/repository.ts';
import type { RefUpdate } from '../../src/git/update-refs.ts';
import { acceptOpenPushes, acceptPush } from '../../src/pipelines/accept-push.ts';
import { draftResult } from '../../src/pipelines/pipeline-draft.ts';
import { storePush } from '../../src/pipelines/push-store.ts';
import { RemoteFiles } from '../../src/pipelines/remote-files.ts';
import { createProject, START } from './pipelines.ts';
import { commitIn, git, serverAndTree } from './repositories.ts';

export const secret_key = randomBytes(32);
export const settings = {
  server: { url: 'https://ci.example.org', version: '19.0.0', revision: 'abc' },
  secret_key,
  compile: async (input: CompileInput) => draftResult(await compile(input), input),
  remote: new RemoteFiles({ allowed: [], deadline: 1000, clock: Date.now }),
};
export const CONFIG = `
variables:
  GREETING: hello $CI_PROJECT_NAME
build:
  stage: build
  script: make
  artifacts: { paths: [out] }
test:
  script: [make test]
  tags: [linux]
  rules:
    - if: $CI_PIPELINE_SOURCE == "push"
`;

/** A project whose repository has what `push` sends it; the server has seen no push yet. */
export async function openPushHouse(db: Database) {
  const { repositories, tree } = await serverAndTree();
  const { id: project_id, user_id } = await createProject(db, { shared_runners_enabled: 0 });
  const repository = await repositories.create(project_id, 'main');
  /** Commits, pushes to these refs, and answers the commands that git was sent. */
  const push = async (files: Record<string, string>, refs = ['refs/heads/main'], message = 'A change') => {
    const sha = await commitIn(tree, files, message);
    const before = await refValues(repository, refs);
    await git(tree, ['push', '-q', '-f', repository.folder, ...refs.map((ref) => `HEAD:${ref}`)]);
    return refs.map((ref): RefUpdate => ({ ref, old: before.get(ref) ?? ZERO_SHA, new: sha }));
  };
  const store = (commands: RefUpdate[], push_options: string[] = [], created_at = START) =>
    storePush(db, { project_id, user_id, commands, push_options, created_at });
  const accept = async (commands: RefUpdate[], push_options: string[] = []) =>
    acceptPush(db, repositories, settings, await store(commands, push_options), commands, START);
  const reconcile = (now: number) =>
    acceptOpenPushes(db, repositories, settings, now, (_, error) => {
      throw error;
    });
  const pipelines = () =>
    db.read.selectFrom('pipelines').selectAll().where('project_id', '=', project_id).orderBy('id').execute();
  return {
    project_id,
    user_id,
    repositories,
    repository,
    tree,
    push,
    store,
    accept,
    reconcile,
    pipelines,
  };
}
