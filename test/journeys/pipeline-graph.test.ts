import { beforeAll, describe, expect, test } from 'vitest';
import type { Static } from 'typebox';
import type { PipelineGraph } from '../../src/api/entities/pipeline-graph.ts';
import type { PipelineJob } from '../../src/api/entities/pipeline-job.ts';
import { bridgeScene, bridgeViews, run } from '../support/bridges.ts';
import { ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { jobIn, NO_RECORD, personWith, protectBranch, refusal } from '../support/job-scenes.ts';
import { bridge, needing, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

type Graph = Static<typeof PipelineGraph>;
type Job = Static<typeof PipelineJob>;

const jobNamed = ({ body }: { body: Graph }, name: string) =>
  body.jobs.find((job) => job.name === name) as Job;

describe.each(databases)('the graph of a pipeline, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  const graphOf = async (project_id: number, id: number, token?: string, query = '') => {
    const at = `/projects/${project_id}/pipelines/${id}/graph${query}`;
    return await house.api<Graph>('GET', at, token === undefined ? {} : { token });
  };
  const attemptsOf = async (at: string, token?: string) =>
    (await house.api<Job[]>('GET', `${at}/attempts`, token === undefined ? {} : { token })).body;

  const actionsIn = async (status: Parameters<typeof jobIn>[1], options = {}) =>
    (await attemptsOf((await jobIn(house, status, options)).at))[0]?.actions;

  test('tells stages, jobs and what they need, in one reply', async () => {
    const { project, runner, start } = await moveIn(house);
    const id = await start(
      planned('build'),
      planned('lint', { allow_failure: true }),
      planned('test 1/2', { stage_idx: 2, tag_list: ['linux'] }),
      planned('test 2/2', { stage_idx: 2, needs: [] }),
      planned('deploy: [a, b]', { stage_idx: 3, ...needing('build'), when: 'manual' }),
    );
    await run(runner, 'build', 'success');
    await run(runner, 'lint', 'failed');
    const found = await graphOf(project.id, id);
    expect(found.status).toBe(200);
    const { pipeline, commit, upstream, triggered, stages, jobs } = found.body;
    expect([pipeline.id, commit?.title, upstream, triggered]).toEqual([id, 'Begin', null, []]);
    const address = pipeline.web_url.replace(/\/-\/.*/, '');
    expect(commit?.web_url).toBe(`${address}/-/commit/${pipeline.sha}`);
    expect(stages).toEqual([
      { name: 'stage 1', status: 'success', warnings: true, jobs: 2 },
      { name: 'stage 2', status: 'pending', warnings: false, jobs: 2 },
      { name: 'stage 3', status: 'manual', warnings: false, jobs: 1 },
    ]);
    expect(jobs.map(({ name, group, status }) => `${name} of ${group}: ${status}`)).toEqual([
      'build of build: success',
      'lint of lint: failed',
      'test 1/2 of test: pending',
      'test 2/2 of test: pending',
      'deploy: [a, b] of deploy: manual',
    ]);
    const build = jobNamed(found, 'build');
    expect(build).toMatchObject({
      kind: 'build',
      needs: null,
      attempt: 1,
      retried: false,
      failure_reason: null,
    });
    expect(build.runner).toMatchObject({ id: runner.id, runner_type: 'project_type' });
    expect([build.queued_duration, build.duration]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(build.web_url).toBe(`${address}/-/jobs/${build.id}`);
    expect(jobNamed(found, 'lint')).toMatchObject({ failure_reason: 'script_failure', allow_failure: true });
    expect(jobNamed(found, 'test 1/2')).toMatchObject({ needs: null, tag_list: ['linux'], duration: null });
    expect(jobNamed(found, 'test 2/2').needs).toEqual([]);
    expect(jobNamed(found, 'deploy: [a, b]').needs).toEqual([
      { name: 'build', job_id: build.id, artifacts: true, optional: false },
    ]);
  });

  test('counts attempts, and tells of earlier ones where they are asked for', async () => {
    const { at, project_id, pipeline_id, id } = await jobIn(house, 'failed');
    const { body: again } = await house.api<{ id: number }>('POST', `${at}/retry`);
    const found = await graphOf(project_id, pipeline_id);
    expect(found.body.jobs).toMatchObject([{ id: again.id, attempt: 2, retried: false }]);
    const all = await graphOf(project_id, pipeline_id, undefined, '?include_retried=true');
    expect(all.body.jobs).toMatchObject([
      { id, attempt: 1, retried: true, status: 'failed' },
      { id: again.id, attempt: 2, retried: false },
    ]);
    expect(all.body.stages).toMatchObject([{ jobs: 1, status: 'pending' }]);
    for (const job of [at, `/projects/${project_id}/jobs/${again.id}`])
      expect((await attemptsOf(job)).map((each) => [each.id, each.attempt])).toEqual([
        [again.id, 2],
        [id, 1],
      ]);
    expect(refusal(await house.api('GET', `/projects/${project_id}/jobs/999999/attempts`))).toEqual(
      NO_RECORD,
    );
    const other = await jobIn(house, 'pending');
    expect(refusal(await house.api('GET', `${other.project}/jobs/${id}/attempts`))).toEqual(NO_RECORD);
  });

  test('tells with which code a script failed, where its runner says so', async () => {
    const { at, runner, payload } = await jobIn(house, 'running');
    await runner.finish(payload!, 'failed', '', { failure_reason: 'script_failure', exit_code: 7 });
    expect(await attemptsOf(at)).toMatchObject([{ status: 'failed', exit_code: 7 }]);
    const silent = await jobIn(house, 'failed');
    expect(await attemptsOf(silent.at)).toMatchObject([{ status: 'failed', exit_code: null }]);
  });

  test('tells when a delayed job is due, and what is asked before a manual one runs', async () => {
    const { project, start } = await moveIn(house);
    const id = await start(
      planned('later', { when: 'delayed', start_in: 3600 }),
      planned('sure', { when: 'manual', manual_confirmation: 'Really?' }),
      planned('plain', { when: 'manual' }),
    );
    const found = await graphOf(project.id, id);
    const due = jobNamed(found, 'later').scheduled_at;
    const begun = jobNamed(found, 'later').created_at;
    expect(Date.parse(due ?? '') - Date.parse(begun)).toBeGreaterThanOrEqual(3_600_000);
    expect(jobNamed(found, 'sure')).toMatchObject({ manual_confirmation: 'Really?', scheduled_at: null });
    expect(jobNamed(found, 'plain').manual_confirmation).toBeNull();
  });

  test('tells the pipelines around it to those who may see them', async () => {
    const other = await ciProject(house);
    await other.commit(ONE_JOB);
    const { project, runner, start } = await bridgeScene(house);
    const id = await start(
      bridge('child', { include: [{ local: 'child.yml' }], strategy: 'depend' }),
      bridge('elsewhere', { project: other.path }),
      planned('unrelated', { stage_idx: 2 }),
    );
    const { bridgesOf } = bridgeViews(() => house.api);
    await expect
      .poll(async () => (await bridgesOf(project, id)).map((each) => each.downstream_pipeline !== null))
      .toEqual([true, true]);
    const found = await graphOf(project.id, id);
    const child = jobNamed(found, 'child');
    expect(child).toMatchObject({ kind: 'bridge', runner: null });
    expect(child.downstream_pipeline).toMatchObject({
      project_id: project.id,
      path_with_namespace: project.path,
      source: 'parent_pipeline',
      user: { username: 'root' },
    });
    expect(jobNamed(found, 'elsewhere').downstream_pipeline).toMatchObject({
      project_id: other.id,
      path_with_namespace: other.path,
      web_url: expect.stringContaining(`/${other.path}/-/pipelines/`),
    });
    expect(jobNamed(found, 'unrelated').downstream_pipeline).toBeNull();
    const { token } = await personWith(house.api, 'developer', project.id);
    const seen = await graphOf(project.id, id, token);
    expect(jobNamed(seen, 'child').downstream_pipeline).toMatchObject({ project_id: project.id });
    expect(jobNamed(seen, 'elsewhere').downstream_pipeline).toBeNull();
    const above = await graphOf(project.id, child.downstream_pipeline?.id ?? 0);
    expect(above.body.upstream).toMatchObject({ id, path_with_namespace: project.path });
    const below = jobNamed(found, 'elsewhere').downstream_pipeline?.id ?? 0;
    const outsider = await personWith(house.api, 'developer', other.id);
    expect((await graphOf(other.id, below, outsider.token)).body.upstream).toBeNull();
    expect((await graphOf(other.id, below)).body.upstream).toMatchObject({ id });
    expect(await attemptsOf(`${project.at}/jobs/${child.id}`)).toMatchObject([
      { name: 'child', downstream_pipeline: { id: child.downstream_pipeline?.id } },
    ]);
    runner.close();
  });

  test('tells of a pipeline that a job has begun with its token', async () => {
    const { project, runner, start } = await bridgeScene(house);
    await project.commit(ONE_JOB);
    const id = await start(planned('begins another'));
    const { job } = await runner.request();
    await runner.running(job!);
    const body = { token: job!.token, ref: 'main' };
    const made = await house.api<{ id: number }>('POST', `${project.at}/trigger/pipeline`, { body });
    expect(made.status).toBe(201);
    expect((await graphOf(project.id, id)).body.triggered).toMatchObject([
      { id: made.body.id, source: 'pipeline' },
    ]);
    runner.close();
  });

  test('has the actions of each role, and none that would be refused', async () => {
    const { project, project_id, pipeline_id, at } = await jobIn(house, 'manual');
    const actionsFor = async (token?: string) => {
      const { body } = await graphOf(project_id, pipeline_id, token);
      return [body.actions, body.jobs[0]?.actions];
    };
    expect(await actionsFor()).toEqual([
      ['cancel', 'delete', 'rename', 'prioritise', 'read_variables'],
      ['play', 'cancel', 'read_variables'],
    ]);
    const developer = await personWith(house.api, 'developer', project_id);
    expect(await actionsFor(developer.token)).toEqual([
      ['cancel', 'rename', 'prioritise'],
      ['play', 'cancel'],
    ]);
    const reporter = await personWith(house.api, 'reporter', project_id);
    expect(await actionsFor(reporter.token)).toEqual([[], []]);
    await protectBranch(house, project_id);
    expect(await actionsFor(developer.token)).toEqual([[], []]);
    expect((await house.api('POST', `${at}/play`, { token: developer.token })).status).toBe(403);
    const maintainer = await personWith(house.api, 'maintainer', project_id);
    expect((await actionsFor(maintainer.token))[1]).toEqual(['play', 'cancel', 'read_variables']);
    await house.api('POST', `${project}/archive`);
    expect(await actionsFor()).toEqual([['delete', 'read_variables'], ['read_variables']]);
  });

  test('has the actions of each status', async () => {
    const archive = await zipOf({ 'a.txt': 'a' });
    expect(await actionsIn('running')).toEqual(['cancel', 'read_variables']);
    expect(await actionsIn('canceling')).toEqual(['retry', 'force_cancel', 'read_variables']);
    expect(await actionsIn('success')).toEqual(['retry', 'erase', 'read_variables']);
    const { at } = await jobIn(house, 'success', { archive });
    const left = ['retry', 'erase', 'keep_artifacts', 'delete_artifacts', 'read_variables'];
    expect((await attemptsOf(at))[0]?.actions).toEqual(left);
    await house.api('POST', `${at}/artifacts/keep`);
    expect((await attemptsOf(at))[0]?.actions).toEqual(left.filter((each) => each !== 'keep_artifacts'));
    await house.api('POST', `${at}/erase`);
    expect((await attemptsOf(at))[0]?.actions).toEqual(['retry', 'read_variables']);
    expect(await actionsIn('scheduled')).toEqual(['play', 'cancel', 'read_variables']);
    expect(await actionsIn('skipped')).toEqual(['read_variables']);
    // Played once, it is run again by a retry.
    expect(await actionsIn('failed', { job: { when: 'manual' } })).toEqual([
      'retry',
      'erase',
      'read_variables',
    ]);
  });

  test('of more jobs than are read at once has each of them', async () => {
    const { project, start } = await moveIn(house);
    const jobs = Array.from({ length: 1100 }, (_, index) =>
      planned(`job ${index}`, {
        stage_idx: 1 + (index % 7),
        ...(index >= 7 ? needing(`job ${index - 7}`) : {}),
      }),
    );
    const id = await start(...jobs.map((job) => ({ ...job, needs: job.stage_idx > 1 ? job.needs : [] })));
    const { body } = await graphOf(project.id, id);
    expect(body.jobs).toHaveLength(1100);
    expect(body.stages.map((stage) => stage.jobs).reduce((sum, each) => sum + each)).toBe(1100);
    const ids = body.jobs.map((job) => job.id);
    expect(new Set(ids).size).toBe(1100);
    const stages = body.jobs.map(({ stage }) => stage);
    expect(stages).toEqual(stages.toSorted());
  });
});
