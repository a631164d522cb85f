import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { bootServer, type TestServer } from '../support/server.ts';

interface Runner {
  id: number;
  token: string;
  description: string;
}
type Body = Record<string, unknown>;

const forbidden = (reason: string) => ({ status: 403, body: { message: `403 Forbidden - ${reason}` } });

const idsOf = (reply: { body: Runner[] }) => reply.body.map(({ id }) => id);

describe.each(databases)('runners over the API, on %s', (kind) => {
  let server: TestServer;
  let count = 0;
  beforeAll(async () => {
    server = await bootServer({ database: kind });
  });

  /** A user with a token of their own. */
  async function person() {
    const name = `user${++count}`;
    const user = {
      username: name,
      name,
      email: `${name}@example.com`,
      password: 'a long password',
      skip_confirmation: true,
    };
    const { body } = await server.api<{ id: number }>('POST', '/users', { body: user });
    const wanted = { name: 't', scopes: ['api'] };
    const made = await server.api<{ token: string }>('POST', `/users/${body.id}/personal_access_tokens`, {
      body: wanted,
    });
    const { token } = made.body;
    return {
      id: body.id,
      token,
      api: <B = Body>(method: string, path: string, given?: object) =>
        server.api<B>(method, path, { token, ...(given ? { body: given } : {}) }),
    };
  }
  type Person = Awaited<ReturnType<typeof person>>;

  /** A project of this person's own. */
  const projectOf = async (who: Person) =>
    (await who.api<{ id: number }>('POST', '/projects', { name: `p${++count}` })).body.id;

  const make = async (body: object, who?: Person) => {
    const reply = who
      ? await who.api<Runner>('POST', '/user/runners', body)
      : await server.api<Runner>('POST', '/user/runners', { body });
    expect(reply.status).toBe(201);
    return reply.body;
  };

  test('a maintainer makes a runner of the project, and it is theirs', async () => {
    const ann = await person();
    const project_id = await projectOf(ann);
    const runner = await make(
      { runner_type: 'project_type', project_id, description: 'mine', tag_list: [' b', 'a', 'a ', ' '] },
      ann,
    );
    const { status, body } = await ann.api(`GET`, `/runners/${runner.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: runner.id,
      description: 'mine',
      active: true,
      paused: false,
      is_shared: false,
      runner_type: 'project_type',
      status: 'never_contacted',
      job_execution_status: 'idle',
      tag_list: ['a', 'b'],
      created_by: { id: ann.id },
      projects: [{ id: project_id }],
      groups: [],
    });
    expect(idsOf(await ann.api<Runner[]>('GET', '/runners'))).toEqual([runner.id]);
    expect(idsOf(await (await person()).api<Runner[]>('GET', '/runners'))).toEqual([]);
  });

  test('a runner is no registered one when the user who made it is gone', async () => {
    const ann = await person();
    await server.api('PUT', `/users/${ann.id}`, { body: { admin: true } });
    const { id } = await make({ runner_type: 'instance_type' }, ann);
    expect(await server.api('DELETE', `/users/${ann.id}`)).toMatchObject({ status: 204 });
    const reset = await server.api<Runner>('POST', `/runners/${id}/reset_authentication_token`);
    expect(reset.body.token).toMatch(/^glrt-/);
  });

  test('who may make which runner', async () => {
    const ann = await person();
    const eve = await person();
    const project_id = await projectOf(ann);
    expect(await ann.api('POST', '/user/runners', { runner_type: 'instance_type' })).toMatchObject(
      forbidden('Insufficient permissions'),
    );
    expect(await eve.api('POST', '/user/runners', { runner_type: 'project_type', project_id })).toMatchObject(
      {
        status: 400,
        body: { message: '400 Bad request - Missing/invalid scope' },
      },
    );
    await ann.api('POST', `/projects/${project_id}/members`, { user_id: eve.id, access_level: 30 });
    expect(await eve.api('POST', '/user/runners', { runner_type: 'project_type', project_id })).toMatchObject(
      forbidden('Insufficient permissions'),
    );
    expect(await ann.api('POST', '/user/runners', { runner_type: 'project_type' })).toMatchObject({
      status: 400,
      body: { error: 'project_id is missing' },
    });
    expect(await ann.api('POST', '/user/runners', { runner_type: 'group_type' })).toMatchObject({
      status: 400,
      body: { error: 'group_id is missing' },
    });
    expect(await ann.api('POST', '/user/runners', {})).toMatchObject({
      status: 400,
      body: { error: 'runner_type is missing' },
    });
    expect(await server.api('POST', '/user/runners', { token: null, body: {} })).toMatchObject({
      status: 401,
    });
  });

  test('an instance’s runner is seen by every user, changed by administrators only', async () => {
    const ann = await person();
    const { id } = await make({ runner_type: 'instance_type', maintenance_note: 'in the cellar' });
    expect(await ann.api('GET', `/runners/${id}`)).toMatchObject({
      status: 200,
      body: { maintenance_note: null },
    });
    expect(await ann.api('PUT', `/runners/${id}`, { paused: true })).toMatchObject(
      forbidden('No access granted'),
    );
    expect(await ann.api('DELETE', `/runners/${id}`)).toMatchObject(forbidden('No access granted'));
    expect(await ann.api('GET', `/runners/${id}/jobs`)).toMatchObject(forbidden('No access granted'));
    expect(await ann.api('POST', `/runners/${id}/reset_authentication_token`)).toMatchObject(
      forbidden('No access granted'),
    );
    expect(await server.api('GET', `/runners/${id}`)).toMatchObject({
      body: { maintenance_note: 'in the cellar' },
    });
    expect(await server.api('GET', `/runners/${id}`, { token: null })).toMatchObject({ status: 401 });
  });

  test('a project’s runner is hidden from others, and one that is not there is 404', async () => {
    const ann = await person();
    const { id } = await make({ runner_type: 'project_type', project_id: await projectOf(ann) }, ann);
    const eve = await person();
    for (const path of [`/runners/${id}`, `/runners/${id}/managers`, `/runners/${id}/jobs`])
      expect(await eve.api('GET', path)).toMatchObject(forbidden('No access granted'));
    expect(await eve.api('GET', '/runners/999999')).toMatchObject({
      status: 404,
      body: { message: '404 Not found' },
    });
    expect(await eve.api('GET', '/runners/abc')).toMatchObject({
      status: 400,
      body: { error: 'id is invalid' },
    });
  });

  test('a runner is changed field by field', async () => {
    const ann = await person();
    const { id } = await make({ runner_type: 'project_type', project_id: await projectOf(ann) }, ann);
    const put = (body: object) => ann.api('PUT', `/runners/${id}`, body);
    expect(
      await put({ description: 'new', tag_list: 'b,a', run_untagged: false, maximum_timeout: 600 }),
    ).toMatchObject({
      status: 200,
      body: { description: 'new', tag_list: ['a', 'b'], run_untagged: false, maximum_timeout: 600 },
    });
    expect(await put({ paused: true })).toMatchObject({
      body: { paused: true, active: false, description: 'new' },
    });
    expect(await put({ active: true })).toMatchObject({ body: { paused: false, active: true } });
    expect(await put({ maximum_timeout: null })).toMatchObject({ body: { maximum_timeout: null } });
    expect(await put({ tag_list: [] })).toMatchObject({
      status: 400,
      body: { message: { tags_list: ['can not be empty when runner is not allowed to pick untagged jobs'] } },
    });
    expect(await put({ active: true, paused: true })).toMatchObject({
      status: 400,
      body: { error: 'active, paused are mutually exclusive' },
    });
    expect(await put({})).toMatchObject({
      status: 400,
      body: {
        error: expect.stringMatching(
          /^description, .* are missing, at least one parameter must be provided$/,
        ) as string,
      },
    });
  });

  test('lists are filtered, and refuse what is not a filter', async () => {
    const make3 = [
      await make({ runner_type: 'instance_type', tag_list: ['odd', 'Linux'], paused: true }),
      await make({ runner_type: 'instance_type', tag_list: ['odd'] }),
      await make({
        runner_type: 'project_type',
        project_id: await projectOf(await person()),
        tag_list: ['odd'],
      }),
    ];
    const [paused, shared, own] = make3.map(({ id }) => id);
    const all = async (query: string) =>
      idsOf(await server.api<Runner[]>('GET', `/runners/all?tag_list=odd&${query}`));
    expect(await all('')).toEqual([paused, shared, own]);
    expect(await all('sort=desc')).toEqual([own, shared, paused]);
    expect(await all('type=project_type')).toEqual([own]);
    expect(await all('scope=shared')).toEqual([paused, shared]);
    expect(await all('scope=specific')).toEqual([own]);
    expect(await all('scope=shared&type=project_type')).toEqual([]);
    expect(await all('paused=true')).toEqual([paused]);
    expect(await all('paused=false')).toEqual([shared, own]);
    expect(await all('status=paused')).toEqual([paused]);
    expect(await all('status=never_contacted')).toEqual([paused, shared, own]);
    expect(await all('status=online')).toEqual([]);
    expect(idsOf(await server.api<Runner[]>('GET', '/runners/all?tag_list=odd,Linux'))).toEqual([paused]);
    const many = Array.from({ length: 1500 }, (_, at) => `t${at}`).join();
    expect(await server.api('GET', `/runners/all?tag_list=${many}`)).toMatchObject({
      status: 400,
      body: { error: 'tag_list has too many values (maximum is 50)' },
    });
    expect(idsOf(await server.api<Runner[]>('GET', '/runners/all?tag_list=odd,linux'))).toEqual([]);
    expect(await server.api('GET', '/runners/all?status=busy')).toMatchObject({
      status: 400,
      body: { error: 'status does not have a valid value' },
    });
    expect(await server.api('GET', '/runners?scope=shared')).toMatchObject({
      status: 400,
      body: { message: 'Scope contains invalid value' },
    });
    expect(await (await person()).api('GET', '/runners/all')).toMatchObject({ status: 403 });
  });

  test('lists are read in pages, by number and by keyset', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 5; n++)
      ids.push((await make({ runner_type: 'instance_type', tag_list: ['page'] })).id);
    const first = await server.api<Runner[]>('GET', '/runners/all?tag_list=page&per_page=2');
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    expect(first.headers.get('x-total')).toBe('5');
    expect(first.headers.get('x-next-page')).toBe('2');
    const third = await server.api<Runner[]>('GET', '/runners/all?tag_list=page&per_page=2&page=3');
    expect(idsOf(third)).toEqual(ids.slice(4));
    expect(third.headers.get('x-next-page')).toBe('');
    const keyset = await server.api<Runner[]>(
      'GET',
      '/runners/all?tag_list=page&per_page=3&pagination=keyset',
    );
    const next = /<([^>]+)>; rel="next"/.exec(keyset.headers.get('link') ?? '')?.[1] ?? '';
    const rest = await server.api<Runner[]>('GET', next.slice(server.url.length + '/api/v4'.length));
    expect([...idsOf(keyset), ...idsOf(rest)]).toEqual(ids);
    expect(rest.headers.get('link')).toBeNull();
  });

  test('a runner is assigned to more projects, and taken from them but for the last', async () => {
    const ann = await person();
    const [one, two] = [await projectOf(ann), await projectOf(ann)];
    const { id } = await make({ runner_type: 'project_type', project_id: one }, ann);
    const assign = (who: Person, project: number, runner_id = id) =>
      who.api('POST', `/projects/${project}/runners`, { runner_id });
    expect(await assign(ann, two)).toMatchObject({ status: 201, body: { id } });
    expect(await assign(ann, two)).toMatchObject({ status: 400 });
    expect(idsOf(await ann.api<Runner[]>('GET', `/projects/${two}/runners?type=project_type`))).toEqual([id]);
    expect(await ann.api('DELETE', `/runners/${id}`)).toMatchObject(
      forbidden('Runner associated with more than one project'),
    );
    const take = (project: number) => ann.api('DELETE', `/projects/${project}/runners/${id}`);
    expect(await take(one)).toMatchObject({ status: 204 });
    expect(await take(one)).toMatchObject({ status: 404, body: { message: '404 Runner Not Found' } });
    expect(await take(two)).toMatchObject(
      forbidden('Only one project associated with the runner. Please remove the runner instead'),
    );
    expect(await ann.api('DELETE', `/runners/${id}`)).toMatchObject({ status: 204 });
  });

  test('a runner that is locked, a stranger’s, or no project runner is not assigned', async () => {
    const [ann, eve] = [await person(), await person()];
    const [hers, other] = [await projectOf(ann), await projectOf(eve)];
    const free = await make({ runner_type: 'project_type', project_id: hers }, ann);
    const locked = await make({ runner_type: 'project_type', project_id: hers, locked: true }, ann);
    const shared = await make({ runner_type: 'instance_type' });
    const group = await server.api<{ id: number }>('POST', '/groups', {
      body: { name: `group${++count}`, path: `group${count}` },
    });
    const ofGroup = await make({ runner_type: 'group_type', group_id: group.body.id });
    const assign = (runner_id: number) => eve.api('POST', `/projects/${other}/runners`, { runner_id });
    expect(await assign(free.id)).toMatchObject(forbidden('No access granted'));
    expect(await assign(locked.id)).toMatchObject(forbidden('Runner is locked'));
    expect(await assign(ofGroup.id)).toMatchObject(forbidden('Runner is a group runner'));
    expect(await assign(999_999)).toMatchObject({ status: 404 });
    expect(
      await server.api('POST', `/projects/${other}/runners`, { body: { runner_id: shared.id } }),
    ).toMatchObject({ status: 400 });
  });

  test('a group’s runners are listed in its projects and subgroups, and managed by its owners', async () => {
    const path = `group${++count}`;
    const { body: top } = await server.api<{ id: number }>('POST', '/groups', { body: { name: path, path } });
    const { body: sub } = await server.api<{ id: number }>('POST', '/groups', {
      body: { name: 'sub', path: 'sub', parent_id: top.id },
    });
    const { body: project } = await server.api<{ id: number }>('POST', '/projects', {
      body: { name: 'inner', namespace_id: sub.id },
    });
    const { id } = await make({ runner_type: 'group_type', group_id: top.id });
    for (const place of [`/groups/${top.id}`, `/groups/${sub.id}`, `/projects/${project.id}`])
      expect(idsOf(await server.api<Runner[]>('GET', `${place}/runners?type=group_type`))).toEqual([id]);
    const ann = await person();
    const join = (access_level: number) =>
      server.api('POST', `/groups/${top.id}/members`, { body: { user_id: ann.id, access_level } });
    await join(40);
    expect(await ann.api('GET', `/runners/${id}`)).toMatchObject({ status: 200 });
    expect(await ann.api('PUT', `/runners/${id}`, { paused: true })).toMatchObject(
      forbidden('No access granted'),
    );
    expect(idsOf(await ann.api<Runner[]>('GET', '/runners'))).toEqual([]);
    await server.api('PUT', `/groups/${top.id}/members/${ann.id}`, { body: { access_level: 50 } });
    expect(await ann.api('PUT', `/runners/${id}`, { paused: true })).toMatchObject({ status: 200 });
    expect(idsOf(await ann.api<Runner[]>('GET', '/runners'))).toEqual([id]);
  });

  test('a project shows the server’s runners only while it uses them', async () => {
    const ann = await person();
    const project = await projectOf(ann);
    const { id } = await make({ runner_type: 'instance_type', tag_list: ['hall'] });
    const list = async () =>
      idsOf(await ann.api<Runner[]>('GET', `/projects/${project}/runners?tag_list=hall`));
    expect(await list()).toEqual([id]);
    await ann.api('PUT', `/projects/${project}`, { shared_runners_enabled: false });
    expect(await list()).toEqual([]);
  });
});
