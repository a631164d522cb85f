import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { commitIn, git, serverAndTree } from '../../test/support/repositories.ts';
import { createProject, createTestRunner, START } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { findUser } from '../access/access-store.ts';
import type { Database } from '../db/database.ts';
import type { Change } from '../events/change.ts';
import { deletePipelineRefs, pipelineRef } from '../git/pipeline-refs.ts';
import { refValues } from '../git/refs.ts';
import { ZERO_SHA } from '../git/repository.ts';
import type { RefUpdate } from '../git/update-refs.ts';
import { SigningKey } from '../id-tokens/signing-key.ts';
import { findProject } from '../projects/project-store.ts';
import { decrypt } from '../variables/encrypt.ts';
import { acceptOpenPushes, acceptPush } from './accept-push.ts';
import { claimJob } from './claim-job.ts';
import { createPipeline } from './create-pipeline.ts';
import { deletePipeline, deletePipelineRef } from './delete-pipeline.ts';
import { draftResult } from './pipeline-draft.ts';
import { openPushes, storePush } from './push-store.ts';
import { compile } from '../ci/compile.ts';
import type { CompileInput } from '../ci/plan.ts';
import { readPipelineVariables } from './pipeline-store.ts';
import { RemoteFiles } from './remote-files.ts';
import { runnerPayload } from './runner-payload.ts';
import { startPipelines } from './start-pipeline.ts';

const HOUR = 3_600_000;
const secret_key = randomBytes(32);
const settings = {
  server: { url: 'https://ci.example.org', version: '19.0.0', revision: 'abc' },
  secret_key,
  compile: async (input: CompileInput) => draftResult(await compile(input), input),
  remote: new RemoteFiles({ allowed: [], deadline: 1000, clock: Date.now }),
};
const CONFIG = `
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

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  /** A project whose repository has what `push` sends it; the server has seen no push yet. */
  async function house() {
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
      db.read
        .selectFrom('pipelines')
        .selectAll()
        .where('project_id', '=', project_id)
        .orderBy('id')
        .execute();
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

  test('a pushed branch has its pipeline, with its jobs, its commit and its ref', async () => {
    const { push, accept, pipelines, repository } = await house();
    const commands = await push({ '.gitlab-ci.yml': CONFIG });
    const [pipeline] = await accept(commands);
    expect(pipeline).toMatchObject({
      status: 'pending',
      source: 'push',
      ref: 'main',
      tag: 0,
      sha: commands[0]!.new,
      before_sha: ZERO_SHA,
      iid: 1,
    });
    const jobs = await db.read
      .selectFrom('jobs')
      .selectAll()
      .where('pipeline_id', '=', pipeline!.id)
      .execute();
    expect(jobs.map(({ name, status, tag_list }) => [name, status, tag_list])).toEqual([
      ['build', 'pending', '[]'],
      ['test', 'created', '["linux"]'],
    ]);
    const ref = `refs/pipelines/${pipeline!.id}`;
    expect((await refValues(repository, [ref])).get(ref)).toBe(commands[0]!.new);
    expect(await pipelines()).toHaveLength(1);
  });

  test('the same push accepted again, and at once, has one pipeline, and its branch is told of once', async () => {
    const { push, store, repositories, pipelines } = await house();
    const told: Change[] = [];
    const silence = db.audience.listen((changes) => told.push(...(changes as readonly Change[])));
    const commands = await push({ '.gitlab-ci.yml': CONFIG });
    const stored = await store(commands);
    const again = () => acceptPush(db, repositories, settings, stored, commands, START);
    const made = (await Promise.all([again(), again(), again()])).flat();
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
    expect((await again()).map(({ id }) => id)).toEqual([made[0]!.id]);
    expect(await pipelines()).toHaveLength(1);
    silence();
    expect(told.filter(({ type }) => type === 'ref')).toMatchObject([{ ref: 'refs/heads/main' }]);
  });

  test('a push whose end nobody has seen has its pipeline later, and then is over', async () => {
    const { push, store, reconcile, pipelines, project_id } = await house();
    const seen = await push({ '.gitlab-ci.yml': CONFIG });
    await store(seen);
    const never = [{ ref: 'refs/heads/other', old: ZERO_SHA, new: seen[0]!.new }];
    const half = await push({ a: 'b' }, ['refs/heads/half']);
    await store([...half, ...never]);
    await reconcile(START);
    expect((await pipelines()).map(({ ref }) => ref)).toEqual(['main', 'half']);
    const open = async () =>
      (await openPushes(db.read, 0, 100, START)).filter((each) => each.project_id === project_id);
    expect(await open()).toHaveLength(1);
    await reconcile(START + 2 * HOUR);
    expect(await open()).toEqual([]);
    expect(await pipelines()).toHaveLength(2);
  });

  test('a push whose pipelines cannot be made is tried ever more seldom, and kept', async () => {
    const { push, store, repositories, pipelines } = await house();
    await store(await push({ '.gitlab-ci.yml': CONFIG }));
    let tries = 0;
    const failing = {
      ...settings,
      compile: async () => {
        tries++;
        throw new Error('no compiler today');
      },
    };
    const tried: number[] = [];
    for (let at = START; at < START + HOUR; at += 3000) {
      const before = tries;
      await acceptOpenPushes(db, repositories, failing, at, () => {});
      if (tries > before) tried.push((at - START) / 1000);
    }
    expect(tried.slice(0, 5)).toEqual([0, 3, 9, 21, 45]);
    expect(tried.length).toBeLessThan(12);
    await acceptOpenPushes(db, repositories, settings, START + 3 * HOUR, () => {});
    expect(await pipelines()).toHaveLength(1);
  });

  test('a crash between the rows and the start is mended', async () => {
    const { push, accept, repositories, pipelines } = await house();
    const { repositories: empty } = await serverAndTree();
    const commands = await push({ '.gitlab-ci.yml': CONFIG });
    await accept(commands);
    const [made] = await pipelines();
    // As it was just after the rows were stored.
    await db.write(async (tx) => {
      await tx.updateTable('pipelines').set({ status: 'created' }).where('id', '=', made!.id).execute();
      await tx.updateTable('jobs').set({ status: 'created' }).where('pipeline_id', '=', made!.id).execute();
      await tx.deleteFrom('job_queue').where('pipeline_id', '=', made!.id).execute();
    });
    const [kindOfWork, start] = startPipelines(db, repositories, () => START);
    const [, fail] = startPipelines(db, empty, () => START);
    const work = { key: String(made!.id), payload: {} };
    const signal = new AbortController().signal;
    expect(kindOfWork).toBe('start_pipeline');
    await expect(fail(work, signal)).rejects.toThrow(/git|ENOENT|exist/);
    expect((await pipelines())[0]!.status).toBe('created');
    await start(work, signal);
    await start(work, signal);
    expect((await pipelines())[0]!.status).toBe('pending');
  });

  test('a run of a schedule that a crash cut short is repeated for its commit, wherever the branch is by now', async () => {
    const { push, repositories, repository, project_id, user_id, pipelines } = await house();
    const run = async (command: RefUpdate | undefined) => {
      const [project, user] = [
        await findProject(db.read, String(project_id)),
        await findUser(db.read, user_id),
      ];
      const request = { ref: 'main', tag: false, before_sha: ZERO_SHA, source: 'schedule', variables: [] };
      const of = { project: project!, user: user!, sha: command!.new, push_id: null };
      const origin = { pipeline_schedule_run: `run of ${project_id}` };
      await createPipeline(db, repositories, settings, { ...request, ...of, origin }, START);
    };
    const [first] = await push({ '.gitlab-ci.yml': CONFIG });
    await run(first);
    const [made] = await pipelines();
    await deletePipelineRefs(repository, [made!.id]);
    const [second] = await push({ '.gitlab-ci.yml': `${CONFIG}\n# moved` });
    await run(second);
    expect(await pipelines()).toMatchObject([{ id: made!.id, sha: first!.new }]);
    const ref = pipelineRef(made!.id);
    expect((await refValues(repository, [ref])).get(ref)).toBe(first!.new);
  });

  test('a tag has a pipeline of its own; a deleted branch, and what is neither, has none', async () => {
    const { push, accept } = await house();
    const commands = await push({ '.gitlab-ci.yml': CONFIG }, ['refs/heads/main', 'refs/tags/main']);
    const made = await accept([...commands, { ref: 'refs/heads/old', old: commands[0]!.new, new: ZERO_SHA }]);
    expect(made.map(({ ref, tag }) => [ref, tag])).toEqual([
      ['main', 0],
      ['main', 1],
    ]);
  });

  test('no more than four refs of one push have pipelines', async () => {
    const { push, accept } = await house();
    const refs = Array.from({ length: 6 }, (_, index) => `refs/heads/b${index}`);
    expect(await accept(await push({ '.gitlab-ci.yml': CONFIG }, refs))).toHaveLength(4);
  });

  test('a mistake in the configuration makes a failed pipeline that tells it', async () => {
    const { push, accept } = await house();
    const [pipeline] = await accept(await push({ '.gitlab-ci.yml': 'build: { stage: nowhere, script: x }' }));
    expect(pipeline).toMatchObject({
      status: 'failed',
      failure_reason: 'config_error',
      yaml_errors: expect.stringContaining('chosen stage nowhere does not exist'),
    });
  });

  test.each([
    ['no configuration', {}, [], 'A change', []],
    [
      'jobs that the rules drop',
      { '.gitlab-ci.yml': 'a: { script: x, rules: [{ when: never }] }' },
      [],
      'A change',
      [],
    ],
    [
      'a workflow that filters it',
      { '.gitlab-ci.yml': 'workflow: { rules: [{ when: never }] }\na: { script: x }' },
      [],
      'A change',
      [],
    ],
    ['ci.no_pipeline', { '.gitlab-ci.yml': CONFIG }, ['ci.no_pipeline'], 'A change', []],
    ['ci.skip', { '.gitlab-ci.yml': CONFIG }, ['ci.skip'], 'A change', ['skipped']],
    ['[skip ci]', { '.gitlab-ci.yml': CONFIG }, [], 'A change [skip ci]', ['skipped']],
  ])('a push with %s', async (_, files: Record<string, string>, options: string[], message, statuses) => {
    const { push, accept } = await house();
    const made = await accept(await push(files, ['refs/heads/main'], message), options);
    expect(made.map(({ status }) => status)).toEqual(statuses);
  });

  test('somebody who asks for a pipeline that cannot be is told why, and nothing is stored', async () => {
    const { push, repositories, project_id, user_id, pipelines } = await house();
    const ask = async (files: Record<string, string>) => {
      const [command] = await push(files);
      const [project, user] = [
        await findProject(db.read, String(project_id)),
        await findUser(db.read, user_id),
      ];
      return createPipeline(
        db,
        repositories,
        settings,
        {
          project: project!,
          user: user!,
          ref: 'main',
          tag: false,
          sha: command!.new,
          before_sha: ZERO_SHA,
          source: 'api',
          variables: [],
          push_id: null,
        },
        START,
      );
    };
    expect(await ask({})).toMatchObject({ outcome: 'refused', messages: ['Missing CI config file'] });
    expect(await ask({ '.gitlab-ci.yml': 'a: { script: x, only: [tags] }' })).toMatchObject({
      outcome: 'refused',
    });
    expect(await pipelines()).toEqual([]);
    expect(await ask({ '.gitlab-ci.yml': CONFIG })).toMatchObject({ outcome: 'created' });
  });

  test('a runner is told all it needs', async () => {
    const { push, accept, repositories, project_id } = await house();
    const commands = await push({ '.gitlab-ci.yml': CONFIG });
    const [pipeline] = await accept(commands, ['ci.variable="SECRET=a $ b"']);
    const [stored] = await readPipelineVariables(db.read, pipeline!.id);
    expect(stored!.value).not.toContain('a $ b');
    expect(decrypt(secret_key, stored!.value)).toBe('a $ b');
    const { runner, manager } = await createTestRunner(db, {
      runner_type: 'project_type',
      projects: [project_id],
    });
    const claimed = (await claimJob(db, runner, manager, START, 1000))!;
    const payload = await runnerPayload(db, repositories, settings, new SigningKey('unused'), claimed, START);
    const project = await findProject(db.read, String(project_id));
    expect(payload).toMatchObject({
      id: claimed.job.id,
      token: claimed.token,
      allow_git_fetch: true,
      job_info: { name: 'build', stage: 'build', project_id },
      git_info: {
        repo_url: `https://gitlab-ci-token:${claimed.token}@ci.example.org/${project!.path_with_namespace}.git`,
        sha: commands[0]!.new,
        depth: 20,
        refspecs: [
          `+refs/pipelines/${pipeline!.id}:refs/pipelines/${pipeline!.id}`,
          '+refs/heads/main:refs/remotes/origin/main',
        ],
      },
      runner_info: { timeout: 3600 },
      steps: [{ name: 'script', script: ['make'], timeout: 3600, when: 'on_success', allow_failure: false }],
      artifacts: [{ paths: ['out'], when: 'on_success', artifact_type: 'archive', artifact_format: 'zip' }],
      dependencies: [],
    });
    const values = Object.fromEntries(payload.variables.map(({ key, value }) => [key, value]));
    expect(values).toMatchObject({
      CI: 'true',
      CI_JOB_ID: String(claimed.job.id),
      CI_PIPELINE_ID: String(pipeline!.id),
      CI_PIPELINE_IID: '1',
      CI_COMMIT_BRANCH: 'main',
      CI_COMMIT_SHA: commands[0]!.new,
      CI_RUNNER_ID: String(runner.id),
      CI_JOB_TOKEN: claimed.token,
      GREETING: `hello ${project!.path}`,
      SECRET: 'a $ b',
    });
    const token = payload.variables.find(({ key }) => key === 'CI_JOB_TOKEN');
    expect(token).toMatchObject({ masked: true, public: false });
  });

  test('a deleted pipeline leaves no job, no ref and no valid token', async () => {
    const { push, accept, repositories, repository, project_id, pipelines } = await house();
    const [pipeline] = await accept(await push({ '.gitlab-ci.yml': CONFIG }));
    const { runner, manager } = await createTestRunner(db, {
      runner_type: 'project_type',
      projects: [project_id],
    });
    await claimJob(db, runner, manager, START, 1000);
    expect(await deletePipeline(db, pipeline!, START)).toBe(true);
    expect(await deletePipeline(db, pipeline!, START)).toBe(false);
    expect(await pipelines()).toEqual([]);
    expect(
      await db.read.selectFrom('jobs').select('id').where('project_id', '=', project_id).execute(),
    ).toEqual([]);
    const [, removeRef] = deletePipelineRef(repositories);
    await removeRef({ key: String(pipeline!.id), payload: { project_id } }, new AbortController().signal);
    const ref = `refs/pipelines/${pipeline!.id}`;
    expect((await refValues(repository, [ref])).size).toBe(0);
  });
});
