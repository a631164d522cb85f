import { beforeAll, describe, expect, test } from 'vitest';
import { ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { jobIn, personWith, protectBranch } from '../support/job-scenes.ts';
import { addPerson } from '../support/people.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, projectRunner, type RunnerHouse } from '../support/runner-house.ts';

interface Detailed {
  detailed_status?: { group: string; label: string };
}
interface Item {
  id: number | string;
  name?: string;
  last_pipeline?: (Detailed & { id: number; status: string; ref: string; web_url: string }) | null;
  [field: string]: unknown;
}

const everywhere = (group: string) => Array.from({ length: 5 }, () => group);

describe.each(databases)('lists that tell more, on %s', (kind) => {
  let house: RunnerHouse;
  let user_id: number;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    user_id = (await house.api<{ id: number }>('GET', '/user')).body.id;
  });

  const list = async (path: string, token?: string) => {
    const { status, body } = await house.api<Item[]>('GET', path, token === undefined ? {} : { token });
    expect([status, path]).toEqual([200, path]);
    return body;
  };
  const pipelineIn = (id: number, details = {}) => house.start({ id, user_id }, [planned('a')], details);

  const lastOf = async (project_id: number, token?: string, query = '') => {
    const path = `/projects?with_last_pipeline=true&per_page=100${query}`;
    return (await list(path, token)).find(({ id }) => id === project_id)?.last_pipeline;
  };

  test('projects have the newest pipeline that is nobody’s child, and none without one', async () => {
    const project = await ciProject(house);
    const { path } = project;
    const empty = await ciProject(house);
    await pipelineIn(project.id);
    const newest = await pipelineIn(project.id, { ref: 'feature' });
    await pipelineIn(project.id, { source: 'parent_pipeline', upstream_pipeline_id: newest });
    const web_url = `${house.url}/${path}/-/pipelines/${newest}`;
    const last = { id: newest, ref: 'feature', status: 'pending', name: null, web_url };
    expect(await lastOf(project.id)).toMatchObject(last);
    expect(await lastOf(project.id, undefined, '&simple=true')).toMatchObject(last);
    expect(await lastOf(empty.id)).toBeNull();
    const [plain] = await list(`/projects?search=${path.split('/')[1]}`);
    expect(plain).not.toHaveProperty('last_pipeline');
    const ofUser = await list('/users/root/projects?with_last_pipeline=true&per_page=100');
    expect(ofUser.find(({ id }) => id === project.id)?.last_pipeline).toMatchObject(last);
  });

  test('projects tell their last pipeline to those alone who may read jobs', async () => {
    const project = await ciProject(house);
    await pipelineIn(project.id);
    const outsider = await addPerson(house.api, 'stranger');
    const guest = await personWith(house.api, 'guest', project.id);
    const reporter = await personWith(house.api, 'reporter', project.id);
    await house.api('PUT', project.at, { body: { visibility: 'public' } });
    for (const { token } of [outsider, guest, reporter])
      expect(await lastOf(project.id, token)).toMatchObject({ status: 'pending' });
    await house.api('PUT', project.at, { body: { public_jobs: false } });
    for (const { token } of [outsider, guest]) expect(await lastOf(project.id, token)).toBeNull();
    expect(await lastOf(project.id, reporter.token)).toMatchObject({ status: 'pending' });
  });

  test('commits have the newest pipeline of each, branches that of theirs', async () => {
    const project = await ciProject(house);
    const { at, id } = project;
    const first = await project.commit(ONE_JOB);
    const second = await project.commit(null);
    const third = await project.commit(null, 'feature');
    await pipelineIn(id, { sha: first });
    const older = await pipelineIn(id, { sha: second });
    await pipelineIn(id, { sha: second, source: 'parent_pipeline', upstream_pipeline_id: older });
    const elsewhere = await pipelineIn(id, { sha: second, ref: 'other' });
    await pipelineIn(id, { sha: third, ref: 'feature', tag: 1 });
    const commits = await list(`${at}/repository/commits?with_last_pipeline=true`);
    const ofCommit = (sha: string) => commits.find((commit) => commit.id === sha)?.last_pipeline;
    expect(ofCommit(first)).toMatchObject({ status: 'pending', sha: first });
    expect(ofCommit(second)?.id).toBe(elsewhere);
    expect(commits.at(-1)?.last_pipeline).toBeNull();
    expect((await list(`${at}/repository/commits`))[0]).not.toHaveProperty('last_pipeline');
    const branches = await list(`${at}/repository/branches?with_last_pipeline=true`);
    expect(branches.map((branch) => [branch.name, branch.last_pipeline?.id ?? null])).toEqual([
      ['feature', null],
      ['main', older],
    ]);
    await house.api('PUT', at, { body: { visibility: 'public', builds_access_level: 'private' } });
    const { token } = await addPerson(house.api, 'stranger');
    for (const path of ['commits', 'branches']) {
      const shown = await list(`${at}/repository/${path}?with_last_pipeline=true`, token);
      expect(shown.map(({ last_pipeline }) => last_pipeline)).toEqual(shown.map(() => null));
    }
  });

  test('pipelines have their commit, user and times', async () => {
    const { project_id, pipeline_id } = await jobIn(house, 'success');
    const [plain] = await list(`/projects/${project_id}/pipelines`);
    expect(plain).not.toHaveProperty('commit');
    expect(await list(`/projects/${project_id}/pipelines?with_details=true`)).toEqual([
      {
        ...plain,
        id: pipeline_id,
        tag: false,
        yaml_errors: null,
        user: expect.objectContaining({ username: expect.any(String) }),
        commit: expect.objectContaining({ title: 'Begin', author_name: 'Ann' }),
        started_at: expect.any(String),
        finished_at: expect.any(String),
        duration: expect.any(Number),
        queued_duration: expect.any(Number),
        detailed_status: expect.objectContaining({ group: 'success', label: 'passed' }),
        actions: [],
      },
    ]);
  });

  test('pipelines say in every list that they passed with warnings, for as long as that is so', async () => {
    const { id: project_id, at, commit } = await ciProject(house);
    const sha = await commit(null);
    const runner = await projectRunner(house, project_id);
    const jobs = [planned('lint', { allow_failure: true }), planned('unit')];
    const pipeline_id = await house.start({ id: project_id, user_id }, jobs, { sha });
    const endNext = async (state: 'success' | 'failed') => {
      const { job } = await runner.request();
      if (!job) throw new Error('there is no job to take');
      await runner.running(job);
      expect((await runner.finish(job, state)).status).toBe(200);
      return job.id;
    };
    const groups = async () => {
      const query = 'with_last_pipeline=true';
      const { body: page } = await house.api<Detailed>('GET', `${at}/pipelines/${pipeline_id}`);
      const [listed] = await list(`${at}/pipelines?with_details=true`);
      const [branch] = await list(`${at}/repository/branches?${query}`);
      const [newest] = await list(`${at}/repository/commits?${query}`);
      const lasts = [branch, newest].map((item) => item?.last_pipeline);
      return [page, listed as Detailed, ...lasts, await lastOf(project_id)].map(
        (shown) => shown?.detailed_status?.group,
      );
    };
    const lint = await endNext('failed');
    expect(await groups()).toEqual(everywhere('pending'));
    await endNext('success');
    expect(await groups()).toEqual(everywhere('success-with-warnings'));
    expect((await house.api('POST', `${at}/jobs/${lint}/retry`)).status).toBe(201);
    expect(await groups()).toEqual(everywhere('running'));
    await endNext('success');
    expect(await groups()).toEqual(everywhere('success'));
  });

  test('pipelines and jobs have what the caller may do: its role, protected refs and the status count', async () => {
    const failed = await jobIn(house, 'failed');
    const { project_id, id, project } = failed;
    expect((await house.api('POST', `${failed.at}/retry`)).status).toBe(201);
    await house.start({ id: project_id, user_id }, [planned('free')], { ref: 'free' });
    const developer = await personWith(house.api, 'developer', project_id);
    const guest = await personWith(house.api, 'guest', project_id);
    const actions = async (path: string, token?: string) =>
      (await list(`${project}/${path}`, token)).map((each) => each['actions']);
    const jobs = 'jobs?with_actions=true';
    const pipelines = 'pipelines?with_details=true';
    // The newest first: of another ref, the retry, and the one that it has replaced.
    expect(await actions(jobs)).toEqual([
      ['cancel', 'read_variables'],
      ['cancel', 'read_variables'],
      ['read_variables'],
    ]);
    expect(await actions(pipelines)).toEqual([['cancel'], ['cancel']]);
    expect(await actions(jobs, developer.token)).toEqual([['cancel'], ['cancel'], []]);
    await protectBranch(house, project_id, 'main');
    expect(await actions(jobs, developer.token)).toEqual([['cancel'], [], []]);
    expect(await actions(pipelines, developer.token)).toEqual([['cancel'], []]);
    expect(await actions(jobs, guest.token)).toEqual([[], [], []]);
    expect(await actions(pipelines, guest.token)).toEqual([[], []]);
    expect((await list(`${project}/jobs`)).find((job) => job.id === id)).not.toHaveProperty('actions');
    const { pipeline_id } = failed;
    await house.api('POST', `${project}/pipelines/${pipeline_id}/cancel`);
    expect((await list(`${project}/${pipelines}`)).find((each) => each.id === pipeline_id)).toMatchObject({
      actions: ['retry'],
    });
  });

  test('pipelines that passed with warnings are offered to be run again, those without jobs are not', async () => {
    const { project, runner, start } = await moveIn(house);
    const at = `/projects/${project.id}`;
    await start(planned('may fail', { allow_failure: true }), planned('other'));
    for (const { job } of [await runner.request(), await runner.request()]) {
      await runner.running(job!);
      await runner.finish(job!, job!.job_info.name === 'other' ? 'success' : 'failed');
    }
    const actions = async () =>
      (await list(`${at}/pipelines?with_details=true`)).map((each) => each['actions']);
    await expect.poll(actions).toEqual([['retry']]);
    await house.parts.db.write(async (tx) => {
      await tx
        .updateTable('pipelines')
        .set({ yaml_errors: 'wrong' })
        .where('project_id', '=', project.id)
        .execute();
    });
    expect(await actions()).toEqual([[]]);
  });

  test('groups have how much is in them of what the caller may see', async () => {
    const made = async (path: string, body: object) => {
      const reply = await house.api<{ id: number }>('POST', path, { body });
      expect(reply.status).toBe(201);
      return reply.body.id;
    };
    const group = await made('/groups', { name: 'Counted', path: 'counted', visibility: 'public' });
    for (const visibility of ['private', 'public']) {
      await made('/groups', { name: visibility, path: `g-${visibility}`, visibility, parent_id: group });
      await made('/projects', { name: `p-${visibility}`, namespace_id: group, visibility });
    }
    const countsFor = async (token?: string) => {
      const found = (await list('/groups?with_counts=true&search=counted', token)).find(
        ({ id }) => id === group,
      );
      return [found?.['projects_count'], found?.['subgroups_count']];
    };
    expect(await countsFor()).toEqual([2, 2]);
    const person = await addPerson(house.api, 'stranger');
    expect(await countsFor(person.token)).toEqual([1, 1]);
    await house.api('POST', `/groups/${group}/members`, { body: { user_id: person.id, access_level: 10 } });
    expect(await countsFor(person.token)).toEqual([2, 2]);
    expect((await list('/groups?search=counted'))[0]).not.toHaveProperty('projects_count');
    const below = await list(`/groups/${group}/subgroups?with_counts=true`);
    expect(below.map((each) => each['projects_count'])).toEqual([0, 0]);
  });

  test('runners have what each does now, as far as the caller may see it', async () => {
    const scene = await moveIn(house, { tag_list: ['linux'], description: 'the one' });
    const id = await scene.start(
      planned('first', { tag_list: ['linux'] }),
      planned('second', { tag_list: ['linux'] }),
    );
    const { job } = await scene.runner.request();
    await scene.runner.running(job!);
    const other = await ciProject(house);
    await house.api('POST', `${other.at}/runners`, { body: { runner_id: scene.runner.id } });
    const busy = async (path: string, token?: string) =>
      (await list(`${path}?with_running_jobs=true&per_page=100`, token)).find(
        (runner) => runner.id === scene.runner.id,
      );
    const shown = await busy('/runners/all');
    expect(shown).toMatchObject({
      description: 'the one',
      tag_list: ['linux'],
      run_untagged: expect.any(Boolean),
      contacted_at: expect.any(String),
      version: expect.any(String),
      job_execution_status: 'active',
      actions: ['update', 'delete', 'reset_token'],
    });
    expect((await list('/runners/all?search=HE%20ON')).map((each) => each.id)).toEqual([scene.runner.id]);
    expect(await list('/runners/all?search=t_e')).toEqual([]);
    const { body: project } = await house.api<{ path_with_namespace: string }>(
      'GET',
      `/projects/${scene.project.id}`,
    );
    expect(shown?.['running_jobs']).toEqual([
      {
        id: job!.id,
        name: 'first',
        stage: 'stage 1',
        status: 'running',
        ref: 'main',
        started_at: expect.any(String),
        pipeline_id: id,
        project_id: scene.project.id,
        path_with_namespace: project.path_with_namespace,
        web_url: `${house.url}/${project.path_with_namespace}/-/jobs/${job!.id}`,
      },
    ]);
    const maintainer = await personWith(house.api, 'maintainer', other.id);
    for (const path of ['/runners', `${other.at}/runners`])
      expect(await busy(path, maintainer.token)).toMatchObject({
        job_execution_status: 'active',
        running_jobs: [],
        // It belongs to another project too.
        actions: ['update', 'reset_token'],
      });
    const everybodys = await house.api<{ id: number }>('POST', '/user/runners', {
      body: { runner_type: 'instance_type' },
    });
    const seen = await list(`${other.at}/runners?with_running_jobs=true&per_page=100`, maintainer.token);
    expect(seen.find(({ id: each }) => each === everybodys.body.id)).toMatchObject({ actions: [] });
    expect((await list('/runners/all'))[0]).not.toHaveProperty('running_jobs');
    const { body: group } = await house.api<{ id: number }>('POST', '/groups', {
      body: { name: 'Runs', path: 'runs' },
    });
    for (const runner of await list(`/groups/${group.id}/runners?with_running_jobs=true`))
      expect(runner).toHaveProperty('running_jobs');
  });
});
