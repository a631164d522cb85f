import { beforeAll, describe, expect, test } from 'vitest';
import { ONE_JOB } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { type Person } from '../support/people.ts';
import { openRunnerHouse, PATIENT, type RunnerHouse } from '../support/runner-house.ts';
import { HOUR, hourOf, iso, moveIn, type Schedule, type SchedulePipeline } from '../support/schedules.ts';

describe.each(databases)('pipeline schedules on %s', (database) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(database, { ci_pipeline_schedules: 3 });
  });
  const hour = (later: number) => hourOf(house, later);

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
    const newest = await ask<SchedulePipeline[]>('GET', `/${id}/pipelines?sort=desc&per_page=1`);
    expect(newest.body[0]?.id).toBeGreaterThan(first?.id ?? 0);
  });
});
