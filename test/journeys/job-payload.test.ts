import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { jobsOf, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

describe.each(databases)('what a runner is told of a job, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  test('is what is to be done, and where the sources are', async () => {
    const { runner, start } = await moveIn(house);
    const pipeline = await start(
      planned('build', {
        steps: [{ name: 'script', script: ['make'], when: 'on_success', allow_failure: false }],
      }),
    );
    const { status, headers, job } = await runner.request();
    expect(status).toBe(201);
    expect(headers['content-type']).toMatch(/^application\/json(;|$)/);
    const { build } = await jobsOf(house.parts.db, pipeline);
    expect(job).toMatchObject({
      id: build!.id,
      token: expect.stringMatching(/^glcbt-/) as string,
      job_info: { name: 'build', stage: 'stage 1' },
      git_info: {
        refspecs: expect.arrayContaining([
          `+refs/pipelines/${pipeline}:refs/pipelines/${pipeline}`,
        ]) as string[],
      },
      steps: [{ name: 'script', script: ['make'] }],
    });
    expect(job).not.toHaveProperty('run');
  });

  test('names the groups around its project, and the server, always alike', async () => {
    const { runner, project, start } = await moveIn(house);
    const infoOf = async () =>
      (JSON.parse((await runner.request()).body.toString()) as { job_info: Record<string, unknown> })
        .job_info;
    const group = async (body: object) => (await house.api<{ id: number }>('POST', '/groups', { body })).body;
    const outer = await group({ name: 'Outer', path: `Outer-${project.id}` });
    const inner = await group({ name: 'inner', path: 'inner', parent_id: outer.id });
    const body = { name: 'deep', namespace_id: inner.id };
    const { body: deep } = await house.api<{ id: number }>('POST', '/projects', { body });
    await house.api('POST', `/projects/${deep.id}/runners`, { body: { runner_id: runner.id } });
    await start(planned('build'));
    const own = await infoOf();
    expect(own).toMatchObject({
      namespace_id: project.namespace_id,
      root_namespace_id: project.namespace_id,
      organization_id: 1,
      instance_uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
      scoped_user_id: null,
    });
    await house.start({ ...project, id: deep.id }, [planned('build')]);
    const { instance_id, instance_uuid } = own;
    expect(await infoOf()).toMatchObject({
      namespace_id: inner.id,
      root_namespace_id: outer.id,
      instance_id,
      instance_uuid,
    });
  });

  test('names the caches, those of protected refs apart from the others', async () => {
    const { runner, project } = await moveIn(house);
    const entry = {
      paths: ['.npm/'],
      untracked: false,
      policy: 'pull-push',
      when: 'on_success' as const,
    };
    const cache = [
      { ...entry, key: 'npm', fallback_keys: ['npm-main'], unprotect: false },
      { ...entry, key: 'open', fallback_keys: [], unprotect: true },
    ];
    const cacheOf = async (isProtected: 0 | 1) => {
      await house.start(project, [planned('build', { cache })], {
        protected: isProtected,
      });
      const { body } = await runner.request();
      return (JSON.parse(body.toString()) as { cache: object[] }).cache;
    };
    expect(await cacheOf(0)).toEqual([
      { ...entry, key: 'npm-non_protected', fallback_keys: ['npm-main-non_protected'] },
      { ...entry, key: 'open-non_protected', fallback_keys: [] },
    ]);
    expect(await cacheOf(1)).toEqual([
      { ...entry, key: 'npm-protected', fallback_keys: ['npm-main-protected'] },
      { ...entry, key: 'open-non_protected', fallback_keys: [] },
    ]);
  });

  test('for one of several parallel jobs says which of how many it is', async () => {
    const { runner, start } = await moveIn(house);
    await start(planned('rspec 2/3', { instance: { index: 2, total: 3 } }));
    const { job } = await runner.request();
    const told = new Map(job?.variables.map(({ key, value }) => [key, value]));
    expect([told.get('CI_NODE_INDEX'), told.get('CI_NODE_TOTAL')]).toEqual(['2', '3']);
    expect(told.get('CI_JOB_GROUP_NAME')).toBe('rspec');
  });
});
