import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { FEATURES } from '../support/simulated-runner.ts';

interface Made {
  id: number;
  token: string;
  token_expires_at: string | null;
}
type Body = Record<string, unknown>;

describe.each(databases)('a runner comes and goes, on %s', (kind) => {
  let server: TestServer;
  let count = 0;
  let now = Date.UTC(2026, 0, 1);
  beforeAll(async () => {
    server = await bootServer({ database: kind, clock: () => now });
  });

  const post = <B = Body>(path: string, body: object) => server.api<B>('POST', path, { token: null, body });
  const project = async () => {
    const { body } = await server.api<{ id: number }>('POST', '/projects', { body: { name: `p${++count}` } });
    return body.id;
  };
  const registrationToken = async (owner: string) => {
    const path = `${owner}/runners/reset_registration_token`;
    const { status, body } = await server.api<Made>('POST', path);
    expect([status, body.token_expires_at]).toEqual([201, null]);
    return body.token;
  };
  const register = async (more: object = {}, owner = '') =>
    (await post<Made>('/runners', { token: await registrationToken(owner), ...more })).body;
  const verify = (token: string) => post('/runners/verify', { token, info });
  const reset = async (token: string) =>
    (await post<Made>('/runners/reset_authentication_token', { token })).body;
  /** How long the token of a new runner lives. */
  const secondsOf = async (owner: string) => {
    const { token_expires_at } = await register({}, owner);
    return token_expires_at === null ? null : (Date.parse(token_expires_at) - now) / 1000;
  };
  const settings = async (body: object) =>
    expect(await server.api('PUT', '/application/settings', { body })).toMatchObject({ status: 200, body });
  const details = async (id: number) => (await server.api<Body>('GET', `/runners/${id}`)).body;
  const info = { name: 'gitlab-runner', version: '19.4.0', platform: 'linux', features: FEATURES };

  test('with a registration token of the server', async () => {
    const token = await registrationToken('');
    const { status, body } = await post<Made>('/runners', {
      token,
      description: 'shop floor',
      tag_list: 'linux, docker,linux',
      run_untagged: false,
      locked: true,
      maximum_timeout: 1200,
      access_level: 'ref_protected',
      info,
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      token: expect.stringMatching(/^glrtr-/),
      token_expires_at: null,
    });
    expect(await details(body.id)).toMatchObject({
      description: 'shop floor',
      runner_type: 'instance_type',
      is_shared: true,
      name: 'gitlab-runner',
      tag_list: ['docker', 'linux'],
      run_untagged: false,
      locked: true,
      maximum_timeout: 1200,
      access_level: 'ref_protected',
      status: 'never_contacted',
      online: false,
      contacted_at: null,
    });
  });

  test('with a registration token of a project or a group', async () => {
    const id = await project();
    const ofProject = await register({}, `/projects/${id}`);
    expect(await details(ofProject.id)).toMatchObject({ runner_type: 'project_type', projects: [{ id }] });
    const group = await server.api<{ id: number }>('POST', '/groups', {
      body: { name: 'workshop', path: 'workshop' },
    });
    const ofGroup = await register({}, `/groups/${group.body.id}`);
    expect(await details(ofGroup.id)).toMatchObject({
      runner_type: 'group_type',
      groups: [{ id: group.body.id, name: 'workshop' }],
    });
  });

  test('but with no other token, nor with one that was reset', async () => {
    const id = await project();
    const old = await registrationToken(`/projects/${id}`);
    const token = await registrationToken(`/projects/${id}`);
    const forged = token.replace(`p${id}_`, 'i_');
    for (const wrong of [old, forged, `${token}x`, 'GR1348941', server.rootToken])
      expect(await post('/runners', { token: wrong })).toMatchObject({
        status: 403,
        body: { message: '403 Forbidden' },
      });
    expect(await post('/runners', {})).toMatchObject({ status: 400, body: { error: 'token is missing' } });
    expect(await post('/runners', { token })).toMatchObject({ status: 201 });
  });

  test.each([
    [
      { run_untagged: false },
      { message: { tags_list: ['can not be empty when runner is not allowed to pick untagged jobs'] } },
    ],
    [{ maximum_timeout: 599 }, { message: { maximum_timeout: ['needs to be at least 10 minutes'] } }],
    [
      { maintenance_note: 'x'.repeat(1025) },
      { message: { maintenance_note: ['is too long (maximum is 1024 characters)'] } },
    ],
    [{ access_level: 'secret' }, { error: 'access_level does not have a valid value' }],
    [{ active: true, paused: true }, { error: 'active, paused are mutually exclusive' }],
  ])('not with what is not valid (%#)', async (given, body) => {
    expect(await post('/runners', { token: await registrationToken(''), ...given })).toMatchObject({
      status: 400,
      body,
    });
  });

  test('verifies its token, and is known by its machine from then on', async () => {
    const made = await register();
    const machine = { token: made.token, system_id: 's_0123456789ab', info };
    const { status, body } = await post('/runners/verify', machine);
    expect([status, body]).toEqual([200, { id: made.id, token: made.token, token_expires_at: null }]);
    expect(await details(made.id)).toMatchObject({ online: true, status: 'online', version: '19.4.0' });
    const managers = await server.api<Body[]>('GET', `/runners/${made.id}/managers`);
    expect(managers.body).toMatchObject([
      {
        system_id: 's_0123456789ab',
        version: '19.4.0',
        platform: 'linux',
        status: 'online',
        job_execution_status: 'idle',
      },
    ]);
    expect(await post('/runners/verify', { token: 'glrt-unknown' })).toMatchObject({ status: 403 });
    expect(await post('/runners/verify', {})).toMatchObject({ status: 400 });
  });

  test('is understood when it says more than we know', async () => {
    const made = await register();
    const more = {
      ...info,
      labels: { zone: 'a' },
      config: { gpus: '', other: 1 },
      features: { future: true, odd: 'x' },
    };
    expect(await post('/runners/verify', { token: made.token, info: more, surprise: [1] })).toMatchObject({
      status: 200,
    });
  });

  test('made by a person has another prefix, and outlives its machines', async () => {
    const { status, body } = await server.api<Made>('POST', '/user/runners', {
      body: { runner_type: 'instance_type', tag_list: ['a'], description: 'by hand' },
    });
    expect([status, body.token_expires_at]).toEqual([201, null]);
    expect(body.token).toMatch(/^glrt-[\w-]{20,}$/);
    const machine = { token: body.token, system_id: 'r_machine00001', info };
    await post('/runners/verify', machine);
    const leave = (given: object) => server.api('DELETE', '/runners/managers', { token: null, body: given });
    expect(await leave({ token: body.token })).toMatchObject({ status: 400 });
    expect(await leave({ token: body.token, system_id: 'r_unknown' })).toMatchObject({ status: 404 });
    expect(await leave({ token: 'glrt-unknown', system_id: 'r_machine00001' })).toMatchObject({
      status: 403,
    });
    expect(await leave(machine)).toMatchObject({ status: 204, body: '' });
    expect((await server.api('GET', `/runners/${body.id}/managers`)).body).toEqual([]);
    expect(await post('/runners/verify', machine)).toMatchObject({ status: 200 });
  });

  test('unregisters with its token in the body', async () => {
    const made = await register();
    const leave = () => server.api('DELETE', '/runners', { token: null, body: { token: made.token } });
    expect(await leave()).toMatchObject({ status: 204, body: '' });
    expect(await leave()).toMatchObject({ status: 403 });
    expect(await server.api('GET', `/runners/${made.id}`)).toMatchObject({ status: 404 });
  });

  test('exchanges its token; the old one is worth nothing once it has used the new one', async () => {
    const made = await register();
    const { status, body } = await post<Made>('/runners/reset_authentication_token', { token: made.token });
    expect([status, body.token_expires_at]).toEqual([201, null]);
    expect(body.token).toMatch(/^glrtr-/);
    expect(await verify(body.token)).toMatchObject({ status: 200, body: { id: made.id } });
    expect(await verify(made.token)).toMatchObject({ status: 403, body: { message: '403 Forbidden' } });
    expect(await verify(body.token)).toMatchObject({ status: 200 });
  });

  test('is not stranded when the reply with its new token is lost: the old one gets another', async () => {
    const { id, token } = await register();
    const lost = await reset(token);
    expect(await verify(token)).toMatchObject({ status: 200, body: { id } });
    const read = await reset(token);
    expect(await verify(lost.token)).toMatchObject({ status: 403 });
    expect(await verify(read.token)).toMatchObject({ status: 200, body: { id } });
    for (const gone of [token, lost.token]) expect(await verify(gone)).toMatchObject({ status: 403 });
    expect(await post('/runners/reset_authentication_token', { token })).toMatchObject({ status: 403 });
  });

  test('with a token that ends is refused after that, and told the end with each new token', async () => {
    await settings({ runner_token_expiration_interval: 3600 });
    const made = await register();
    const inAnHour = () => new Date(now + 3600_000).toISOString();
    expect(made.token_expires_at).toBe(inAnHour());
    expect(await verify(made.token)).toMatchObject({ body: { token_expires_at: inAnHour() } });
    now += 45 * 60_000;
    const next = await reset(made.token);
    expect(next.token_expires_at).toBe(inAnHour());
    // Its own end holds for the old token, lost reply or not.
    expect((await verify(made.token)).status).toBe(200);
    now += 16 * 60_000;
    expect(await verify(made.token)).toMatchObject({ status: 403 });
    expect(await verify(next.token)).toMatchObject({ status: 200 });
    now += 60 * 60_000;
    expect(await verify(next.token)).toMatchObject({ status: 403 });
    await settings({ runner_token_expiration_interval: null });
    const byId = await server.api<Made>('POST', `/runners/${made.id}/reset_authentication_token`);
    expect([byId.status, byId.body.token_expires_at]).toEqual([201, null]);
  });

  test('has a token as short-lived as server, group or project say, whichever is least', async () => {
    const group = await server.api<{ id: number }>('POST', '/groups', {
      body: { name: `g${++count}`, path: `g${count}` },
    });
    const below = await server.api<{ id: number }>('POST', '/groups', {
      body: { name: 'below', path: 'below', parent_id: group.body.id },
    });
    const place = { name: `p${++count}`, namespace_id: below.body.id };
    const inside = await server.api<{ id: number }>('POST', '/projects', { body: place });
    const put = (path: string, body: object) => server.api<Body>('PUT', path, { body });
    const ofGroup = () => secondsOf(`/groups/${below.body.id}`);
    const ofProject = () => secondsOf(`/projects/${inside.body.id}`);
    expect([await ofGroup(), await ofProject()]).toEqual([null, null]);
    await settings({
      group_runner_token_expiration_interval: 9000,
      project_runner_token_expiration_interval: 8000,
    });
    expect([await secondsOf(''), await ofGroup(), await ofProject()]).toEqual([null, 9000, 8000]);
    await put(`/groups/${group.body.id}`, {
      runner_token_expiration_interval: 10,
      subgroup_runner_token_expiration_interval: 7000,
      project_runner_token_expiration_interval: 6000,
    });
    expect([await ofGroup(), await ofProject()]).toEqual([7000, 6000]);
    const set = await put(`/groups/${below.body.id}`, { runner_token_expiration_interval: 5000 });
    expect(set.body).toMatchObject({ runner_token_expiration_interval: 5000 });
    const { body } = await put(`/projects/${inside.body.id}`, { runner_token_expiration_interval: 4000 });
    expect(body).toMatchObject({ runner_token_expiration_interval: 4000 });
    expect([await ofGroup(), await ofProject()]).toEqual([5000, 4000]);
    await settings({
      group_runner_token_expiration_interval: null,
      project_runner_token_expiration_interval: null,
    });
  });

  test('cannot register itself once an administrator has switched that off', async () => {
    const token = await registrationToken('');
    await settings({ allow_runner_registration_token: false });
    expect(await post('/runners', { token })).toMatchObject({
      status: 410,
      body: { message: '410 Gone - runner registration disallowed' },
    });
    await settings({ allow_runner_registration_token: true });
    expect(await post('/runners', { token })).toMatchObject({ status: 201 });
  });

  test.each([
    [{ runner_token_expiration_interval: 0 }, 'runner_token_expiration_interval does not have a valid value'],
    [{ allow_runner_registration_token: 'perhaps' }, 'allow_runner_registration_token is invalid'],
  ])('not with settings that are none: %j', async (body, error) => {
    expect(await server.api('PUT', '/application/settings', { body })).toMatchObject({
      status: 400,
      body: { error },
    });
  });

  test('is known by all it says of its machine, also where it names no machine', async () => {
    const made = await register();
    const more = {
      ...info,
      executor: 'docker',
      labels: { zone: 'a', odd: 7 },
      config: { gpus: 'all', other: 1 },
      features: { refspecs: true, image: false },
    };
    await post('/runners/verify', { token: made.token, info: more });
    await post('/runners/verify', { token: made.token, system_id: 'r_second000001', info });
    const managers = await server.api<Body[]>('GET', `/runners/${made.id}/managers`);
    expect(managers.body).toMatchObject([
      { system_id: 'r_second000001', executor: null, config: {}, labels: {} },
      {
        system_id: '<legacy>',
        executor: 'docker',
        config: { gpus: 'all' },
        labels: { zone: 'a' },
        features: ['refspecs'],
        ip_address: '127.0.0.1',
      },
    ]);
  });

  test('has its token reset by id, with the bare null of the program as body', async () => {
    const made = (await server.api<Made>('POST', '/user/runners', { body: { runner_type: 'instance_type' } }))
      .body;
    const { status, body } = await server.api<Made>(
      'POST',
      `/runners/${made.id}/reset_authentication_token`,
      {
        body: 'null',
        headers: { 'content-type': 'application/json' },
      },
    );
    expect(status).toBe(201);
    expect(body.token).toMatch(/^glrt-/);
    expect(await post('/runners/verify', { token: made.token })).toMatchObject({ status: 403 });
    expect(await post('/runners/verify', { token: body.token })).toMatchObject({ status: 200 });
  });

  test('finds no router, and asks here', async () => {
    const headers = { 'runner-token': 'glrt-any' };
    expect(await server.api('GET', '/runners/router/discovery', { token: null, headers })).toMatchObject({
      status: 501,
    });
  });

  test('has a token that nobody is shown again', async () => {
    const made = await register();
    const replies = [
      await server.api('GET', `/runners/${made.id}`),
      await server.api('GET', '/runners/all?per_page=100'),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(JSON.stringify(replies)).not.toContain(made.token.slice(6, 20));
  });
});
