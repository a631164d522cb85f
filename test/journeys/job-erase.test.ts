import { beforeAll, describe, expect, test } from 'vitest';
import { JOB_STATUSES, type JobStatus } from '../../src/jobs/job-state.ts';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import {
  FORBIDDEN,
  type JobBody,
  jobIn,
  NO_RECORD,
  personWith,
  protectBranch,
  refusal,
} from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

const NOT_ERASABLE = [403, { message: '403 Forbidden - Job is not erasable!' }];

describe.each(databases)('erasing a job, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let archive: Buffer;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    archive = await zipOf({ 'a.txt': 'a' });
  });

  const erase = (at: string, request = {}) => api<JobBody>('POST', `${at}/erase`, request);
  const ended = (log = 'secret\n') => jobIn(house, 'success', { log, archive });

  /** Statuses in which a job has nothing to remove, or may still get something. */
  const kept = JOB_STATUSES.filter((status) => status !== 'success' && status !== 'failed');
  test.each(kept)('that is %s and has nothing, or not yet all, is refused', async (status: JobStatus) => {
    const { at, read } = await jobIn(house, status);
    expect(refusal(await erase(at))).toEqual(NOT_ERASABLE);
    expect(await read()).toMatchObject({ status, erased_at: null });
  });

  test.each(['success', 'failed'] as const)('that is %s removes its log and artifacts', async (status) => {
    const { at, id, read } = await jobIn(house, status, { log: 'secret\n', archive });
    expect((await read()).artifacts_file).not.toBeNull();
    const reply = await erase(at);
    expect([reply.status, reply.body.id, reply.body.status]).toEqual([201, id, status]);
    expect(reply.body).toMatchObject({
      erased_at: expect.stringMatching(/Z$/) as string,
      artifacts_file: null,
      artifacts: [],
      artifacts_expire_at: null,
      download_url: null,
    });
    expect(refusal(await api('GET', `${at}/trace`))).toEqual(NO_RECORD);
    for (const path of ['/artifacts', '/artifacts/a.txt'])
      expect(refusal(await api('GET', at + path))).toEqual([404, { message: '404 Not Found' }]);
    expect(refusal(await api('GET', `${at}/artifacts/tree`))).toEqual([
      404,
      { message: '404 Artifacts Not Found' },
    ]);
    expect(await read()).toMatchObject({ status, erased_at: reply.body.erased_at });
    expect(refusal(await erase(at))).toEqual(NOT_ERASABLE);
  });

  test('that was canceled while it ran removes its log', async () => {
    const { at, runner, payload } = await jobIn(house, 'canceling', { log: 'secret\n' });
    await runner.finish(payload!, 'failed', 'secret\n');
    expect((await erase(at)).status).toBe(201);
    expect((await api('GET', `${at}/trace`)).status).toBe(404);
  });

  test('that was skipped and still has a log from before removes it', async () => {
    const { at, id } = await ended();
    await house.parts.db.write((tx) =>
      tx.updateTable('jobs').set({ status: 'skipped' }).where('id', '=', id).execute(),
    );
    expect((await erase(at)).status).toBe(201);
  });

  test('that has an empty log only can be done once', async () => {
    const { at } = await jobIn(house, 'failed');
    expect((await erase(at)).status).toBe(201);
    expect(refusal(await erase(at))).toEqual(NOT_ERASABLE);
  });

  test('that a retry has replaced is allowed', async () => {
    const { at } = await ended();
    await api('POST', `${at}/retry`);
    expect((await erase(at)).status).toBe(201);
  });

  test('twice at once is done once', async () => {
    const { at } = await ended();
    const replies = await Promise.all([erase(at), erase(at)]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 403]);
  });

  test('frees the bytes', async () => {
    const { at, id } = await ended();
    const { db, blobs } = house.parts;
    const keysIn = async (table: 'job_artifacts' | 'job_traces') =>
      (await db.read.selectFrom(table).select('blob_key').where('job_id', '=', id).execute()).map(
        ({ blob_key }) => blob_key,
      );
    const stored = async () => [...(await keysIn('job_artifacts')), ...(await keysIn('job_traces'))];
    await expect.poll(stored).not.toContain(null);
    const keys = (await stored()).map(String);
    expect(keys).toHaveLength(2);
    const left = async () => (await Promise.all(keys.map((key) => blobs.stat(key)))).filter(Boolean).length;
    expect(await left()).toBe(2);
    await erase(at);
    await expect.poll(left).toBe(0);
  });

  test('a developer erases what is their own, a maintainer anything', async () => {
    const scene = await ended();
    const developer = await personWith(api, 'developer', scene.project_id);
    const maintainer = await personWith(api, 'maintainer', scene.project_id);
    const { token } = developer;
    expect(refusal(await erase(scene.at, { token }))).toEqual(FORBIDDEN);
    expect((await scene.read()).erased_at).toBeNull();
    await house.parts.db.write((tx) =>
      tx.updateTable('jobs').set({ user_id: developer.id }).where('id', '=', scene.id).execute(),
    );
    expect((await erase(scene.at, { token })).status).toBe(201);
    const other = await ended();
    const boss = await personWith(api, 'maintainer', other.project_id);
    expect(refusal(await erase(other.at, { token: maintainer.token }))).toEqual([
      404,
      { message: '404 Project Not Found' },
    ]);
    expect((await erase(other.at, { token: boss.token })).status).toBe(201);
  });

  test('of a protected branch takes a maintainer, whoever started it', async () => {
    const { at, id, project_id } = await ended();
    const developer = await personWith(api, 'developer', project_id);
    const maintainer = await personWith(api, 'maintainer', project_id);
    await house.parts.db.write((tx) =>
      tx.updateTable('jobs').set({ user_id: developer.id }).where('id', '=', id).execute(),
    );
    await protectBranch(house, project_id);
    expect(refusal(await erase(at, { token: developer.token }))).toEqual(FORBIDDEN);
    expect((await erase(at, { token: maintainer.token })).status).toBe(201);
  });
});
