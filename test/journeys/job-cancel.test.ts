import { beforeAll, describe, expect, test } from 'vitest';
import { JOB_STATUSES } from '../../src/jobs/job-state.ts';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, type JobBody, jobIn, personWith, protectBranch, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

/** What becomes of a job of each status. */
const AFTER = {
  created: 'canceled',
  waiting_for_resource: 'canceled',
  preparing: 'canceled',
  waiting_for_callback: 'canceled',
  pending: 'canceled',
  running: 'canceling',
  success: 'success',
  failed: 'failed',
  canceling: 'canceling',
  canceled: 'canceled',
  skipped: 'skipped',
  manual: 'canceled',
  scheduled: 'canceled',
} as const;
const PLAIN = { refspecs: true };

describe.each(databases)('canceling a job, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  const cancel = (at: string, request = {}) => api<JobBody>('POST', `${at}/cancel`, request);

  test.each(JOB_STATUSES)('that is %s', async (status) => {
    const scene = await jobIn(house, status);
    const before = await scene.read();
    const reply = await cancel(scene.at);
    expect([reply.status, reply.body.status, reply.body.id]).toEqual([201, AFTER[status], scene.id]);
    expect(reply.headers.get('content-type')).toBe('application/json');
    const after = await scene.read();
    expect(after.status).toBe(AFTER[status]);
    const hasEnded = AFTER[status] === 'canceled' && status !== 'canceled';
    expect(after.finished_at === before.finished_at).toBe(!hasEnded);
  });

  test('that runs where nothing can stop it gracefully cancels it at once', async () => {
    const { at, read } = await jobIn(house, 'running', { features: PLAIN });
    expect((await cancel(at)).body).toMatchObject({ status: 'canceled' });
    const { finished_at, pipeline } = await read();
    expect(finished_at).not.toBeNull();
    expect(pipeline.status).toBe('canceled');
  });

  test('that a retry has replaced changes nothing', async () => {
    const { at, latest } = await jobIn(house, 'failed');
    await api('POST', `${at}/retry`);
    expect((await cancel(at)).body).toMatchObject({ status: 'failed' });
    expect(await latest()).toMatchObject({ status: 'pending' });
  });

  test('twice is as good as once', async () => {
    const { at } = await jobIn(house, 'pending');
    const replies = await Promise.all([cancel(at), cancel(at)]);
    for (const { status, body } of replies) expect([status, body.status]).toEqual([201, 'canceled']);
  });

  test('no runner gets it any more', async () => {
    const { at, runner } = await jobIn(house, 'pending');
    await cancel(at);
    const hangUp = AbortSignal.timeout(200);
    await expect(runner.request(hangUp)).rejects.toThrow();
  });

  test('a job that is being canceled ends when its runner says so', async () => {
    const { runner, payload, read } = await jobIn(house, 'canceling');
    expect((await read()).finished_at).toBeNull();
    await runner.finish(payload!, 'success');
    expect(await read()).toMatchObject({ status: 'canceled' });
  });

  test('a job that is being canceled is canceled at once by force, which takes a maintainer', async () => {
    const { at, project_id, read } = await jobIn(house, 'canceling');
    const body = { force: true };
    const developer = await personWith(api, 'developer', project_id);
    expect(refusal(await cancel(at, { token: developer.token, body }))).toEqual(FORBIDDEN);
    expect((await read()).status).toBe('canceling');
    const maintainer = await personWith(api, 'maintainer', project_id);
    const reply = await cancel(`${at}`, { token: maintainer.token, body });
    expect([reply.status, reply.body.status]).toEqual([201, 'canceled']);
  });

  test('force that is neither true nor false is refused', async () => {
    const { at } = await jobIn(house, 'pending');
    expect(refusal(await api('POST', `${at}/cancel?force=maybe`))).toEqual([
      400,
      { error: 'force is invalid' },
    ]);
  });

  test('takes a developer, and on a protected branch whoever may merge there', async () => {
    const { at, project_id, read } = await jobIn(house, 'pending');
    const developer = await personWith(api, 'developer', project_id);
    const maintainer = await personWith(api, 'maintainer', project_id);
    await protectBranch(house, project_id);
    expect(refusal(await cancel(at, { token: developer.token }))).toEqual(FORBIDDEN);
    expect((await read()).status).toBe('pending');
    expect((await cancel(at, { token: maintainer.token })).body).toMatchObject({ status: 'canceled' });
    const free = await jobIn(house, 'pending');
    const { token } = await personWith(api, 'developer', free.project_id);
    expect((await cancel(free.at, { token })).body).toMatchObject({ status: 'canceled' });
  });
});
