import { beforeAll, describe, expect, test } from 'vitest';
import { cancelJob } from '../../src/pipelines/cancel-job.ts';
import { openTrace } from '../../src/traces/read-trace.ts';
import { decrypt } from '../../src/variables/encrypt.ts';
import { databases } from '../support/databases.ts';
import { jobsOf, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import type { JobPayload, RunnerReply } from '../support/simulated-runner.ts';

const TRACE_SIZE = 4000;
const PLAIN = { refspecs: true };

/** Code, Job-Status and Range of a reply. */
const gist = ({ status, headers }: RunnerReply) => [status, headers['job-status'], headers['range']];
const textOf = ({ body }: RunnerReply) => body.toString();

describe.each(databases)('what a runner says of its job, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { trace_size: TRACE_SIZE });
  });

  /** A job that a runner has begun. */
  async function begun(features?: Record<string, boolean>) {
    const { runner, start, addRunner } = await moveIn(house, {}, features);
    const pipeline = await start(planned('build'));
    const { job } = await runner.request();
    expect(await runner.running(job!)).toMatchObject({ status: 200 });
    const row = async () => (await jobsOf(house.parts.db, pipeline))['build']!;
    return { runner, addRunner, job: job!, row, pipeline };
  }

  async function logOf(job: Pick<JobPayload, 'id'>): Promise<string> {
    const { db, blobs, logs, clock } = house.parts;
    const trace = await openTrace(db, blobs, logs, job.id, clock());
    return Buffer.concat(await (await trace!.read()).toArray()).toString();
  }

  test('PUT running begins it, and is a heartbeat afterwards', async () => {
    const { runner, job, row } = await begun();
    const started = await row();
    expect(started).toMatchObject({ status: 'running', acknowledge_until: null });
    const again = await runner.running(job);
    expect(gist(again)).toEqual([200, 'running', undefined]);
    expect(textOf(again)).toBe('200');
    expect((await row()).started_at).toBe(started.started_at);
  });

  test('a heartbeat shows that job and runner live', async () => {
    const { runner, job, row } = await begun();
    house.ahead += 60 * 60_000;
    await runner.running(job);
    const { updated_at } = await row();
    expect(updated_at).toBeGreaterThan(house.parts.clock() - 60_000);
    const { db } = house.parts;
    const read = () =>
      db.read.selectFrom('runners').selectAll().where('id', '=', runner.id!).executeTakeFirst();
    expect((await read())?.contacted_at).toBeGreaterThan(house.parts.clock() - 60_000);
  });

  test('chunks follow one another, each answered with how much is stored', async () => {
    const { runner, job } = await begun();
    const first = await runner.patch(job, 'one ');
    expect(gist(first)).toEqual([202, 'running', '0-4']);
    expect(gist(await runner.patch(job, 'two', 4))).toEqual([202, 'running', '0-7']);
    expect(await logOf(job)).toBe('one two');
  });

  test('the next chunk is asked for soon while somebody reads the log, later while nobody does', async () => {
    const { runner, job } = await begun();
    const interval = async (at: number) =>
      (await runner.patch(job, 'x', at)).headers['x-gitlab-trace-update-interval'];
    expect(await interval(0)).toBe('10');
    expect(await house.api('GET', `/projects/${job.job_info.project_id}/jobs/${job.id}/trace`)).toMatchObject(
      {
        status: 200,
        body: 'x',
      },
    );
    expect(await interval(1)).toBe('3');
    house.ahead += 11_000;
    expect(await interval(2)).toBe('10');
  });

  test('a chunk that leaves a gap is refused with where to go on', async () => {
    const { runner, job } = await begun();
    await runner.patch(job, '12345');
    expect(gist(await runner.patch(job, 'xyz', 9))).toEqual([416, 'running', '0-5']);
    expect(gist(await runner.patch(job, '678', 5))).toEqual([202, 'running', '0-8']);
    expect(await logOf(job)).toBe('12345678');
  });

  test('a chunk that overlaps is refused, the last one repeated is taken and not stored twice', async () => {
    const { runner, job } = await begun();
    await runner.patch(job, '12345');
    await runner.patch(job, '678', 5);
    expect(gist(await runner.patch(job, '4567', 3))).toEqual([416, 'running', '0-8']);
    expect(gist(await runner.patch(job, '678', 5))).toEqual([202, 'running', '0-8']);
    expect(await logOf(job)).toBe('12345678');
  });

  test('a chunk may end within a character', async () => {
    const { runner, job } = await begun();
    const bytes = Buffer.from('a€b');
    await runner.patch(job, bytes.subarray(0, 2));
    await runner.patch(job, bytes.subarray(2), 2);
    expect(await logOf(job)).toBe('a€b');
  });

  test('a chunk needs a Content-Range, with or without a total', async () => {
    const { runner, job } = await begun();
    const headers = { 'JOB-TOKEN': job.token, 'Content-Type': 'text/plain' };
    const path = `/jobs/${job.id}/trace`;
    const send = (more: Record<string, string>) =>
      runner.send('PATCH', path, Buffer.from('abc'), { ...headers, ...more });
    expect(await send({})).toMatchObject({ status: 400 });
    expect(await send({ 'Content-Range': 'bytes' })).toMatchObject({ status: 400 });
    expect(gist(await send({ 'Content-Range': '0-2/3' }))).toEqual([202, 'running', '0-3']);
  });

  test('a log that grows too large fails the job', async () => {
    const { runner, job, row } = await begun();
    await runner.patch(job, 'x'.repeat(TRACE_SIZE));
    expect(gist(await runner.patch(job, 'y', TRACE_SIZE))).toEqual([403, 'failed', undefined]);
    expect(await row()).toMatchObject({ status: 'failed', failure_reason: 'trace_size_exceeded' });
  });

  test('with debug_trace the log is marked as one that may show secrets', async () => {
    const { runner, job, row } = await begun();
    await runner.patch(job, 'a', 0, '?debug_trace=false');
    expect(await row()).toMatchObject({ debug_trace: 0 });
    await runner.patch(job, 'b', 1, '?debug_trace=true');
    expect(await row()).toMatchObject({ debug_trace: 1 });
  });

  test('a wrong token, or a job that is not there, is refused with 403 and no more', async () => {
    const { runner, job } = await begun();
    for (const wrong of [
      { ...job, token: 'glcbt-wrong' },
      { ...job, token: '' },
      { ...job, id: 999_999 },
    ]) {
      expect(gist(await runner.patch(wrong, 'a'))).toEqual([403, undefined, undefined]);
      expect(gist(await runner.running(wrong))).toEqual([403, undefined, undefined]);
    }
    expect(await runner.json('PUT', '/jobs/many', { token: job.token })).toMatchObject({ status: 400 });
    expect(await runner.json('PUT', `/jobs/${job.id}`, { state: 'running' })).toMatchObject({ status: 400 });
  });

  test('the log begins the job when the word that it has begun was lost', async () => {
    const { runner, start } = await moveIn(house);
    const pipeline = await start(planned('build'));
    const { job } = await runner.request();
    expect(gist(await runner.patch(job!, 'on it'))).toEqual([202, 'running', '0-5']);
    expect((await jobsOf(house.parts.db, pipeline))['build']).toMatchObject({ status: 'running' });
  });

  test('a job that was not begun cannot end', async () => {
    const { runner, start } = await moveIn(house);
    const pipeline = await start(planned('build'));
    const { job } = await runner.request();
    expect(gist(await runner.finish(job!, 'success'))).toEqual([400, 'pending', undefined]);
    expect((await jobsOf(house.parts.db, pipeline))['build']).toMatchObject({ status: 'pending' });
  });

  test('a job that waits to be begun is kept for its runner as long as it says pending', async () => {
    const { runner, start } = await moveIn(house);
    const pipeline = await start(planned('build'));
    const { job } = await runner.request();
    const row = async () => (await jobsOf(house.parts.db, pipeline))['build']!;
    house.ahead += 40_000;
    const kept = await runner.update(job!, 'pending');
    expect([...gist(kept), textOf(kept)]).toEqual([200, 'pending', undefined, '200']);
    house.ahead += 40_000;
    expect(await row()).toMatchObject({ status: 'pending', runner_id: runner.id });
    expect(await runner.running(job!)).toMatchObject({ status: 200 });
    expect(gist(await runner.update(job!, 'pending'))).toEqual([400, 'running', undefined]);
    expect(await row()).toMatchObject({ status: 'running' });
  });

  test('a job that was kept too late is not kept', async () => {
    const { runner, start } = await moveIn(house);
    await start(planned('build'));
    const { job } = await runner.request();
    house.ahead += 61_000;
    expect(await runner.update(job!, 'pending')).toMatchObject({ status: 403 });
  });

  test('the terminal that a runner offers is kept, unreadable, while the job runs', async () => {
    const { runner, start } = await moveIn(house);
    const pipeline = await start(planned('build'));
    const session = { url: 'https://runner:8093/session/1', certificate: 'PEM', authorization: 'secret' };
    const { token, system_id, info } = runner;
    const reply = await runner.json('POST', '/jobs/request', { token, system_id, info, session });
    const job = JSON.parse(reply.body.toString()) as JobPayload;
    const kept = async () => (await jobsOf(house.parts.db, pipeline))['build']!.runner_session;
    await runner.running(job);
    expect(await kept()).not.toContain('secret');
    expect(decrypt(house.parts.secretKey, (await kept())!)).toBe(JSON.stringify(session));
    await runner.finish(job, 'success');
    expect(await kept()).toBeNull();
  });

  test('success ends the job; what comes after is too late and told so', async () => {
    const { runner, job, row } = await begun();
    await runner.patch(job, 'done\n');
    const ended = await runner.finish(job, 'success', 'done\n');
    expect([...gist(ended), textOf(ended)]).toEqual([200, 'success', undefined, '200']);
    expect(await row()).toMatchObject({ status: 'success', failure_reason: null });
    expect(gist(await runner.finish(job, 'failed', 'done\n'))).toEqual([403, 'success', undefined]);
    expect(gist(await runner.patch(job, 'more', 5))).toEqual([403, 'success', undefined]);
    const stranger = { ...job, token: 'glcbt-wrong' };
    expect(gist(await runner.patch(stranger, 'more', 5))).toEqual([403, undefined, undefined]);
    expect(await row()).toMatchObject({ status: 'success' });
    expect(await logOf(job)).toBe('done\n');
  });

  test('success twice at once ends it once', async () => {
    const { runner, job, row } = await begun();
    const replies = await Promise.all([runner.finish(job, 'success'), runner.finish(job, 'failed')]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    const [won] = replies.filter(({ status }) => status === 200);
    expect(won?.headers['job-status']).toBe((await row()).status);
  });

  test.each([
    [{}, 'script_failure', null],
    [{ failure_reason: 'script_failure', exit_code: 3 }, 'script_failure', 3],
    [{ failure_reason: 'runner_system_failure' }, 'runner_system_failure', null],
    [{ failure_reason: 'job_execution_timeout' }, 'job_execution_timeout', null],
    [{ failure_reason: 'of_a_newer_runner' }, 'unknown_failure', null],
  ])('failed with %j is stored as %s, exit code %s', async (said, failure_reason, exit_code) => {
    const { runner, job, row } = await begun();
    expect(gist(await runner.finish(job, 'failed', '', said))).toEqual([200, 'failed', undefined]);
    expect(await row()).toMatchObject({ status: 'failed', failure_reason, exit_code });
  });

  test('a state that nobody knows is refused, and changes nothing', async () => {
    const { runner, job, row } = await begun();
    expect(gist(await runner.update(job, 'paused'))).toEqual([400, 'running', undefined]);
    const unsaid = await runner.json('PUT', `/jobs/${job.id}`, { token: job.token });
    expect(gist(unsaid)).toEqual([400, 'running', undefined]);
    expect(await row()).toMatchObject({ status: 'running' });
  });

  test('a log that is not the runner’s is asked for again from the start, then the job ends', async () => {
    const { runner, job, row } = await begun();
    await runner.patch(job, 'eurt log');
    expect(gist(await runner.finish(job, 'success', 'true log'))).toEqual([412, 'running', undefined]);
    expect(await row()).toMatchObject({ status: 'running' });
    expect(gist(await runner.patch(job, 'true log'))).toEqual([202, 'running', '0-8']);
    expect(gist(await runner.finish(job, 'success', 'true log'))).toEqual([200, 'success', undefined]);
    expect(await logOf(job)).toBe('true log');
  });

  test('a log that lacks its end is asked for again, though the runner gives no checksum', async () => {
    const { runner, job } = await begun();
    await runner.patch(job, 'true');
    expect(await runner.update(job, 'success', { output: { bytesize: 8 } })).toMatchObject({ status: 412 });
    await runner.patch(job, 'true log');
    expect(await runner.update(job, 'success', { output: { bytesize: 8 } })).toMatchObject({ status: 200 });
  });

  test('a runner whose checksums never fit is not asked for ever', async () => {
    const { runner, job } = await begun();
    const codes: number[] = [];
    for (let round = 0; round < 5 && codes.at(-1) !== 200; round++) {
      await runner.patch(job, 'stored');
      codes.push((await runner.finish(job, 'success', 'claimed')).status);
    }
    expect(codes).toEqual([412, 412, 412, 200]);
  });

  test('a canceled job is told in every reply to stop gracefully, and ends as canceled', async () => {
    const { runner, job, row } = await begun();
    await cancelJob(house.parts.db, await row(), { force: false }, house.parts.clock());
    expect(gist(await runner.patch(job, 'stopping'))).toEqual([202, 'canceling', '0-8']);
    expect(gist(await runner.running(job))).toEqual([200, 'canceling', undefined]);
    expect(
      gist(await runner.finish(job, 'failed', 'stopping', { failure_reason: 'unknown_failure' })),
    ).toEqual([200, 'canceled', undefined]);
    expect(await row()).toMatchObject({ status: 'canceled', failure_reason: null });
  });

  test('success of a job that is being canceled is canceled', async () => {
    const { runner, job, row } = await begun();
    await cancelJob(house.parts.db, await row(), { force: false }, house.parts.clock());
    expect(gist(await runner.finish(job, 'success'))).toEqual([200, 'canceled', undefined]);
  });

  test('a runner that cannot stop gracefully is told canceled with 403', async () => {
    const { runner, job, row } = await begun(PLAIN);
    await cancelJob(house.parts.db, await row(), { force: false }, house.parts.clock());
    expect(await row()).toMatchObject({ status: 'canceled' });
    expect(gist(await runner.patch(job, 'still here'))).toEqual([403, 'canceled', undefined]);
    expect(gist(await runner.running(job))).toEqual([403, 'canceled', undefined]);
  });

  test('the request id of a runner comes back', async () => {
    const { runner, job } = await begun();
    const id = '0123456789abcdef0123456789abcdef';
    const reply = await runner.send(
      'PUT',
      `/jobs/${job.id}`,
      Buffer.from(JSON.stringify({ token: job.token, state: 'running' })),
      { 'Content-Type': 'application/json', 'X-Request-Id': id },
    );
    expect(reply.headers['x-request-id']).toBe(id);
  });
});
