import { beforeAll, describe, expect, test } from 'vitest';
import { digestToken } from '../../src/access/token.ts';
import { ensureBuiltInRunner } from '../../src/runners/built-in-runner.ts';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, requestsHeld, type RunnerHouse } from '../support/runner-house.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';

const HOLD = 5000;
type Body = Record<string, unknown>;

describe.each(databases)('a runner and its jobs, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { job_request_hold: HOLD });
  });

  /** A token of the user who owns that project. */
  async function tokenOf(user_id: number): Promise<string> {
    const token = `glpat-of-the-user-number-${user_id}`;
    await house.parts.db.write((tx) =>
      tx
        .insertInto('personal_access_tokens')
        .values({ user_id, name: 't', token_digest: digestToken(token), scopes: '["api"]', created_at: 0 })
        .execute(),
    );
    return token;
  }
  const held = (count: number) => requestsHeld(house, count);

  test('what it runs and has run is listed, with projects, by status and machine', async () => {
    const { runner, start, project } = await moveIn(house);
    await start(planned('one'), planned('two'));
    const [one, two] = [(await runner.request()).job!, (await runner.request()).job!];
    await runner.running(one);
    await runner.finish(one, 'success');
    await runner.running(two);
    const list = async (query = '') =>
      (await house.api<Body[]>('GET', `/runners/${runner.id}/jobs${query}`)).body.map(({ name }) => name);
    expect(await list()).toEqual(['two', 'one']);
    expect(await list('?sort=asc&order_by=id')).toEqual(['one', 'two']);
    expect(await house.api('GET', `/runners/${runner.id}/jobs?order_by=name`)).toMatchObject({
      status: 400,
      body: { error: 'order_by does not have a valid value' },
    });
    expect(await list('?status=running')).toEqual(['two']);
    expect(await list(`?system_id=${runner.system_id}`)).toEqual(['two', 'one']);
    expect(await list('?system_id=r_unknown')).toEqual([]);
    const { body } = await house.api<Body[]>('GET', `/runners/${runner.id}/jobs`);
    expect(body[0]).toMatchObject({ id: two.id, status: 'running', project: { id: project.id } });
    expect(await house.api<Body>('GET', `/runners/${runner.id}`)).toMatchObject({
      body: { job_execution_status: 'active', status: 'online' },
    });
    await runner.finish(two, 'success');
    expect(await house.api<Body>('GET', `/runners/${runner.id}`)).toMatchObject({
      body: { job_execution_status: 'idle' },
    });
  });

  test('a maintainer of one of its projects sees the jobs of that one only', async () => {
    const { runner, start, project } = await moveIn(house);
    const other = await moveIn(house);
    await house.api('POST', `/projects/${other.project.id}/runners`, { body: { runner_id: runner.id } });
    const token = await tokenOf(project.user_id);
    await start(planned('mine'));
    await runner.request();
    await other.start(planned('theirs'));
    await runner.request();
    const reply = await house.api<Body[]>('GET', `/runners/${runner.id}/jobs`, { token });
    expect(reply.body.map(({ name }) => name)).toEqual(['mine']);
    expect(reply.headers.get('x-total')).toBeNull();
    const details = await house.api<{ projects: Body[] }>('GET', `/runners/${runner.id}`, { token });
    expect(details.body.projects).toMatchObject([{ id: project.id }]);
  });

  test('goes stale when it is not heard of', async () => {
    const { runner } = await moveIn(house);
    const request = runner.request();
    await held(1);
    const status = async () => (await house.api<Body>('GET', `/runners/${runner.id}`)).body['status'];
    const HOUR = 3_600_000;
    expect(await status()).toBe('online');
    house.ahead += 3 * HOUR;
    expect(await status()).toBe('offline');
    house.ahead += 7 * 24 * HOUR;
    expect(await status()).toBe('stale');
    house.ahead -= 7 * 24 * HOUR + 3 * HOUR;
    house.parts.waiting.release(runner.id!);
    expect(await request).toMatchObject({ status: 204 });
  });

  test('paused while it waits, it is let go, and gets no job any more', async () => {
    // Held on, it would be answered when nobody listens any more.
    const patient = await openRunnerHouse(kind, { job_request_hold: 600_000 });
    const { runner, start } = await moveIn(patient);
    const request = runner.request();
    await requestsHeld(patient, 1);
    await patient.api('PUT', `/runners/${runner.id}`, { body: { paused: true } });
    expect(await request).toMatchObject({ status: 204 });
    await start(planned('build'));
    expect(await runner.request()).toMatchObject({ status: 204 });
    await patient.close();
  });

  test('given another token by a person while it waits, it is let go with the old one', async () => {
    const { runner, start } = await moveIn(house);
    const request = runner.request();
    await held(1);
    const path = `/runners/${runner.id}/reset_authentication_token`;
    const { body } = await house.api<{ token: string }>('POST', path);
    await start(planned('build'));
    expect(await request).toMatchObject({ status: 204 });
    expect(await runner.request()).toMatchObject({ status: 403 });
    const known = new SimulatedRunner(house.url, body.token);
    expect((await known.request()).job?.job_info.name).toBe('build');
    known.close();
  });

  test('given another project while it waits, it gets that one’s jobs when it comes again', async () => {
    const { runner } = await moveIn(house);
    const other = await moveIn(house);
    await other.start(planned('build'));
    const request = runner.request();
    await held(1);
    await house.api('POST', `/projects/${other.project.id}/runners`, { body: { runner_id: runner.id } });
    expect(await request).toMatchObject({ status: 204 });
    expect((await runner.request()).job?.job_info.name).toBe('build');
  });

  test('removed while its job runs, it may still end the job', async () => {
    const { runner, start } = await moveIn(house);
    await start(planned('build'));
    const { job } = await runner.request();
    await runner.running(job!);
    expect(await house.api('DELETE', `/runners/${runner.id}`)).toMatchObject({ status: 204 });
    expect(await runner.request()).toMatchObject({ status: 403 });
    expect(await runner.patch(job!, 'last words')).toMatchObject({ status: 202 });
    expect(await runner.finish(job!, 'success', 'last words')).toMatchObject({ status: 200 });
  });

  test('the built-in one has a new token at each start, and only administrators assign it', async () => {
    const { db, clock } = house.parts;
    const [first, second] = [await ensureBuiltInRunner(db, clock()), await ensureBuiltInRunner(db, clock())];
    expect(second.id).toBe(first.id);
    expect(second.token).not.toBe(first.token);
    const verify = (token: string) => house.api('POST', '/runners/verify', { token: null, body: { token } });
    expect(await verify(first.token)).toMatchObject({ status: 403 });
    expect(await verify(second.token)).toMatchObject({ status: 200, body: { id: first.id } });
    const { project } = await moveIn(house);
    const token = await tokenOf(project.user_id);
    const assign = (who: object, id = project.id) =>
      house.api('POST', `/projects/${id}/runners`, { ...who, body: { runner_id: first.id } });
    const refused = { status: 403, body: { message: '403 Forbidden - No access granted' } };
    expect(await assign({ token })).toMatchObject(refused);
    expect(await assign({})).toMatchObject({ status: 201 });
    const another = { token, body: { name: `another ${project.id}` } };
    const { body } = await house.api<{ id: number }>('POST', '/projects', another);
    expect(await assign({ token }, body.id)).toMatchObject(refused);
    expect(await house.api('PUT', `/runners/${first.id}`, { token, body: { paused: true } })).toMatchObject(
      refused,
    );
    const again = { status: 403, body: { message: expect.stringContaining('--runner') as string } };
    expect(await house.api('DELETE', `/runners/${first.id}`)).toMatchObject(again);
    expect(await house.api('POST', `/runners/${first.id}/reset_authentication_token`)).toMatchObject(again);
    const remove = `/projects/${project.id}/runners/${first.id}`;
    expect(await house.api('DELETE', remove)).toMatchObject({ status: 204 });
    expect(await verify(second.token)).toMatchObject({ status: 200 });
  });

  test('its job is known by the job token, while it runs', async () => {
    const { runner, start, project } = await moveIn(house);
    await start(planned('build'));
    const { job } = await runner.request();
    const byToken = (headers: Record<string, string>, path = '/job') =>
      house.api<Body>('GET', path, { token: null, headers });
    for (const path of ['/job', '/job/allowed_agents'])
      expect(await byToken({ 'job-token': job!.token }, path)).toMatchObject({ status: 401 });
    await runner.running(job!);
    for (const [name, value] of [
      ['job-token', job!.token],
      ['authorization', `Bearer ${job!.token}`],
    ] as const)
      expect(await byToken({ [name]: value })).toMatchObject({
        status: 200,
        body: { id: job!.id, name: 'build' },
      });
    const agents = await byToken({ 'job-token': job!.token }, '/job/allowed_agents');
    expect(agents).toMatchObject({
      status: 200,
      body: {
        allowed_agents: [],
        job: { id: job!.id },
        project: { id: project.id, groups: [] },
        user: {
          id: project.user_id,
          roles_in_project: ['guest', 'reporter', 'developer', 'maintainer', 'owner'],
        },
      },
    });
    for (const path of ['/job', '/job/allowed_agents']) {
      expect(await byToken({}, path)).toMatchObject({ status: 401 });
      expect(await byToken({ 'job-token': 'glcbt-wrong' }, path)).toMatchObject({ status: 401 });
      expect(await house.api('GET', path)).toMatchObject({
        status: 404,
        body: { message: '404 Job Not Found' },
      });
    }
    await runner.finish(job!, 'success');
    expect(await byToken({ 'job-token': job!.token })).toMatchObject({ status: 401 });
  });
});
