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
  beforeAll(async () => {
    server = await bootServer({ database: kind });
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
    const verify = { token: made.token, system_id: 's_0123456789ab', info };
    const { status, body } = await post('/runners/verify', verify);
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

  test('exchanges its token; the old one is worth nothing then', async () => {
    const made = await register();
    const { status, body } = await post<Made>('/runners/reset_authentication_token', { token: made.token });
    expect([status, body.token_expires_at]).toEqual([201, null]);
    expect(body.token).toMatch(/^glrtr-/);
    expect(await post('/runners/verify', { token: made.token })).toMatchObject({ status: 403 });
    expect(await post('/runners/verify', { token: body.token })).toMatchObject({
      status: 200,
      body: { id: made.id },
    });
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
