import { beforeAll, describe, expect, test } from 'vitest';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { FEATURES } from '../support/simulated-runner.ts';

const STEPS = [{ name: 'greet', script: 'echo hello', env: { A: '1' } }];
const RUNS_STEPS = { ...FEATURES, native_steps_integration: true };

describe.each(databases)('what a job’s configuration asks of its runner, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  test('the steps of `run` are handed out as they are, and no others', async () => {
    const { runner, start } = await moveIn(house, {}, RUNS_STEPS);
    await start(planned('steps', { steps: [], run: STEPS }));
    const { job } = await runner.request();
    expect(JSON.parse(job?.run ?? 'null')).toEqual(STEPS);
    expect(job?.steps).toEqual([]);
  });

  test('a runner that runs no such steps gets no job that has them, which fails and says why', async () => {
    const { runner, start, project } = await moveIn(house);
    const id = await start(planned('steps', { steps: [], run: STEPS }), planned('plain'));
    const { job } = await runner.request();
    expect(job?.job_info.name).toBe('plain');
    expect(job).not.toHaveProperty('run');
    const { body } = await house.api<{ name: string }[]>(
      'GET',
      `/projects/${project.id}/pipelines/${id}/jobs?scope=failed`,
    );
    expect(body).toMatchObject([{ name: 'steps', failure_reason: 'runner_unsupported' }]);
  });

  test('inputs go to a runner that fills them in, and to no other', async () => {
    const inputs = [{ key: 'level', type: 'number' as const, value: 3 }];
    const able = await moveIn(house, {}, { ...FEATURES, job_inputs: true });
    await able.start(planned('inputs', { inputs }));
    expect((await able.runner.request()).job?.inputs).toEqual([
      { key: 'level', value: { type: 'number', content: 3, sensitive: false } },
    ]);
    const unable = await moveIn(house);
    await unable.start(planned('inputs', { inputs }), planned('plain'));
    const { job } = await unable.runner.request();
    expect(job?.job_info.name).toBe('plain');
    expect(job).not.toHaveProperty('inputs');
  });

  test('hooks are handed out, and jobs without have none', async () => {
    const { runner, start } = await moveIn(house);
    const hooks = [{ name: 'pre_get_sources_script' as const, script: ['echo before'] }];
    await start(planned('hooks', { hooks }), planned('plain'));
    const taken = [(await runner.request()).job, (await runner.request()).job];
    expect(taken.map((job) => [job?.job_info.name, job?.hooks])).toEqual([
      ['hooks', hooks],
      ['plain', []],
    ]);
  });

  test('a cache key is made of the commits that have changed files, and stays as long as they do', async () => {
    const project = await ciProject(house);
    const keyAt = async (): Promise<string> => {
      const { body } = await house.api<{ id: number }>('POST', `${project.at}/pipeline`, {
        body: { ref: 'main' },
      });
      const specs = await house.parts.db.read
        .selectFrom('job_specs')
        .innerJoin('jobs', 'jobs.id', 'job_specs.job_id')
        .select('spec')
        .where('pipeline_id', '=', body.id)
        .execute();
      const [{ cache } = { cache: [] }] = specs.map(
        ({ spec }) => JSON.parse(spec) as { cache: { key: string }[] },
      );
      return cache[0]?.key ?? '';
    };
    await project.commit('job: { script: x, cache: { key: { files_commits: [go.sum] }, paths: [vendor] } }');
    expect(await keyAt()).toBe('default');
    await project.commitFile('go.sum', 'one');
    const first = await keyAt();
    expect(first).toMatch(/^[0-9a-f]{40}$/);
    await project.commitFile('other', 'one');
    expect(await keyAt()).toBe(first);
    await project.commitFile('go.sum', 'two');
    const second = await keyAt();
    await project.commitFile('go.sum', 'one');
    expect(new Set([first, second, await keyAt()]).size).toBe(3);
  });
});
