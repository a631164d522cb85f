import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { jobsOf, needing, planned, statusesOf } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, requestsHeld, type RunnerHouse } from '../support/runner-house.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';

const HOLD = 1500;
const ACKNOWLEDGE = 60_000;

const named = async (runner: SimulatedRunner) => (await runner.request()).job?.job_info.name ?? null;

describe.each(databases)('a request for a job, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { job_request_hold: HOLD, job_acknowledge: ACKNOWLEDGE });
  });

  const held = (count = 1) => requestsHeld(house, count);

  test('of a runner without work is held, then answered 204 with a word for the next one', async () => {
    const { runner } = await moveIn(house);
    const begun = performance.now();
    const { status, headers, body } = await runner.request();
    expect(status).toBe(204);
    expect(body.length).toBe(0);
    expect(headers['x-gitlab-last-update']).toMatch(/^[0-9a-f]{32}$/);
    expect(performance.now() - begun).toBeGreaterThan(HOLD - 50);
  });

  test('that is held is answered when a job becomes pending, before it would look again by itself', async () => {
    const { runner, start } = await moveIn(house);
    const request = runner.request();
    await held();
    await start(planned('build'));
    const { job } = await request;
    expect(job?.job_info.name).toBe('build');
  });

  test('of a machine that is unregistered meanwhile ends without a job', async () => {
    const { runner, addRunner, start } = await moveIn(house);
    const request = runner.request();
    await held();
    const { token, system_id } = runner;
    const left = await house.api('DELETE', '/runners/managers', { token: null, body: { token, system_id } });
    expect(left.status).toBe(204);
    expect((await request).status).toBe(204);
    await start(planned('build'));
    expect(await named(await addRunner())).toBe('build');
  });

  test('is answered at once while the job before it still runs', async () => {
    const { runner, start } = await moveIn(house);
    await start(planned('one'), planned('two'));
    const [first, second] = [await runner.request(), await runner.request()];
    expect([first.job?.job_info.name, second.job?.job_info.name]).toEqual(['one', 'two']);
  });

  test('of twenty at once gets the one job once', async () => {
    const { addRunner, start } = await moveIn(house);
    const runners = await Promise.all(Array.from({ length: 20 }, () => addRunner()));
    const requests = runners.map((runner) => runner.request());
    await held(20);
    await start(planned('only'));
    const replies = await Promise.all(requests);
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(19);
  });

  test('of twenty gets one each of twenty jobs that come together', async () => {
    const { addRunner, start } = await moveIn(house);
    const runners = await Promise.all(Array.from({ length: 20 }, () => addRunner()));
    const requests = runners.map((runner) => runner.request());
    await held(20);
    await start(...Array.from({ length: 20 }, (_, index) => planned(`job ${index}`)));
    const replies = await Promise.all(requests);
    // On a slow machine the patience of some ends first: they ask again.
    const late = runners.filter((_, index) => replies[index]?.status === 204);
    const again = await Promise.all(late.map((runner) => runner.request()));
    const jobs = [...replies, ...again].flatMap(({ job }) => job?.id ?? []);
    expect([jobs.length, new Set(jobs).size]).toEqual([20, 20]);
  });

  test('whose runner hangs up while it is held never gets a job; the next one does', async () => {
    const { runner, addRunner, start } = await moveIn(house);
    const gone = new AbortController();
    const dropped = runner.request(gone.signal).catch((error: unknown) => error);
    await held();
    const other = await addRunner();
    const request = other.request();
    await held(2);
    gone.abort();
    await dropped;
    await held(1);
    const pipeline = await start(planned('build'));
    const { job } = await request;
    const { build } = await jobsOf(house.parts.db, pipeline);
    expect(job?.id).toBe(build!.id);
    expect(build!.runner_id).toBe(other.id);
  });

  test('of a paused runner is answered 204 at once', async () => {
    // Held, it would be answered when nobody listens any more.
    const patient = await openRunnerHouse(kind, { job_request_hold: 600_000 });
    const { runner, start } = await moveIn(patient, { paused: true });
    await start(planned('build'));
    const { status, headers } = await runner.request();
    expect(status).toBe(204);
    expect(headers['x-gitlab-last-update']).toBeTruthy();
    await patient.close();
  });

  test('is refused with 403 for an unknown token, and for an expired one', async () => {
    const { runner } = await moveIn(house);
    const stranger = new SimulatedRunner(house.url, 'glrt-unknown');
    expect(await stranger.request()).toMatchObject({ status: 403 });
    await house.parts.db.write((tx) =>
      tx.updateTable('runners').set({ token_expires_at: 1 }).where('id', '=', runner.id).execute(),
    );
    const { status, body } = await runner.request();
    expect([status, JSON.parse(body.toString())]).toEqual([403, { message: '403 Forbidden' }]);
    stranger.close();
  });

  test('of a runner that has lost its last project is refused with 422', async () => {
    const { runner, project } = await moveIn(house);
    await house.parts.db.write((tx) =>
      tx.deleteFrom('runner_projects').where('project_id', '=', project.id).execute(),
    );
    expect(await runner.request()).toMatchObject({ status: 422 });
  });

  test('gets only jobs whose tags the runner has, and untagged ones if it may', async () => {
    const { addRunner, start } = await moveIn(house, { tag_list: ['linux'], run_untagged: false });
    await start(
      planned('plain'),
      planned('both', { tag_list: ['gpu', 'linux'] }),
      planned('linux', { tag_list: ['linux'] }),
    );
    const tagged = await addRunner();
    expect([await named(tagged), await named(tagged)]).toEqual(['linux', null]);
    expect(await named(await addRunner({ tag_list: ['gpu', 'linux'], run_untagged: false }))).toBe('both');
    expect(await named(await addRunner({}))).toBe('plain');
  });

  test('whose reply is lost leaves the job to another runner once its time is over', async () => {
    const { runner, addRunner, start } = await moveIn(house);
    await start(planned('build'));
    const { job: lost } = await runner.request();
    const other = await addRunner();
    expect((await other.request()).status).toBe(204);
    house.ahead += ACKNOWLEDGE + 1;
    expect(await runner.running(lost!)).toMatchObject({ status: 403 });
    const { job } = await other.request();
    expect(job?.id).toBe(lost!.id);
    expect(job?.token).not.toBe(lost!.token);
    const late = await runner.running(lost!);
    expect([late.status, late.headers['job-status']]).toEqual([403, undefined]);
    expect((await other.running(job!)).status).toBe(200);
    expect((await runner.patch(lost!, 'late')).status).toBe(403);
    expect((await other.patch(job!, 'on time')).status).toBe(202);
  });

  test('leaves no log behind until the runner has begun', async () => {
    const { runner, start, project } = await moveIn(house);
    const pipeline = await start(planned('build'));
    const { job } = await runner.request();
    const traces = () =>
      house.parts.db.read.selectFrom('job_traces').selectAll().where('job_id', '=', job!.id).execute();
    expect(await traces()).toEqual([]);
    expect((await jobsOf(house.parts.db, pipeline))['build']).toMatchObject({ status: 'pending' });
    expect(await runner.running(job!)).toMatchObject({ status: 200 });
    expect(await traces()).toMatchObject([{ project_id: project.id, state: 'live' }]);
    expect((await jobsOf(house.parts.db, pipeline))['build']).toMatchObject({ status: 'running' });
  });

  test('of a runner that does not acknowledge makes the job run at once', async () => {
    const { runner, start } = await moveIn(house, {}, { variables: true });
    const pipeline = await start(planned('build'));
    await runner.request();
    expect((await jobsOf(house.parts.db, pipeline))['build']).toMatchObject({ status: 'running' });
  });

  test('of such a runner whose reply is lost makes another job take the place of the one nobody has', async () => {
    const { runner, addRunner, start } = await moveIn(house, {}, { variables: true });
    const pipeline = await start(planned('build'));
    const { job: lost } = await runner.request();
    // The request itself is held for a while, and longer on a busy machine.
    house.ahead += ACKNOWLEDGE / 2;
    expect((await (await addRunner()).request()).status).toBe(204);
    house.ahead += ACKNOWLEDGE / 2;
    const other = await addRunner();
    const { job } = await other.request();
    expect(job?.id).toBeGreaterThan(lost!.id);
    expect(await runner.patch(lost!, 'late')).toMatchObject({ status: 403 });
    const { body } = await house.api('GET', `/projects/${job!.job_info.project_id}/jobs/${lost!.id}`);
    expect(body).toMatchObject({ status: 'failed', failure_reason: 'runner_provisioning_timeout' });
    await other.running(job!);
    await other.finish(job!, 'success');
    expect(await statusesOf(house.parts.db, pipeline)).toBe('success: build success');
  });

  test('of such a runner whose reply is lost ends the job for good when it has been canceled since', async () => {
    const { runner, addRunner, project, start } = await moveIn(
      house,
      {},
      { variables: true, cancel_gracefully: true },
    );
    const pipeline = await start(planned('build', { retry: { max: 2, when: ['always'], exit_codes: [] } }));
    const { job: lost } = await runner.request();
    await house.api('POST', `/projects/${project.id}/jobs/${lost!.id}/cancel`);
    expect(await statusesOf(house.parts.db, pipeline)).toBe('canceling: build canceling');
    const other = await addRunner();
    expect((await other.request()).status).toBe(204);
    expect(await statusesOf(house.parts.db, pipeline)).toBe('canceling: build canceling');
    house.ahead += ACKNOWLEDGE + 1;
    expect((await other.request()).status).toBe(204);
    expect(await statusesOf(house.parts.db, pipeline)).toBe('canceled: build canceled');
    expect(await runner.patch(lost!, 'late')).toMatchObject({ status: 403 });
  });

  test('of such a runner leaves the job to it, once it was heard of', async () => {
    const { runner, start } = await moveIn(house, {}, { variables: true });
    const pipeline = await start(planned('build'));
    const { job } = await runner.request();
    expect(await runner.patch(job!, 'Running with gitlab-runner\n')).toMatchObject({ status: 202 });
    house.ahead += 10 * ACKNOWLEDGE;
    expect(await runner.request()).toMatchObject({ status: 204 });
    expect(await runner.running(job!)).toMatchObject({ status: 200 });
    expect(await statusesOf(house.parts.db, pipeline)).toBe('running: build running');
  });

  test('goes on with what comes after, as soon as the job before has ended', async () => {
    const { runner, start } = await moveIn(house);
    await start(planned('build'), planned('test', { stage_idx: 2, ...needing('build') }));
    const { job } = await runner.request();
    await runner.running(job!);
    const next = runner.request();
    await held();
    await wait(20);
    await runner.finish(job!, 'success');
    expect((await next).job?.job_info.name).toBe('test');
  });

  test('knows the machine that asks, and what it can do', async () => {
    const { runner } = await moveIn(house);
    await runner.request();
    const read = () =>
      house.parts.db.read
        .selectFrom('runner_managers')
        .selectAll()
        .where('runner_id', '=', runner.id)
        .execute();
    expect(await read()).toMatchObject([
      {
        system_id: runner.system_id,
        version: '19.4.0',
        platform: 'linux',
        executor: 'shell',
        ip_address: '127.0.0.1',
      },
    ]);
    const less = new SimulatedRunner(house.url, runner.token, {
      system_id: runner.system_id,
      features: { refspecs: true, image: false },
    });
    await less.request();
    less.close();
    expect(await read()).toMatchObject([{ features: '{"refspecs":true}' }]);
  });
});
