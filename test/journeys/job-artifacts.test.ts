import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { fetchBytes } from '../support/fetch-bytes.ts';
import { FORBIDDEN, jobIn, type JobScene, NO_PROJECT, personWith, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { entriesOf, zipOf } from '../support/zip.ts';

const NOT_FOUND = [404, { message: '404 Not Found' }];
const FILES = { 'top.txt': 'top\n', 'dist/app.js': 'alert(1)' };

describe.each(databases)('the artifacts of a job, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let archive: Buffer;
  let scene: JobScene;
  let at: string;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    archive = await zipOf(FILES);
    scene = await jobIn(house, 'success', { archive });
    at = `${scene.at}/artifacts`;
  });

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetchBytes(house, path, headers, method);
  const set = (job_id: number, columns: object) =>
    house.parts.db.write((tx) =>
      tx.updateTable('job_artifacts').set(columns).where('job_id', '=', job_id).execute(),
    );

  describe('as one archive', () => {
    test('are the bytes that the runner sent, as a download', async () => {
      const { status, bytes, headers } = await get(at);
      expect([status, bytes.equals(archive)]).toEqual([200, true]);
      expect(Object.keys(await entriesOf(bytes))).toHaveLength(Object.keys(FILES).length);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-transfer-encoding')).toBe('binary');
      expect(headers.get('content-disposition')).toBe(
        `attachment; filename="artifacts.zip"; filename*=UTF-8''artifacts.zip`,
      );
      expect(headers.get('content-length')).toBe(String(archive.length));
      expect(headers.get('etag')).toBe(`"${createHash('sha256').update(archive).digest('hex')}"`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    });

    test('can be had in part, and not again', async () => {
      const part = await get(at, { range: 'bytes=2-5' });
      expect([part.status, part.bytes.equals(archive.subarray(2, 6))]).toEqual([206, true]);
      expect(part.headers.get('content-range')).toBe(`bytes 2-5/${archive.length}`);
      const rest = await get(at, { range: 'bytes=6-' });
      expect(Buffer.concat([archive.subarray(0, 2), part.bytes, rest.bytes]).equals(archive)).toBe(true);
      const beyond = await get(at, { range: `bytes=${archive.length}-` });
      expect([beyond.status, beyond.headers.get('content-range')]).toEqual([
        416,
        `bytes */${archive.length}`,
      ]);
      const etag = part.headers.get('etag')!;
      expect((await get(at, { 'if-none-match': etag })).status).toBe(304);
    });

    test('HEAD says how large they are', async () => {
      const { status, bytes, headers } = await get(at, {}, 'HEAD');
      expect([status, bytes.length, headers.get('content-length')]).toEqual([200, 0, String(archive.length)]);
    });

    test('have the name that the runner gave, however odd', async () => {
      const { runner, payload, at: other } = await jobIn(house, 'running');
      await runner.artifact(payload!, archive, {}, `ü; é.zip`);
      const { headers } = await get(`${other}/artifacts`);
      expect(headers.get('content-disposition')).toBe(
        `attachment; filename="_; _.zip"; filename*=UTF-8''%C3%BC%3B%20%C3%A9.zip`,
      );
    });

    test('are not found without an archive: none, or reports only', async () => {
      const { runner, payload, at: bare, read } = await jobIn(house, 'running');
      const paths = ['', '/top.txt'].map((path) => `${bare}/artifacts${path}`);
      for (const path of paths) expect(refusal(await api('GET', path))).toEqual(NOT_FOUND);
      const junit = { artifact_type: 'junit', artifact_format: 'gzip' };
      await runner.artifact(payload!, Buffer.from('x'), junit, 'junit.xml.gz');
      for (const path of paths) expect(refusal(await api('GET', path))).toEqual(NOT_FOUND);
      expect(await read()).toMatchObject({
        artifacts_file: null,
        artifacts: [{ file_type: 'junit', file_format: 'gzip', filename: 'junit.xml.gz', size: 1 }],
      });
    });

    test('can be had while the job still runs', async () => {
      const { at: running } = await jobIn(house, 'running', { archive });
      expect((await get(`${running}/artifacts`)).bytes.equals(archive)).toBe(true);
    });
  });

  test('that have expired stay while their pipeline is the latest successful one, and go with that', async () => {
    const { at: job, id, read } = await jobIn(house, 'success', { archive, upload: { expire_in: '1 hour' } });
    house.ahead += 2 * 3600_000;
    try {
      expect((await get(`${job}/artifacts/top.txt`)).status).toBe(200);
      expect((await get(`${job}/artifacts`)).status).toBe(200);
      expect((await read()).artifacts_file).not.toBeNull();
      await set(id, { locked_ref: null });
      expect(refusal(await api('GET', `${job}/artifacts/top.txt`))).toEqual(NOT_FOUND);
      expect(refusal(await api('GET', `${job}/artifacts/tree`))).toEqual([
        404,
        { message: '404 Artifacts Not Found' },
      ]);
      expect(await read()).toMatchObject({
        artifacts_file: null,
        artifacts_expire_at: expect.any(String) as string,
      });
    } finally {
      house.ahead -= 2 * 3600_000;
    }
  });

  test.each([
    ['private', 'developer', 'reporter'],
    ['maintainer', 'maintainer', 'developer'],
  ] as const)('for %s are had by a %s, not by a %s', async (accessibility, able, unable) => {
    const own = await jobIn(house, 'success', { archive });
    await set(own.id, { accessibility });
    const { token: may } = await personWith(api, able, own.project_id);
    const { token: mayNot } = await personWith(api, unable, own.project_id);
    const paths = [
      `${own.at}/artifacts`,
      `${own.at}/artifacts/top.txt`,
      `${own.at}/artifacts/tree`,
      `${own.project}/jobs/artifacts/main/download?job=job`,
      `${own.project}/jobs/artifacts/main/raw/top.txt?job=job`,
    ];
    for (const path of paths) {
      expect((await api('GET', path, { token: may })).status).toBe(200);
      expect(refusal(await api('GET', path, { token: mayNot }))).toEqual(FORBIDDEN);
    }
    await set(own.id, { accessibility: 'none' });
    for (const path of paths) expect(refusal(await api('GET', path))).toEqual(FORBIDDEN);
  });

  test('are for whoever sees the job: nobody of a private project, anybody of a public one', async () => {
    const own = await jobIn(house, 'success', { archive });
    const path = `${own.at}/artifacts/top.txt`;
    const nobody = { token: null };
    const { token: guest } = await personWith(api, 'guest', own.project_id);
    expect(refusal(await api('GET', path, nobody))).toEqual(NO_PROJECT);
    expect((await api('GET', path, { token: guest })).status).toBe(200);
    await api('PUT', own.project, { body: { visibility: 'public' } });
    expect((await api('GET', path, nobody)).body).toBe('top\n');
    expect((await api('GET', `${own.at}/artifacts`, nobody)).status).toBe(200);
    await api('PUT', own.project, { body: { public_jobs: false } });
    expect(refusal(await api('GET', path, nobody))).toEqual(FORBIDDEN);
    expect(refusal(await api('GET', path, { token: guest }))).toEqual(FORBIDDEN);
  });

  test('are had by a job of the project with its token, in a header or a parameter', async () => {
    const running = await jobIn(house, 'running', { archive });
    const { token } = running.payload!;
    const path = `${running.at}/artifacts/top.txt`;
    const as = (headers: Record<string, string>, query = '') =>
      api('GET', path + query, { token: null, headers });
    for (const reply of [
      await as({ 'job-token': token }),
      await as({ authorization: `Bearer ${token}` }),
      await as({}, `?job_token=${token}`),
    ])
      expect(reply).toMatchObject({ status: 200, body: 'top\n' });
    expect((await api('GET', `${at}/top.txt`, { token: null, headers: { 'job-token': token } })).status).toBe(
      403,
    );
    expect(refusal(await as({ 'job-token': 'glcbt-wrong' }))).toEqual([401, { message: '401 Unauthorized' }]);
  });
});
