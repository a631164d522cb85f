import { beforeAll, describe, expect, test } from 'vitest';
import { PREFIX } from '../../src/access/token.ts';
import { createRunner } from '../../src/runners/create-runner.ts';
import { followSchedules, runSchedules } from '../../src/schedules/run-schedule.ts';
import { addWork } from '../../src/work/work-store.ts';
import { type CiProject, ciProject, ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { addPerson, type Person } from '../support/people.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';

const HOUR = 3_600_000;
/** What is due is done after the worker has woken. */
const PATIENT = { interval: 10, timeout: 20_000 };

interface Schedule {
  id: number;
  description: string;
  ref: string;
  cron: string;
  next_run_at: string;
  active: boolean;
  priority: number | null;
  last_run_error: string | null;
  owner: { username: string } | null;
  inputs: { name: string; value: unknown }[];
  last_pipeline?: { id: number; source: string; status: string } | null;
  variables?: { key: string; value: string; variable_type: string }[];
}
interface Pipeline {
  id: number;
  source: string;
  ref: string;
}

/** A project of root's with a configuration, and how to schedule in it. */
async function moveIn(house: RunnerHouse, config: string | null = ONE_JOB) {
  const project = await ciProject(house);
  if (config !== null) await project.commit(config);
  return at(house, project);
}

function at({ api }: RunnerHouse, project: CiProject) {
  const base = `${project.at}/pipeline_schedules`;
  const ask = <T>(method: string, path: string, body?: object, token?: string) =>
    api<T>(method, base + path, { ...(body && { body }), ...(token === undefined ? {} : { token }) });
  return {
    project,
    ask,
    schedule: async (given: object = {}, token?: string): Promise<Schedule> => {
      const body = { description: 'Nightly', ref: 'main', cron: '0 4 * * *', ...given };
      const reply = await ask<Schedule>('POST', '', body, token);
      expect(reply).toMatchObject({ status: 201 });
      return reply.body;
    },
    get: async (id: number) => (await ask<Schedule>('GET', `/${id}`)).body,
    pipelines: async (id: number) => (await ask<Pipeline[]>('GET', `/${id}/pipelines`)).body,
    /** A member of this level. */
    member: async (access_level: number): Promise<Person> => {
      const person = await addPerson(api, 'member');
      const body = { user_id: person.id, access_level };
      expect((await api('POST', `${project.at}/members`, { body })).status).toBe(201);
      return person;
    },
  };
}

const iso = (time: number) => new Date(time).toISOString();

/** Moves the clock to that moment, and has the worker look at it. */
async function moveTo(house: RunnerHouse, moment: string | number): Promise<void> {
  house.ahead += new Date(moment).getTime() - house.parts.clock();
  await house.parts.db.write((tx) => addWork(tx, { kind: 'of nobody', key: 'wake', due_at: 0 }));
}

describe.each(databases)('pipeline schedules on %s', (database) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(database, { ci_pipeline_schedules: 3 });
  });
  /** So many hours after the present hour of the server's clock. */
  const hour = (later: number) => (Math.floor(house.parts.clock() / HOUR) + later) * HOUR;

  test('are created, shown, changed and deleted', async () => {
    const { project, ask, schedule, get } = await moveIn(house);
    const made = await schedule({ cron: ' 0 * * * * ', cron_timezone: 'Berlin' });
    expect(made).toMatchObject({
      description: 'Nightly',
      ref: 'refs/heads/main',
      cron: '0 * * * *',
      cron_timezone: 'Berlin',
      next_run_at: iso(hour(1)),
      active: true,
      owner: { username: 'root' },
      inputs: [],
      priority: null,
      last_run_error: null,
      last_pipeline: null,
      variables: [],
    });
    const other = await schedule({ active: false });
    const ids = async (query: string) => (await ask<Schedule[]>('GET', query)).body.map(({ id }) => id);
    expect(await ids('')).toEqual([made.id, other.id]);
    expect(await ids('?scope=active')).toEqual([made.id]);
    expect(await ids('?scope=inactive')).toEqual([other.id]);
    const changed = await ask<Schedule>('PUT', `/${made.id}`, { cron: '30 * * * *', description: 'Often' });
    expect(changed).toMatchObject({ status: 200, body: { description: 'Often', cron: '30 * * * *' } });
    expect(Date.parse(changed.body.next_run_at) % HOUR).toBe(HOUR / 2);
    const since = { headers: { 'if-unmodified-since': new Date(0).toUTCString() } };
    const path = `${project.at}/pipeline_schedules/${made.id}`;
    expect((await house.api('DELETE', path, since)).status).toBe(412);
    expect((await ask('DELETE', `/${made.id}`)).status).toBe(204);
    expect(await ask('GET', `/${made.id}`)).toMatchObject({
      status: 404,
      body: { message: '404 Pipeline Schedule Not Found' },
    });
    expect(await get(other.id)).toMatchObject({ active: false });
  });

  test('give their pipelines inputs, which are changed by name', async () => {
    const config = `
spec: { inputs: { name: , list: { type: array, default: [] }, level: { type: number, default: 1 } } }
---
$[[ inputs.name ]] $[[ inputs.level ]]: { script: echo, tags: $[[ inputs.list ]] }
`;
    const { project, ask, schedule, get, pipelines } = await moveIn(house, config);
    const inputs = [
      { name: 'name', value: 'night' },
      { name: 'list', value: ['a', 'b'] },
      { name: 'level', value: 3 },
    ];
    const made = await schedule({ inputs });
    expect(made.inputs).toEqual(inputs);
    expect((await ask('POST', `/${made.id}/play`)).status).toBe(201);
    await expect.poll(() => pipelines(made.id), PATIENT).toHaveLength(1);
    const [run] = await pipelines(made.id);
    const jobs = async (id: number) =>
      (await house.api<{ name: string; tag_list: string[] }[]>('GET', `${project.at}/pipelines/${id}/jobs`))
        .body;
    expect(await jobs(run!.id)).toMatchObject([{ name: 'night 3', tag_list: ['a', 'b'] }]);

    const change = [
      { name: 'level', destroy: true },
      { name: 'name', value: 'day' },
    ];
    const changed = await ask<Schedule>('PUT', `/${made.id}`, { inputs: change });
    expect(changed.body.inputs).toEqual([
      { name: 'name', value: 'day' },
      { name: 'list', value: ['a', 'b'] },
    ]);
    expect((await ask<Schedule>('PUT', `/${made.id}`, { description: 'x' })).body.inputs).toHaveLength(2);
    await ask('PUT', `/${made.id}`, { inputs: [{ name: 'name', destroy: true }] });
    const other = await schedule();
    expect((await ask('POST', `/${other.id}/play`)).status).toBe(201);
    await expect
      .poll(async () => (await get(other.id)).last_run_error, PATIENT)
      .toBe('`name` input: required value has not been provided');
  });

  test.each([
    [[{ value: 1 }], { error: 'inputs[0][name] is missing' }],
    [[{ name: 'a' }], { error: 'inputs[0][value] is missing' }],
    [[{ name: 'a', value: { b: 1 } }], { error: 'inputs[0][value] is invalid' }],
    [
      Array.from({ length: 21 }, (_, index) => ({ name: `a${index}`, value: index })),
      { message: { inputs: ['exceed the limit of 20'] } },
    ],
  ])('refuse the inputs %j', async (inputs, body) => {
    const { ask } = await moveIn(house);
    const given = { description: 'x', ref: 'main', cron: '@daily', inputs };
    expect(await ask('POST', '', given)).toMatchObject({ status: 400, body });
  });

  test('refuse what cannot be, in words by field', async () => {
    const { project, ask } = await moveIn(house);
    const refused = (given: object) =>
      ask('POST', '', { description: 'x', ref: 'main', cron: '@daily', ...given });
    const syntax = ['syntax is invalid'];
    for (const cron of ['', 'never', '61 * * * *', '* * * *', '* * * * * *', '0 0 31 2 *', '0 0 15W * *'])
      expect([cron, (await refused({ cron })).body]).toEqual([cron, { message: { cron: syntax } }]);
    expect(await refused({ cron_timezone: 'Atlantis', description: '' })).toMatchObject({
      status: 400,
      body: { message: { cron_timezone: syntax, description: ["can't be blank"] } },
    });
    expect((await ask('POST', '', {})).body).toEqual({
      error: 'description is missing, ref is missing, cron is missing',
    });
    await project.tag('main', await project.commit(null));
    expect((await refused({})).body).toEqual({ message: { ref: ['is ambiguous'] } });
    const many = await Promise.all(Array.from({ length: 6 }, () => refused({ ref: 'refs/heads/main' })));
    expect(many.filter(({ status }) => status === 201)).toHaveLength(3);
    expect((await refused({ ref: 'refs/heads/main' })).body).toEqual({
      message: { base: ['Maximum number of pipeline schedules (3) exceeded'] },
    });
  });

  test('a run makes a pipeline at its time, whose job gets the variables', async () => {
    const { project, ask, schedule, get, pipelines } = await moveIn(
      house,
      'unit:\n  script: "true"\n  rules: [{if: $CI_PIPELINE_SCHEDULE_DESCRIPTION == "Hourly" && $MODE == "full"}]\n',
    );
    const { db, clock } = house.parts;
    const runner = await createRunner(
      db,
      { runner_type: 'project_type', project_id: project.id },
      { run_untagged: true, creator_id: null, prefix: PREFIX.runner },
      clock(),
    );
    const { id } = await schedule({ description: 'Hourly', cron: '0 * * * *', priority: 7 });
    for (const body of [
      { key: 'MODE', value: 'full' },
      { key: 'LIST', value: 'a\nb', variable_type: 'file' },
    ])
      expect((await ask('POST', `/${id}/variables`, body)).status).toBe(201);
    const due = hour(1);
    expect(await pipelines(id)).toEqual([]);
    await moveTo(house, due);
    await expect.poll(() => pipelines(id), PATIENT).toMatchObject([{ source: 'schedule', ref: 'main' }]);
    const shown = await get(id);
    expect(shown).toMatchObject({
      next_run_at: iso(due + HOUR),
      last_run_error: null,
      last_pipeline: { source: 'schedule' },
    });
    const pipeline = shown.last_pipeline?.id ?? 0;
    expect((await house.api('GET', `${project.at}/pipelines/${pipeline}`)).body).toMatchObject({
      priority: 7,
    });
    await expect
      .poll(async () => (await get(id)).last_pipeline, PATIENT)
      .toMatchObject({ id: pipeline, status: 'pending' });
    const { job } = await new SimulatedRunner(house.url, runner.token).request();
    const seen = new Map(job?.variables.map((variable) => [variable.key, variable]));
    expect(seen.get('CI_PIPELINE_SCHEDULE_DESCRIPTION')).toMatchObject({ value: 'Hourly' });
    expect(seen.get('CI_PIPELINE_SOURCE')).toMatchObject({ value: 'schedule' });
    expect(seen.get('MODE')).toMatchObject({ value: 'full', public: false });
    expect(seen.get('LIST')).toMatchObject({ value: 'a\nb', file: true });
  });

  test('the same run done twice makes one pipeline, and a due time has one run', async () => {
    const { project, schedule, pipelines, get } = await moveIn(house);
    const { id, next_run_at } = await schedule({ cron: '0 * * * *' });
    await moveTo(house, next_run_at);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(1);
    const { db, clock, repositories, pipelineSettings } = house.parts;
    const [, look] = followSchedules(db, clock);
    const [, run] = runSchedules(db, { repositories, settings: pipelineSettings }, clock);
    const { signal } = new AbortController();
    await Promise.all([1, 2].map(() => look({ key: String(id), payload: {} }, signal)));
    const work = {
      key: `${id} due ${Date.parse(next_run_at)}`,
      payload: { pipeline_schedule_id: id, user_id: 1 },
    };
    await Promise.all([1, 2].map(() => run(work, signal)));
    expect(await pipelines(id)).toHaveLength(1);
    expect((await get(id)).next_run_at).toBe(iso(Date.parse(next_run_at) + HOUR));
    expect((await house.api<object[]>('GET', `${project.at}/pipelines`)).body).toHaveLength(1);
  });

  test('what was missed while the server was down is one run, and then it goes on from now', async () => {
    let inn = await openRunnerHouse(database);
    const { project, schedule } = await moveIn(inn);
    const { id, next_run_at } = await schedule({ cron: '*/10 * * * *' });
    inn.ahead += 5 * HOUR;
    inn = await inn.restart();
    const again = at(inn, project);
    await expect.poll(() => again.pipelines(id), PATIENT).toHaveLength(1);
    const next = Date.parse((await again.get(id)).next_run_at);
    expect(next).toBe(Date.parse(next_run_at) + 5 * HOUR);
    await moveTo(inn, next);
    await expect.poll(() => again.pipelines(id), PATIENT).toHaveLength(2);
    await inn.close();
  });

  test('a clock that is put back neither runs it twice nor stops it', async () => {
    const { schedule, pipelines, get } = await moveIn(house);
    const { id, next_run_at } = await schedule({ cron: '0 * * * *' });
    const due = Date.parse(next_run_at);
    await moveTo(house, due + 1000);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(1);
    await moveTo(house, due - 1000);
    const other = await schedule({ cron: '0 * * * *' });
    await moveTo(house, due + 1000);
    await expect.poll(() => pipelines(other.id), PATIENT).toHaveLength(1);
    expect(await pipelines(id)).toHaveLength(1);
    expect((await get(id)).next_run_at).toBe(iso(due + HOUR));
    await moveTo(house, due + HOUR);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(2);
  });

  test('a clock that was hours wrong is put right, and it is due by the right one', async () => {
    const { schedule, pipelines, get } = await moveIn(house);
    const { id, next_run_at } = await schedule({ cron: '0 * * * *' });
    const due = Date.parse(next_run_at);
    await moveTo(house, due + 30 * HOUR);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(1);
    await moveTo(house, due);
    await expect.poll(async () => (await get(id)).next_run_at, PATIENT).toBe(iso(due + HOUR));
    await moveTo(house, due + HOUR);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(2);
  });

  test('an edit moves the next run, and an inactive one has none', async () => {
    const { schedule, pipelines, ask, get } = await moveIn(house);
    const [one, two, three] = [await schedule(), await schedule(), await schedule({ cron: '0 * * * *' })];
    await ask('PUT', `/${one.id}`, { cron: '0 * * * *' });
    await ask('PUT', `/${two.id}`, { cron: '0 * * * *', active: false });
    await ask('DELETE', `/${three.id}`);
    await moveTo(house, hour(1));
    await expect.poll(() => pipelines(one.id), PATIENT).toHaveLength(1);
    expect(await pipelines(two.id)).toEqual([]);
    const { body } = await ask<Schedule>('PUT', `/${two.id}`, { active: true });
    expect(body).toMatchObject({ active: true, next_run_at: iso(hour(1)) });
    await moveTo(house, hour(1));
    await expect.poll(() => pipelines(two.id), PATIENT).toHaveLength(1);
    expect((await get(two.id)).next_run_at).toBe(iso(hour(1)));
  });

  test('says why a run has made no pipeline, and stays active', async () => {
    const { project, schedule, ask, get, pipelines } = await moveIn(house, 'unit:\n  scrip: "true"\n');
    const bad = await schedule({ cron: '0 * * * *' });
    const lost = await schedule({ cron: '0 * * * *', ref: 'gone' });
    await moveTo(house, hour(1));
    const errorOf = async (id: number) => (await get(id)).last_run_error;
    await expect.poll(() => errorOf(bad.id), PATIENT).toMatch(/unit/);
    await expect.poll(() => errorOf(lost.id), PATIENT).toBe('Reference not found');
    expect(await get(lost.id)).toMatchObject({ active: true, next_run_at: iso(hour(1)) });
    await project.commit(ONE_JOB);
    await ask('PUT', `/${lost.id}`, { ref: 'main' });
    await moveTo(house, hour(1));
    await expect.poll(() => pipelines(lost.id), PATIENT).toHaveLength(1);
    await expect.poll(() => errorOf(lost.id), PATIENT).toBeNull();

    await house.api('POST', `${project.at}/archive`);
    await moveTo(house, hour(1));
    await expect.poll(() => errorOf(lost.id), PATIENT).toBe('The project is archived');
    expect(await pipelines(lost.id)).toHaveLength(1);
  });

  test('runs with the rights that its owner has by then; without an owner it is deactivated', async () => {
    const { project, schedule, get, member, pipelines } = await moveIn(house);
    await project.commit(ONE_JOB, 'feature');
    const [less, blocked, gone] = [await member(30), await member(30), await member(30)];
    const given = { cron: '0 * * * *', ref: 'feature' };
    const ofLess = await schedule(given, less.token);
    const ofBlocked = await schedule(given, blocked.token);
    const ofGone = await schedule(given, gone.token);
    const put = { body: { access_level: 20 } };
    await house.api('PUT', `${project.at}/members/${less.id}`, put);
    await house.api('POST', `/users/${blocked.id}/block`);
    expect((await house.api('DELETE', `/users/${gone.id}`)).status).toBe(204);
    await moveTo(house, hour(1));
    await expect
      .poll(() => get(ofLess.id), PATIENT)
      .toMatchObject({
        active: true,
        last_run_error: expect.stringMatching(/sufficient permission .* 'feature'/),
      });
    for (const { id } of [ofBlocked, ofGone])
      await expect
        .poll(() => get(id), PATIENT)
        .toMatchObject({ active: false, last_run_error: expect.stringMatching(/owner .* deactivated/) });
    expect((await get(ofGone.id)).owner).toBeNull();
    for (const { id } of [ofLess, ofBlocked, ofGone]) expect(await pipelines(id)).toEqual([]);
  });

  test('belong to their owner: a maintainer takes one over, and reads its variables', async () => {
    const { project, schedule, ask, member } = await moveIn(house);
    await project.commit(ONE_JOB, 'feature');
    const [owner, developer, maintainer] = [await member(30), await member(30), await member(40)];
    expect(
      await ask('POST', '', { description: 'x', ref: 'main', cron: '@daily' }, owner.token),
    ).toMatchObject({
      status: 400,
      body: { message: { base: ['The current user is not authorized to create the pipeline schedule'] } },
    });
    const { id, priority } = await schedule({ ref: 'feature', priority: 50 }, owner.token);
    expect(priority).toBe(0);
    const status = async (method: string, path: string, who: Person, body?: object) =>
      (await ask(method, `/${id}${path}`, body, who.token)).status;
    const secret = { key: 'SECRET', value: 'v' };
    expect(await status('POST', '/variables', owner, secret)).toBe(201);
    expect(await status('POST', '/variables', developer, secret)).toBe(403);
    expect(await status('GET', '/variables/SECRET', developer)).toBe(403);
    expect(await status('GET', '/variables/SECRET', maintainer)).toBe(200);
    expect((await ask<Schedule>('GET', `/${id}`, undefined, developer.token)).body).not.toHaveProperty(
      'variables',
    );
    expect((await ask<Schedule>('GET', `/${id}`, undefined, maintainer.token)).body.variables).toHaveLength(
      1,
    );
    expect(await status('PUT', '', maintainer, { description: 'mine' })).toBe(403);
    expect(await ask('PUT', `/${id}`, { ref: 'main' }, owner.token)).toMatchObject({
      status: 400,
      body: { message: { base: ['The current user is not authorized to update the pipeline schedule'] } },
    });
    expect(await status('POST', '/take_ownership', developer)).toBe(403);
    expect(await status('POST', '/take_ownership', maintainer)).toBe(201);
    expect(await status('POST', '/take_ownership', maintainer)).toBe(200);
    expect(await status('PUT', '', owner, { description: 'mine' })).toBe(403);
    expect(await status('PUT', '', maintainer, { description: 'mine', priority: 50 })).toBe(200);
    expect(await status('DELETE', '', owner)).toBe(403);
    expect(await status('DELETE', '', maintainer)).toBe(204);
  });

  test('keep variables, encrypted, one of a key', async () => {
    const { ask, schedule, get } = await moveIn(house);
    const { id } = await schedule();
    const path = `/${id}/variables`;
    const given = { key: 'TOKEN', value: 'hush-hush' };
    const variable = { ...given, variable_type: 'env_var', raw: false };
    expect(await ask('POST', path, given)).toMatchObject({ status: 201, body: variable });
    expect(await ask('POST', path, given)).toMatchObject({
      status: 400,
      body: { message: { key: ['has already been taken'] } },
    });
    expect((await ask('POST', path, { key: 'A-B', value: '' })).body).toEqual({
      message: { key: ["can contain only letters, digits and '_'."] },
    });
    const { read } = house.parts.db;
    const rows = await read.selectFrom('pipeline_schedule_variables').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('hush');
    const changed = { ...variable, value: 'new', variable_type: 'file' };
    expect((await ask('PUT', `${path}/TOKEN`, { value: 'new', variable_type: 'file' })).body).toEqual(
      changed,
    );
    expect((await ask('GET', `${path}/TOKEN`)).body).toEqual(changed);
    expect((await get(id)).variables).toEqual([changed]);
    expect(await ask('DELETE', `${path}/TOKEN`)).toMatchObject({ status: 202, body: changed });
    expect(await ask('DELETE', `${path}/TOKEN`)).toMatchObject({
      status: 404,
      body: { message: '404 Pipeline Schedule Variable Not Found' },
    });
  });

  test('are played at once by who may, once a minute each', async () => {
    const { project, ask, schedule, pipelines, member, get } = await moveIn(house);
    const { id, next_run_at } = await schedule();
    const [developer, maintainer] = [await member(30), await member(40)];
    const play = (token?: string) => ask('POST', `/${id}/play`, undefined, token);
    expect((await play(developer.token)).status).toBe(403);
    expect(await play(maintainer.token)).toMatchObject({ status: 201, body: { message: '201 Created' } });
    const again = await play(maintainer.token);
    expect(again).toMatchObject({
      status: 429,
      body: { message: { error: 'This endpoint has been requested too many times. Try again later.' } },
    });
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(50);
    // Of two that are under way at once either may come first.
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(1);
    expect((await play()).status).toBe(201);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(2);
    house.ahead += 61_000;
    expect((await play(maintainer.token)).status).toBe(201);
    await expect.poll(() => pipelines(id), PATIENT).toHaveLength(3);
    expect((await get(id)).next_run_at).toBe(next_run_at);
    const [first] = await pipelines(id);
    expect((await house.api('GET', `${project.at}/pipelines/${first?.id}`)).body).toMatchObject({
      user: { username: maintainer.username },
    });
    const newest = await ask<Pipeline[]>('GET', `/${id}/pipelines?sort=desc&per_page=1`);
    expect(newest.body[0]?.id).toBeGreaterThan(first?.id ?? 0);
  });
});
