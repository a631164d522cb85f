import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { type CiProject, ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import {
  FORBIDDEN,
  type JobBody,
  jobIn,
  NO_PROJECT,
  NO_RECORD,
  personWith,
  protectBranch,
  refusal,
  UNAUTHORIZED,
} from '../support/job-scenes.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface Body {
  id: number;
  status: string;
  [field: string]: unknown;
}

const PIPELINE =
  'id iid project_id sha ref status source created_at updated_at web_url before_sha tag yaml_errors user started_at finished_at committed_at duration queued_duration coverage archived priority detailed_status';
const idIn = (list: JobBody[], name: string) => list.find((job) => job.name === name)!.id;
const base = (text: string) => [400, { message: { base: [text] } }];

describe.each(databases)('pipelines by hand, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { ci_pipeline_size: 30 });
    ({ api } = house);
  });

  const create = ({ at }: Pick<CiProject, 'at'>, body: object, request = {}) =>
    api<Body>('POST', `${at}/pipeline`, { body, ...request });
  const count = async ({ at }: CiProject) => (await api<Body[]>('GET', `${at}/pipelines`)).body.length;

  test('one is created for a branch, and starts', async () => {
    const project = await ciProject(house);
    const sha = await project.commit(ONE_JOB, 'main', 'Later [skip ci]');
    const { status, body, headers } = await create(project, { ref: 'main' });
    expect([status, headers.get('content-type')]).toEqual([201, 'application/json']);
    expect(Object.keys(body).toSorted()).toEqual(PIPELINE.split(' ').toSorted());
    expect(body).toMatchObject({
      sha,
      ref: 'main',
      tag: false,
      source: 'api',
      status: 'pending',
      before_sha: '0'.repeat(40),
      yaml_errors: null,
      user: { username: 'root' },
      duration: null,
      coverage: null,
    });
    const { body: jobs } = await api<JobBody[]>('GET', `${project.at}/pipelines/${body.id}/jobs`);
    expect(jobs.map(({ name, status: of }) => [name, of])).toEqual([['unit', 'pending']]);
    expect(jobs[0]).toMatchObject({
      commit: { id: sha, title: 'Later [skip ci]' },
      user: { username: 'root' },
    });
  });

  test('one is created for a tag, for a branch with slashes, and for a full name', async () => {
    const project = await ciProject(house);
    const sha = await project.commit(ONE_JOB);
    await project.tag('v1', sha);
    await project.commit(ONE_JOB, 'with/slash');
    expect((await create(project, { ref: 'v1' })).body).toMatchObject({ ref: 'v1', tag: true, sha });
    expect((await create(project, { ref: 'with/slash' })).body).toMatchObject({
      ref: 'with/slash',
      tag: false,
    });
    expect((await create(project, { ref: 'refs/heads/main' })).body).toMatchObject({
      ref: 'main',
      tag: false,
    });
    expect((await create(project, { ref: 'refs/tags/v1' })).body).toMatchObject({ ref: 'v1', tag: true });
  });

  test('of a branch and a tag of one name the full name tells which is meant', async () => {
    const project = await ciProject(house);
    const first = await project.commit(ONE_JOB);
    await project.tag('both', first);
    const second = await project.commit(ONE_JOB, 'both');
    expect((await create(project, { ref: 'both' })).body).toMatchObject({ tag: false, sha: second });
    expect((await create(project, { ref: 'refs/tags/both' })).body).toMatchObject({ tag: true, sha: first });
  });

  test('one keeps the variables that it was given', async () => {
    const project = await ciProject(house);
    await project.commit('unit:\n  script: echo done\n  rules:\n    - if: $GO == "yes"\n');
    const variables = [
      { key: 'GO', value: 'yes' },
      { key: 'FILE', value: 'text\n', variable_type: 'file' },
      { key: 'RAW', value: '$GO', raw: true },
    ];
    const { status, body } = await create(project, { ref: 'main', variables });
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('variables');
    expect((await api('GET', `${project.at}/pipelines/${body.id}/variables`)).body).toEqual([
      { variable_type: 'env_var', key: 'GO', value: 'yes', raw: false },
      { variable_type: 'file', key: 'FILE', value: 'text\n', raw: false },
      { variable_type: 'env_var', key: 'RAW', value: '$GO', raw: true },
    ]);
  });

  test('what was given is for maintainers, and for the developer who gave it', async () => {
    const project = await ciProject(house);
    await project.commit(ONE_JOB, 'free');
    const people = {
      maintainer: await personWith(api, 'maintainer', project.id),
      one: await personWith(api, 'developer', project.id),
      other: await personWith(api, 'developer', project.id),
      reporter: await personWith(api, 'reporter', project.id),
    };
    const body = { ref: 'free', variables: [{ key: 'A', value: 'secret' }] };
    const { body: pipeline } = await create(project, body, { token: people.one.token });
    const path = `${project.at}/pipelines/${pipeline.id}/variables`;
    const as = async ({ token }: { token: string }) => refusal(await api('GET', path, { token }));
    expect((await as(people.maintainer))[0]).toBe(200);
    expect((await as(people.one))[0]).toBe(200);
    expect(await as(people.other)).toEqual(FORBIDDEN);
    expect(await as(people.reporter)).toEqual(FORBIDDEN);
  });

  test('one may have thousands of variables, and so may a job that is played', async () => {
    const project = await ciProject(house);
    await project.commit('unit:\n  script: x\n  when: manual\n');
    const variables = Array.from({ length: 12_000 }, (_, at) => ({ key: `K${at}`, value: 'v' }));
    const { status, body } = await create(project, { ref: 'main', variables });
    expect(status).toBe(201);
    const kept = await api<unknown[]>('GET', `${project.at}/pipelines/${body.id}/variables`);
    expect(kept.body).toHaveLength(variables.length);
    const jobs = await api<JobBody[]>('GET', `${project.at}/pipelines/${body.id}/jobs`);
    const played = await api<JobBody>('POST', `${project.at}/jobs/${idIn(jobs.body, 'unit')}/play`, {
      body: { job_variables_attributes: variables },
    });
    expect(played).toMatchObject({ status: 200, body: { status: 'pending' } });
  });

  test('none comes of a ref that is not there, or of nothing to do, and the reason is told', async () => {
    const project = await ciProject(house);
    const sha = await project.commit(null);
    const main = async () => refusal(await create(project, { ref: 'main' }));
    expect(refusal(await create(project, { ref: 'none' }))).toEqual(base('Reference not found'));
    expect(refusal(await create(project, { ref: sha }))).toEqual(base('Reference not found'));
    expect(refusal(await create(project, { ref: '../x' }))).toEqual(base('Reference not found'));
    expect(refusal(await create(project, { ref: 'main', variables: [{ key: 'A B', value: 'x' }] }))).toEqual(
      base(
        "Failed to persist the pipeline: Validation failed: Variables key can contain only letters, digits and '_'.",
      ),
    );
    expect(await main()).toEqual(base('Missing CI config file'));
    await project.commit('unit:\n  script: x\n  rules:\n    - if: $NEVER\n');
    expect(await main()).toEqual(
      base(
        'The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.',
      ),
    );
    await project.commit(`workflow:\n  rules:\n    - when: never\n${ONE_JOB}`);
    expect(await main()).toEqual(
      base('The pipeline did not run. Review the workflow:rules configuration for the pipeline.'),
    );
    await project.commit('unit:\n  script: x\n  stage: nowhere\n');
    const [status, body] = await main();
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('nowhere');
    await project.commit('unit:\n  script: x\n  parallel: 31\n');
    expect(await main()).toEqual(base('The pipeline has too many jobs: the limit is 30.'));
    expect(await count(project)).toBe(0);
  });

  test.each([
    [{}, 'ref is missing'],
    [{ ref: '' }, 'ref is empty'],
    [{ ref: 'main', variables: [{ value: 'x' }] }, 'variables[0][key] is missing'],
    [{ ref: 'main', variables: [{ key: 'A', value: 'x' }, { key: 'B' }] }, 'variables[1][value] is missing'],
    [
      { ref: 'main', variables: [{ key: 'A', value: 'x', variable_type: 'secret' }] },
      'variables[0][variable_type] does not have a valid value',
    ],
    [{ ref: 'main', variables: 'A=1' }, 'variables is invalid'],
  ])('%j is refused: %s', async (body, error) => {
    const project = await ciProject(house);
    expect(refusal(await create(project, body))).toEqual([400, { error }]);
  });

  test('creating one takes a developer, and on a protected branch whoever may merge there', async () => {
    const project = await ciProject(house);
    await project.commit(ONE_JOB);
    await project.commit(ONE_JOB, 'free');
    const as = async (role: 'reporter' | 'developer' | 'maintainer' | 'outsider', ref: string) => {
      const { token } = await personWith(api, role, project.id);
      return refusal(await create(project, { ref }, { token }));
    };
    expect(refusal(await create(project, { ref: 'main' }, { token: null }))).toEqual(UNAUTHORIZED);
    expect(await as('outsider', 'free')).toEqual(NO_PROJECT);
    expect(await as('reporter', 'free')).toEqual(FORBIDDEN);
    const [status, body] = await as('developer', 'main');
    expect(status).toBe(400);
    expect(body).toMatchObject({
      message: {
        base: [
          expect.stringContaining(
            "You do not have sufficient permission to run a pipeline on 'main'",
          ) as string,
        ],
      },
    });
    expect(await count(project)).toBe(0);
    expect((await as('developer', 'free'))[0]).toBe(201);
    expect((await as('maintainer', 'main'))[0]).toBe(201);
  });

  /** One pipeline, its jobs in these states: a failed, b canceled, c succeeded, d skipped, e manual. */
  async function mixed() {
    const { project, runner, start } = await moveIn(house);
    const pipeline_id = await start(
      planned('a'),
      planned('b'),
      planned('c'),
      planned('e', { when: 'manual', allow_failure: true }),
      planned('d', { stage_idx: 2 }),
    );
    const at = `/projects/${project.id}/pipelines/${pipeline_id}`;
    const jobs = async (query = '') => (await api<JobBody[]>('GET', `${at}/jobs${query}`)).body;
    for (const state of ['failed', null, 'success'] as const) {
      const { job } = await runner.request();
      await runner.running(job!);
      if (state) await runner.finish(job!, state);
      else {
        await api('POST', `/projects/${project.id}/jobs/${idIn(await jobs(), 'b')}/cancel`);
        await runner.finish(job!, 'failed');
      }
    }
    const statuses = async () =>
      Object.fromEntries((await jobs()).map(({ name, status }) => [name, status]).toSorted());
    return { at, project, jobs, statuses, runner, pipeline_id };
  }

  test('retry gives what failed or was canceled another try, and what was skipped another turn', async () => {
    const { at, jobs, statuses, project } = await mixed();
    expect(await statuses()).toEqual({ a: 'failed', b: 'canceled', c: 'success', d: 'skipped', e: 'manual' });
    const before = await jobs();
    const { token, id } = await personWith(api, 'developer', project.id);
    const { status, body } = await api<Body>('POST', `${at}/retry`, { token });
    expect([status, body.status]).toEqual([201, 'running']);
    expect(Object.keys(body).toSorted()).toEqual(PIPELINE.split(' ').toSorted());
    expect(await statuses()).toEqual({ a: 'pending', b: 'pending', c: 'success', d: 'created', e: 'manual' });
    const after = await jobs();
    expect(idIn(after, 'a')).toBeGreaterThan(idIn(before, 'a'));
    for (const name of ['c', 'd', 'e']) expect(idIn(after, name)).toBe(idIn(before, name));
    expect(after.find(({ name }) => name === 'a')!.user!.id).toBe(id);
    expect(await jobs('?include_retried=true')).toHaveLength(7);
  });

  test('retry where nothing failed changes nothing, and says so with 201', async () => {
    const { project, pipeline_id, id, latest } = await jobIn(house, 'success');
    const { status, body } = await api<Body>('POST', `${project}/pipelines/${pipeline_id}/retry`);
    expect([status, body.status, (await latest()).id]).toEqual([201, 'success', id]);
  });

  test.each([
    ['created', 'canceled'],
    ['pending', 'canceled'],
    ['running', 'canceling'],
    ['scheduled', 'canceled'],
    ['success', 'success'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
  ] as const)('cancel of one whose job is %s leaves it %s', async (before, after) => {
    const { project, pipeline_id, latest } = await jobIn(house, before);
    const { status, body, headers } = await api<Body>('POST', `${project}/pipelines/${pipeline_id}/cancel`);
    expect([status, body.status, (await latest()).status]).toEqual([200, after, after]);
    expect(headers.get('content-type')).toBe('application/json');
  });

  test('cancel leaves what a person may start by hand', async () => {
    const { start, project } = await moveIn(house);
    const optional = planned('later', { when: 'manual', allow_failure: true });
    const at = `/projects/${project.id}/pipelines/${await start(planned('now'), optional)}`;
    expect((await api<Body>('POST', `${at}/cancel`)).body.status).toBe('canceled');
    const { body } = await api<JobBody[]>('GET', `${at}/jobs?sort=asc`);
    expect(body.map(({ status }) => status)).toEqual(['canceled', 'manual']);
  });

  test.each(['retry', 'cancel'])(
    '%s takes a developer, on a protected branch a maintainer',
    async (action) => {
      const { project, project_id, pipeline_id } = await jobIn(house, 'failed');
      const path = `${project}/pipelines/${pipeline_id}/${action}`;
      const as = async (role: 'reporter' | 'developer' | 'maintainer' | 'outsider') => {
        const { token } = await personWith(api, role, project_id);
        return refusal(await api('POST', path, { token }));
      };
      expect(refusal(await api('POST', path, { token: null }))).toEqual(UNAUTHORIZED);
      expect(await as('outsider')).toEqual(NO_PROJECT);
      expect(await as('reporter')).toEqual(FORBIDDEN);
      await protectBranch(house, project_id);
      expect(await as('developer')).toEqual(FORBIDDEN);
      expect((await as('maintainer'))[0]).toBe(action === 'retry' ? 201 : 200);
      expect(refusal(await api('POST', `${project}/pipelines/999999/${action}`))).toEqual(NO_RECORD);
    },
  );

  test('a name is given by whoever may run it, and by its jobs', async () => {
    const scene = await jobIn(house, 'running');
    const path = `${scene.project}/pipelines/${scene.pipeline_id}`;
    const name = 'n'.repeat(255);
    const rename = (body: object, request = {}) => api<Body>('PUT', `${path}/metadata`, { body, ...request });
    const named = await rename({ name });
    expect([named.status, named.body['name']]).toEqual([200, name]);
    expect(Object.keys(named.body).toSorted()).toEqual(
      Object.keys((await api<Body>('GET', path)).body).toSorted(),
    );
    expect(refusal(await rename({ name: `${name}n` }))).toEqual([
      400,
      { message: 'Failed to update pipeline - Name is too long (maximum is 255 characters)' },
    ]);
    expect(refusal(await rename({}))).toEqual([400, { error: 'name is missing' }]);
    const { token: reporter } = await personWith(api, 'reporter', scene.project_id);
    const { token: developer } = await personWith(api, 'developer', scene.project_id);
    expect(refusal(await rename({ name: 'x' }, { token: reporter }))).toEqual(FORBIDDEN);
    expect(
      (await rename({ name: 'by a job' }, { headers: { 'job-token': scene.payload!.token } })).status,
    ).toBe(200);
    await protectBranch(house, scene.project_id);
    expect(refusal(await rename({ name: 'x' }, { token: developer }))).toEqual(FORBIDDEN);
    expect((await api<Body>('GET', path)).body['name']).toBe('by a job');
  });

  test('delete takes an owner, and takes the jobs, logs and artifacts along', async () => {
    const scene = await jobIn(house, 'running', { log: 'log\n', archive: Buffer.from('zip') });
    await house.parts.repositories.create(scene.project_id, 'main');
    const path = `${scene.project}/pipelines/${scene.pipeline_id}`;
    for (const role of ['developer', 'maintainer'] as const) {
      const { token } = await personWith(api, role, scene.project_id);
      expect(refusal(await api('DELETE', path, { token }))).toEqual(FORBIDDEN);
    }
    const { token } = await personWith(api, 'owner', scene.project_id);
    const { body } = await api<{ updated_at: string }>('GET', path);
    const at = (ms: number) => new Date(Date.parse(body.updated_at) + ms).toUTCString();
    const late = { 'if-unmodified-since': at(-5000) };
    expect(refusal(await api('DELETE', path, { headers: late }))).toEqual([
      412,
      { message: '412 Precondition Failed' },
    ]);
    const headers = { 'if-unmodified-since': at(0), 'private-token': token };
    expect(refusal(await api('DELETE', path, { headers }))).toEqual([204, '']);
    expect(refusal(await api('GET', path))).toEqual(NO_RECORD);
    for (const part of ['', '/trace', '/artifacts'])
      expect(refusal(await api('GET', scene.at + part))).toEqual(NO_RECORD);
    expect((await api<Body[]>('GET', `${scene.project}/jobs`)).body).toEqual([]);
    expect(refusal(await api('DELETE', path))).toEqual(NO_RECORD);
    expect((await scene.runner.patch(scene.payload!, 'more', 4)).status).toBe(403);
  });
});
