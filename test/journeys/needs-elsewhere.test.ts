import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeViews, run } from '../support/bridges.ts';
import { databases } from '../support/databases.ts';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { zipOf } from '../support/zip.ts';

const CONFIG = '.gitlab-ci.yml';
const runners: SimulatedRunner[] = [];
afterAll(() => runners.forEach((runner) => runner.close()));

describe.each(databases)('needs of other pipelines, on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await bootServer({ database: kind });
  });
  const { bridgeThat } = bridgeViews(() => server.api);

  async function open() {
    const project = await gitProject(server);
    const tree = await workTree(project.remote());
    const made = await server.api<{ id: number; token: string }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: project.id },
    });
    const runner = new SimulatedRunner(server.url, made.body.token);
    runners.push(runner);
    const push = async (files: Record<string, string>, token?: string) => {
      const sha = await commit(tree, files);
      await git(tree, 'push', project.remote(token), 'HEAD:main');
      const [pipeline] = await project.pipelines(`?sha=${sha}`);
      return pipeline?.id ?? 0;
    };
    /** Why the pipeline's job of this name has failed. */
    const failureOf = async (pipeline: number, name: string) => {
      const { body } = await server.api<{ name: string; failure_reason?: string }[]>(
        'GET',
        `${project.at}/pipelines/${pipeline}/jobs`,
      );
      return body.find((job) => job.name === name)?.failure_reason;
    };
    /** Why it fails when a runner asks for it. */
    const refusalOf = async (pipeline: number, name: string) => {
      const patience = new AbortController();
      const asked = runner.request(patience.signal).catch(() => null);
      await expect.poll(() => failureOf(pipeline, name)).toBeDefined();
      patience.abort();
      expect(await asked).toBeNull();
      return await failureOf(pipeline, name);
    };
    return { ...project, runner, push, failureOf, refusalOf };
  }

  test('a child fetches what a job of its parent has left', async () => {
    const project = await open();
    const pipeline = await project.push({
      [CONFIG]: `
build: { stage: build, script: make, artifacts: { paths: [out] } }
child: { stage: test, variables: { PARENT: $CI_PIPELINE_ID }, trigger: { include: child.yml } }
`,
      'child.yml': `
use: { script: x, needs: [{ pipeline: $PARENT, job: build }] }
lacks: { script: x, needs: [{ pipeline: $PARENT, job: nothing }] }
without: { script: x, needs: [{ pipeline: $PARENT, job: nothing, artifacts: false }] }
`,
    });
    const archive = await zipOf({ 'out/a.txt': 'of the parent' });
    const build = await run(project.runner, 'build', 'success', { archive });
    const { downstream_pipeline: child } = await bridgeThat(project, pipeline, 'success');

    const use = await run(project.runner, 'use', 'success');
    expect(use.dependencies).toMatchObject([{ id: build.id, name: 'build' }]);
    const without = await run(project.runner, 'without', 'success');
    expect(without.dependencies).toEqual([]);
    expect(await project.failureOf(child!.id, 'lacks')).toBe('missing_dependency_failure');
  });

  test('a pipeline that is no parent is no place to fetch from', async () => {
    const project = await open();
    const build = 'build: { script: make, artifacts: { paths: [out] } }';
    const other = await project.push({ [CONFIG]: build });
    await run(project.runner, 'build', 'success', { archive: await zipOf({ 'out/a.txt': '1' }) });
    const use = `use: { script: x, needs: [{ pipeline: "${other}", job: build }] }`;
    const pipeline = await project.push({ [CONFIG]: use });
    expect(await project.refusalOf(pipeline, 'use')).toBe('missing_dependency_failure');
  });

  test('a job fetches from the last successful pipeline of another project', async () => {
    const library = await open();
    const project = await open();
    await server.api('POST', `${library.at}/job_token_scope/allowlist`, {
      body: { target_project_id: project.id },
    });
    const build = 'build: { script: make, artifacts: { paths: [out] } }';
    await library.push({ [CONFIG]: build });
    const archive = await zipOf({ 'out/a.txt': 'of the library' });
    const first = await run(library.runner, 'build', 'success', { archive });
    await library.push({ 'a.txt': '1' });
    await run(library.runner, 'build', 'failed', { archive });

    const use = `use: { script: x, needs: [{ project: ${library.path}, job: build, ref: main }] }`;
    await project.push({ [CONFIG]: use });
    const { job } = await project.runner.request();
    expect(job?.dependencies).toMatchObject([{ id: first.id, name: 'build' }]);
    await project.runner.running(job!);
    const { token } = job!.dependencies[0]!;
    expect((await project.runner.download(first.id, token)).status).toBe(200);
    await project.runner.finish(job!, 'success');

    const stranger = await project.member('maintainer', 40);
    const pipeline = await project.push({ 'b.txt': '1' }, stranger.token);
    expect(await project.refusalOf(pipeline, 'use')).toBe('missing_dependency_failure');
  });
});
