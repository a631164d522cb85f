import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, type JobBody, jobIn, personWith, protectBranch, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';
import { zipOf } from '../support/zip.ts';

const HOUR = 3600_000;

describe.each(databases)('keeping and removing artifacts, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let archive: Buffer;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    archive = await zipOf({ 'a.txt': 'a' });
  });

  /** A job that failed, so that nothing locks what it left. */
  const failed = (upload: Record<string, string> = { expire_in: '1 hour' }) =>
    jobIn(house, 'failed', { log: 'log\n', archive, upload });
  const keep = (at: string, request = {}) => api<JobBody>('POST', `${at}/artifacts/keep`, request);
  const has = async (at: string) => (await api('GET', `${at}/artifacts/a.txt`)).status === 200;

  test('kept ones never expire', async () => {
    const { at, id, read } = await failed();
    expect((await read()).artifacts_expire_at).not.toBeNull();
    const { status, body, headers } = await keep(at);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(body).toMatchObject({
      id,
      status: 'failed',
      artifacts_expire_at: null,
      artifacts_file: { filename: 'artifacts.zip', size: archive.length },
      download_url: null,
    });
    house.ahead += 2 * HOUR;
    expect(await has(at)).toBe(true);
    house.ahead -= 2 * HOUR;
    expect((await keep(at)).status).toBe(200);
  });

  test('what was not kept is gone when its time has come, and cannot be kept any more', async () => {
    const { at } = await failed();
    house.ahead += 2 * HOUR;
    try {
      expect(await has(at)).toBe(false);
      expect((await keep(at)).status).toBe(404);
    } finally {
      house.ahead -= 2 * HOUR;
    }
  });

  test('a job without an archive has nothing to keep', async () => {
    for (const status of ['pending', 'success'] as const) {
      const { at } = await jobIn(house, status);
      expect((await keep(at)).status).toBe(404);
    }
  });

  test('keeping takes a developer, and on a protected branch whoever may merge there', async () => {
    const { at, project_id, read } = await failed();
    const developer = await personWith(api, 'developer', project_id);
    const maintainer = await personWith(api, 'maintainer', project_id);
    await protectBranch(house, project_id);
    expect(refusal(await keep(at, { token: developer.token }))).toEqual(FORBIDDEN);
    expect((await read()).artifacts_expire_at).not.toBeNull();
    expect((await keep(at, { token: maintainer.token })).status).toBe(200);
    const free = await failed();
    const { token } = await personWith(api, 'developer', free.project_id);
    expect((await keep(free.at, { token })).status).toBe(200);
  });

  test('deleting removes the archive and the reports, never the log', async () => {
    const { at, runner, payload, read, project_id } = await jobIn(house, 'running', {
      log: 'log\n',
      archive,
    });
    const junit = { artifact_type: 'junit', artifact_format: 'gzip' };
    await runner.artifact(payload!, Buffer.from('x'), junit, 'junit.xml.gz');
    await runner.finish(payload!, 'success', 'log\n');
    const developer = await personWith(api, 'developer', project_id);
    const remove = (request = {}) => api('DELETE', `${at}/artifacts`, request);
    expect(refusal(await remove({ token: developer.token }))).toEqual(FORBIDDEN);
    expect(await has(at)).toBe(true);
    const maintainer = await personWith(api, 'maintainer', project_id);
    expect(refusal(await remove({ token: maintainer.token }))).toEqual([204, '']);
    expect(await has(at)).toBe(false);
    const { artifacts, artifacts_file, erased_at } = await read();
    expect([artifacts_file, erased_at]).toEqual([null, null]);
    expect(artifacts.filter(({ file_type }) => file_type !== 'trace')).toEqual([]);
    expect((await api('GET', `${at}/trace`)).body).toBe('log\n');
    expect((await remove()).status).toBe(204);
  });

  test('DELETE /projects/:id/artifacts lets everything expire that is not locked', async () => {
    const open = await failed({ expire_in: 'never' });
    const kept = await failed();
    await keep(kept.at);
    const locked = await jobIn(house, 'success', { archive });
    const developer = await personWith(api, 'developer', open.project_id);
    expect(refusal(await api('DELETE', `${open.project}/artifacts`, { token: developer.token }))).toEqual(
      FORBIDDEN,
    );
    for (const { project } of [open, locked])
      expect(refusal(await api('DELETE', `${project}/artifacts`))).toEqual([
        202,
        { message: '202 Accepted' },
      ]);
    await until('it has expired', async () => ((await has(open.at)) ? undefined : true), 20);
    expect(await has(kept.at)).toBe(true);
    expect(await has(locked.at)).toBe(true);
    expect((await api('GET', `${open.at}/trace`)).body).toBe('log\n');
  });
});
