import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeViews, run } from '../support/bridges.ts';
import { databases } from '../support/databases.ts';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { type JobPayload, SimulatedRunner } from '../support/simulated-runner.ts';
import { zipOf } from '../support/zip.ts';

const CONFIG = '.gitlab-ci.yml';
const echoing = (name: string) => `${name}: { script: echo ${name} }\n`;
/** Whose child has a file of that variable's. */
const includingChild = (forward: string) => `
child:
  variables: { FILE: one }
  trigger: { include: [{ local: of-$FILE.yml }], forward: ${forward} }
`;
const runners: SimulatedRunner[] = [];
afterAll(() => runners.forEach((runner) => runner.close()));

const valuesOf = (job: JobPayload, ...keys: string[]) =>
  keys.map((key) => job.variables.find((one) => one.key === key)?.value);

describe.each(databases)('a pushed configuration with triggers, on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await bootServer({ database: kind });
  });
  const { bridgeThat, statusOf, jobsOf } = bridgeViews(() => server.api);

  async function open() {
    const project = await gitProject(server);
    const tree = await workTree(project.remote());
    return {
      ...project,
      /** Pushes these files to a branch; answers the commit, and its pipeline if it has one. */
      push: async (files: Record<string, string>, { branch = 'main', options = [] as string[] } = {}) => {
        const sha = await commit(tree, files);
        await git(tree, 'push', ...options.flatMap((one) => ['-o', one]), 'origin', `HEAD:${branch}`);
        const [pipeline] = await project.pipelines(`?sha=${sha}`);
        return { sha, pipeline: pipeline?.id ?? 0 };
      },
      /** A runner for it and for others. */
      runner: async (...others: { at: string }[]) => {
        const body = { runner_type: 'project_type', project_id: project.id };
        const made = await server.api<{ id: number; token: string }>('POST', '/user/runners', { body });
        for (const { at } of others)
          await server.api('POST', `${at}/runners`, { body: { runner_id: made.body.id } });
        const runner = new SimulatedRunner(server.url, made.body.token);
        runners.push(runner);
        return runner;
      },
    };
  }

  test('a child of a file beside it gets its variables, and its failure fails the parent', async () => {
    const project = await open();
    const { sha, pipeline } = await project.push({
      [CONFIG]: `
stages: [test, deploy]
child:
  stage: test
  variables: { FROM: "$CI_PROJECT_NAME" }
  trigger: { include: ci/child.yml, strategy: depend }
deploy:
  stage: deploy
  needs: [child]
  script: echo deploy
`,
      'ci/child.yml': 'unit:\n  script: echo $FROM\n',
    });
    const runner = await project.runner();
    const { downstream_pipeline: child } = await bridgeThat(project, pipeline, 'running');
    expect(child).toMatchObject({ project_id: project.id, sha, source: 'parent_pipeline' });
    const job = await run(runner, 'unit', 'failed');
    expect(valuesOf(job, 'FROM', 'CI_PIPELINE_SOURCE')).toEqual([
      project.path.split('/')[1],
      'parent_pipeline',
    ]);
    await bridgeThat(project, pipeline, 'failed');
    expect(await statusOf(project, pipeline)).toBe('failed');
    expect(await jobsOf(project, pipeline)).toBe('deploy skipped');
  });

  test('a child runs what an earlier job has generated', async () => {
    const project = await open();
    const { pipeline } = await project.push({
      [CONFIG]: `
generate:
  stage: build
  script: make config
  artifacts: { paths: [out] }
child:
  stage: test
  needs: [generate]
  variables: { NAME: made }
  trigger:
    include: [{ artifact: out/$NAME.yml, job: generate }]
    strategy: depend
`,
    });
    const runner = await project.runner();
    const archive = await zipOf({ 'out/made.yml': 'made:\n  script: echo made\n' });
    await run(runner, 'generate', 'success', { archive });
    await bridgeThat(project, pipeline, 'running');
    await run(runner, 'made', 'success');
    await bridgeThat(project, pipeline, 'success');
    expect(await statusOf(project, pipeline)).toBe('success');
  });

  test('a child knows no variable of what creates it that it is not given, also in what it includes', async () => {
    const project = await open();
    const files = { 'of-one.yml': echoing('one'), 'of-.yml': echoing('none') };
    const childOf = async (forward: string) => {
      const { pipeline } = await project.push({ ...files, [CONFIG]: includingChild(forward) });
      const { downstream_pipeline: child } = await bridgeThat(project, pipeline, 'success');
      return await jobsOf(project, child!.id);
    };
    expect(await childOf('{}')).toBe('one pending');
    expect(await childOf('{ yaml_variables: false }')).toBe('none pending');
    // What everybody knows it knows as well.
    const body = { key: 'FILE', value: 'one' };
    expect((await server.api('POST', `${project.at}/variables`, { body })).status).toBe(201);
    expect(await childOf('{ yaml_variables: false, pipeline_variables: false }')).toBe('one pending');
  });

  test('a child fills in once which file of which job it includes', async () => {
    const project = await open();
    const { pipeline } = await project.push({
      [CONFIG]: `
make $NAME: { stage: build, script: make, artifacts: { paths: [out] } }
make $RAW: { stage: build, script: make, needs: ['make $NAME'] }
child:
  stage: test
  variables: { NAME: twice, RAW: { value: $NAME, expand: false } }
  trigger: { include: [{ artifact: out/$RAW.yml, job: make $RAW }] }
`,
    });
    const runner = await project.runner();
    const archive = await zipOf({ 'out/$NAME.yml': echoing('once'), 'out/twice.yml': echoing('twice') });
    await run(runner, 'make $NAME', 'success', { archive });
    await run(runner, 'make $RAW', 'success');
    const { downstream_pipeline: child } = await bridgeThat(project, pipeline, 'success');
    expect(await jobsOf(project, child!.id)).toBe('once pending');
  });

  test('a child runs the file of another project, only for who may read it', async () => {
    const library = await open();
    await library.push({ 'ci/child.yml': 'shared:\n  script: echo shared\n' }, { branch: 'v1' });
    const project = await open();
    const config = `
child:
  trigger:
    include: [{ project: ${library.path}, file: /ci/child.yml, ref: v1 }]
`;
    const { pipeline } = await project.push({ [CONFIG]: config });
    const made = await bridgeThat(project, pipeline, 'success');
    expect(await jobsOf(project, made.downstream_pipeline!.id)).toBe('shared pending');

    const stranger = await project.member('maintainer', 40);
    const { body } = await server.api<{ id: number }>('POST', `${project.at}/pipeline`, {
      token: stranger.token,
      body: { ref: 'main' },
    });
    const refused = await bridgeThat(project, body.id, 'failed');
    expect(refused.failure_reason).toBe('downstream_pipeline_creation_failed');
  });

  const DECLARING = 'spec: { inputs: { name: , level: { type: number, default: 1 } } }\n---\n';
  const DECLARED = `${DECLARING}"$[[ inputs.name ]] $[[ inputs.level ]]": { script: echo }\n`;

  test('a child is given inputs, file by file', async () => {
    const project = await open();
    const { pipeline } = await project.push({
      [CONFIG]: `
child:
  trigger:
    include:
      - { local: child.yml, inputs: { name: one, level: 5 } }
      - { local: child.yml, inputs: { name: two } }
`,
      'child.yml': DECLARED,
    });
    const { downstream_pipeline: child } = await bridgeThat(project, pipeline, 'success');
    expect(await jobsOf(project, child!.id)).toBe('one 5 pending, two 1 pending');
  });

  test('a pipeline of another project is given inputs, and fails its bridge when it may not be', async () => {
    const other = await open();
    await other.push({ [CONFIG]: DECLARED }, { options: ['ci.no_pipeline'] });
    const project = await open();
    const config = (inputs: string) =>
      `deliver: { trigger: { project: ${other.path}, inputs: ${inputs} } }\n`;
    const good = await project.push({ [CONFIG]: config('{ name: given, level: 2 }') });
    const { downstream_pipeline: made } = await bridgeThat(project, good.pipeline, 'success');
    expect(await jobsOf(other, made!.id)).toBe('given 2 pending');
    const bad = await project.push({ [CONFIG]: config('{ level: many }') });
    const { downstream_pipeline: failed } = await bridgeThat(project, bad.pipeline, 'failed');
    expect((await server.api('GET', `${other.at}/pipelines/${failed?.id}`)).body).toMatchObject({
      status: 'failed',
      yaml_errors:
        '`name` input: required value has not been provided, `level` input: provided value is not a number',
    });
  });

  test('a branch of another project is run with the variables that were pushed, where they are forwarded', async () => {
    const other = await open();
    const rules = 'rules: [{ if: $CI_PIPELINE_SOURCE == "pipeline" }]';
    const { sha } = await other.push(
      { [CONFIG]: `deliver:\n  script: echo $WHO\n  ${rules}\n` },
      { branch: 'side' },
    );
    const project = await open();
    const runner = await project.runner(other);
    for (const forward of [true, false]) {
      const { pipeline } = await project.push(
        {
          [CONFIG]: `
deliver:
  variables: { WHERE: here }
  trigger:
    project: ${other.path}
    branch: side
    strategy: depend
    forward: { pipeline_variables: ${forward} }
`,
        },
        { options: ['ci.variable=WHO=Ada'] },
      );
      const { downstream_pipeline } = await bridgeThat(project, pipeline, 'running');
      expect(downstream_pipeline).toMatchObject({ project_id: other.id, ref: 'side', sha });
      const job = await run(runner, 'deliver', 'success');
      expect(valuesOf(job, 'WHO', 'WHERE')).toEqual([forward ? 'Ada' : undefined, 'here']);
      await bridgeThat(project, pipeline, 'success');
    }
  });
});
