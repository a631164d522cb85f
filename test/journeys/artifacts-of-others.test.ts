import { beforeAll, describe, expect, test } from 'vitest';
import type { ArtifactsSpec, CrossDependency } from '../../src/ci/plan.ts';
import { databases } from '../support/databases.ts';
import { addPerson } from '../support/people.ts';
import { jobsOf, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const ACCESS = ['all', 'developer', 'maintainer', 'none'] as const;
type Access = NonNullable<ArtifactsSpec['access']>;

const of = (path: string, job: string): CrossDependency[] => [
  { pipeline: null, project: path, ref: 'main', job, artifacts: true },
];

describe.each(databases)('artifacts that are not for everybody, and the jobs of others, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  /** A public project whose jobs have left artifacts, one for each `access`: the ids of its jobs by that. */
  async function library() {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    await house.api('PUT', at, { body: { visibility: 'public' } });
    const { path_with_namespace: path } = (await house.api<{ path_with_namespace: string }>('GET', at)).body;
    const jobs = ACCESS.map((access) => planned(access, { artifacts: { paths: ['out'], access } }));
    const pipeline = await room.start(...jobs);
    const ids = new Map<Access, number>();
    for (let count = 0; count < jobs.length; count++) {
      const { job } = await room.runner.request();
      await room.runner.running(job!);
      expect((await room.runner.artifact(job!, Buffer.from('what was built'))).status).toBe(201);
      await room.runner.finish(job!, 'success');
      ids.set(job!.job_info.name as Access, job!.id);
    }
    /** Of which its jobs' tokens count as their users here. */
    const allow = (target_project_id: number) =>
      house.api('POST', `${at}/job_token_scope/allowlist`, { body: { target_project_id } });
    return { ...room, at, path, pipeline, ids, allow };
  }
  type Library = Awaited<ReturnType<typeof library>>;

  /** Somebody with that access level there (0: none), and a project of their own. */
  async function somebody({ at, allow }: Library, access_level: number) {
    const room = await moveIn(house);
    const { id: user_id } = await addPerson(house.api, 'somebody');
    if (access_level > 0) await house.api('POST', `${at}/members`, { body: { user_id, access_level } });
    await allow(room.project.id);
    return { ...room, project: { ...room.project, user_id } };
  }

  const levels: [who: string, level: number, may: Access[]][] = [
    ['a stranger', 0, ['all']],
    ['a reporter', 20, ['all']],
    ['a developer', 30, ['all', 'developer']],
    ['a maintainer', 40, ['all', 'developer', 'maintainer']],
  ];

  test.each(levels)('a job of %s downloads those alone that its user may read', async (_, level, may) => {
    const there = await library();
    const { runner, project } = await somebody(there, level);
    await house.start(project, [planned('fetch')]);
    const { job } = await runner.request();
    await runner.running(job!);
    for (const [access, id] of there.ids) {
      const { status, body } = await runner.download(id, job!.token);
      expect([access, status]).toEqual([access, may.includes(access) ? 200 : 403]);
      expect(body.includes('what was built')).toBe(status === 200);
    }
  });

  test.each(levels)('a job of %s that needs others fails for want of them', async (_, level, may) => {
    const there = await library();
    const { runner, project } = await somebody(there, level);
    /** What became of a job that needs them: its download's status, or why it has failed. */
    const fateOf = async (access: Access) => {
      const use = planned('use', { cross_dependencies: of(there.path, access) });
      const pipeline = await house.start(project, [use, planned('last', { stage_idx: 2, when: 'always' })]);
      let fate: number | undefined;
      for (let job = (await runner.request()).job!; ; job = (await runner.request()).job!) {
        await runner.running(job);
        const [needed] = job.dependencies;
        if (job.job_info.name === 'use') fate = (await runner.download(needed!.id, job.token)).status;
        await runner.finish(job, 'success');
        if (job.job_info.name === 'last') break;
      }
      return fate ?? (await jobsOf(house.parts.db, pipeline))['use']?.failure_reason;
    };
    const fates = [];
    for (const access of ACCESS) fates.push(await fateOf(access));
    expect(fates).toEqual(
      ACCESS.map((access) => (may.includes(access) ? 200 : 'missing_dependency_failure')),
    );
  });

  test('another pipeline of their project is no other way to them', async () => {
    const there = await library();
    const { id: user_id } = await addPerson(house.api, 'developer');
    await house.api('POST', `${there.at}/members`, { body: { user_id, access_level: 30 } });
    await house.start({ ...there.project, user_id }, [planned('fetch')]);
    const { job } = await there.runner.request();
    await there.runner.running(job!);
    const statuses = [];
    for (const id of there.ids.values()) statuses.push((await there.runner.download(id, job!.token)).status);
    expect(statuses).toEqual([200, 200, 403, 403]);
  });

  test('later jobs of their pipeline, and of a child of it, fetch them whoever they are for', async () => {
    const { runner, start, project } = await moveIn(house);
    const { id: user_id } = await addPerson(house.api, 'somebody');
    const parent = await start(
      planned('build', { artifacts: { paths: ['out'], access: 'none' } }),
      planned('test', { stage_idx: 2 }),
    );
    const { job: build } = await runner.request();
    await runner.running(build!);
    await runner.artifact(build!, Buffer.from('what was built'));
    await runner.finish(build!, 'success');
    const fetches = async () => {
      const { job } = await runner.request();
      expect(job!.dependencies).toMatchObject([{ id: build!.id, name: 'build' }]);
      await runner.running(job!);
      const { status } = await runner.download(build!.id, job!.token);
      await runner.finish(job!, 'success');
      return [job!.job_info.name, status];
    };
    expect(await fetches()).toEqual(['test', 200]);
    const needed = { pipeline: String(parent), project: null, ref: null, job: 'build', artifacts: true };
    const below = { source: 'parent_pipeline', upstream_pipeline_id: parent };
    await house.api('POST', `/projects/${project.id}/members`, { body: { user_id, access_level: 30 } });
    const use = planned('use', { cross_dependencies: [needed] });
    await house.start({ ...project, user_id }, [use], below);
    expect(await fetches()).toEqual(['use', 200]);
  });

  test('a project that lets no token of the other in gives its job nothing that is for members', async () => {
    const there = await library();
    const { runner, project } = await somebody(there, 40);
    await house.api('DELETE', `${there.at}/job_token_scope/allowlist/${project.id}`);
    const use = planned('use', { cross_dependencies: of(there.path, 'developer') });
    await house.start(project, [use, planned('last', { stage_idx: 2, when: 'always' })]);
    const { job } = await runner.request();
    expect(job!.job_info.name).toBe('last');
    await runner.running(job!);
    expect((await runner.download(there.ids.get('developer')!, job!.token)).status).toBe(403);
  });
});
