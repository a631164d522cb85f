import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { jobsOf, needing, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const ARTIFACT_SIZE = 100_000;
/** In which the body of any other request must have come. */
const BODY_MS = 1000;
const FORM = 'multipart/form-data; boundary=b';

const messageOf = ({ body }: { body: Buffer }) => JSON.parse(body.toString()) as unknown;

describe.each(databases)('artifacts of runners, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, {
      artifact_size: ARTIFACT_SIZE,
      artifacts_expire_in: 3600,
      job_request_hold: 1000,
      request_body: BODY_MS,
    });
  });

  /** A runner that has begun a job; another one waits for its artifacts. */
  async function begun() {
    const { runner, start, project } = await moveIn(house);
    const pipeline = await start(
      planned('build', { artifacts: { paths: ['out/'] } }),
      planned('test', { stage_idx: 2, ...needing('build') }),
    );
    const { job } = await runner.request();
    await runner.running(job!);
    const rows = () => {
      const query = house.parts.db.read.selectFrom('job_artifacts').selectAll();
      return query.where('job_id', '=', job!.id).orderBy('id').execute();
    };
    return { runner, job: job!, rows, pipeline, project };
  }

  test('are stored under the name, type and format given, and expire as the server says', async () => {
    const { runner, job, rows } = await begun();
    const bytes = Buffer.from('not really a zip');
    const reply = await runner.artifact(job, bytes, {}, 'folder/app.zip');
    expect([reply.status, reply.body.toString()]).toEqual([201, '201']);
    const [row] = await rows();
    expect(row).toMatchObject({
      file_type: 'archive',
      file_format: 'zip',
      filename: 'app.zip',
      size: bytes.length,
    });
    expect(row!.expire_at).toBe(row!.created_at + 3600_000);
    expect(await house.parts.blobs.read(row!.blob_key)).toEqual(bytes);
  });

  test.each([
    ['1 week', 7 * 86_400_000],
    ['30 min', 1_800_000],
    ['never', null],
  ])('expire in %s as asked', async (expire_in, ms) => {
    const { runner, job, rows } = await begun();
    expect(await runner.artifact(job, Buffer.from('a'), { expire_in })).toMatchObject({ status: 201 });
    const [row] = await rows();
    expect(row!.expire_at).toBe(ms === null ? null : row!.created_at + ms);
  });

  test('can be several of different types', async () => {
    const { runner, job, rows } = await begun();
    await runner.artifact(job, Buffer.from('a'));
    const junit = { artifact_type: 'junit', artifact_format: 'gzip' };
    expect(await runner.artifact(job, Buffer.from('b'), junit, 'junit.xml.gz')).toMatchObject({
      status: 201,
    });
    expect((await rows()).map(({ file_type }) => file_type)).toEqual(['archive', 'junit']);
  });

  test('sent again are taken when they are the same, and refused when they are not', async () => {
    const { runner, job, rows } = await begun();
    await runner.artifact(job, Buffer.from('first'));
    expect(await runner.artifact(job, Buffer.from('first'))).toMatchObject({ status: 201 });
    const other = await runner.artifact(job, Buffer.from('second'));
    expect([other.status, messageOf(other)]).toEqual([
      400,
      { message: 'another artifact of the same type already exists' },
    ]);
    expect(await rows()).toHaveLength(1);
  });

  test('of the same type at once are stored once', async () => {
    const { runner, job, rows } = await begun();
    const replies = await Promise.all(['a', 'b', 'c'].map((text) => runner.artifact(job, Buffer.from(text))));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 400, 400]);
    expect(await rows()).toHaveLength(1);
  });

  test.each([
    ['an unknown type', { artifact_type: 'novel' }, { error: 'artifact_type does not have a valid value' }],
    [
      'an unknown format',
      { artifact_format: 'rar' },
      { error: 'artifact_format does not have a valid value' },
    ],
    [
      'a type in another format',
      { artifact_type: 'junit' },
      { message: '400 Bad request - Invalid file format with specified file type' },
    ],
    ['an unreadable expiry', { expire_in: 'soon' }, { error: 'expire_in is invalid' }],
    ['an expiry without end', { expire_in: '999999999999 years' }, { error: 'expire_in is invalid' }],
    ['the log of a job', { artifact_type: 'trace' }, { error: 'artifact_type does not have a valid value' }],
  ])('with %s are refused', async (_, query, message) => {
    const { runner, job, rows } = await begun();
    const reply = await runner.artifact(job, Buffer.from('a'), query);
    expect([reply.status, messageOf(reply)]).toEqual([400, message]);
    expect(await rows()).toEqual([]);
  });

  test('without a file are refused', async () => {
    const { runner, job, rows } = await begun();
    const send = (body: string, type: string) =>
      runner.send('POST', `/jobs/${job.id}/artifacts`, Buffer.from(body), {
        'JOB-TOKEN': job.token,
        'Content-Type': type,
      });
    for (const reply of [
      await send('--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n', FORM),
      await send('--b--\r\n', FORM),
      await send('{}', 'application/json'),
      await send('', 'multipart/form-data'),
    ])
      expect([reply.status, messageOf(reply)]).toEqual([400, { error: 'file is missing' }]);
    expect(await rows()).toEqual([]);
  });

  test('too large are refused with 413, whether their length was said or not, and leave nothing', async () => {
    const { runner, job, rows } = await begun();
    const large = Buffer.alloc(ARTIFACT_SIZE + 1);
    expect(await runner.artifact(job, large)).toMatchObject({ status: 413 });
    expect(await runner.artifact(job, Buffer.from('a'), { filesize: String(large.length) })).toMatchObject({
      status: 413,
    });
    expect(await rows()).toEqual([]);
    expect(await runner.artifact(job, Buffer.alloc(ARTIFACT_SIZE))).toMatchObject({ status: 201 });
  });

  test('far too large are refused while the runner still sends, and it reads the refusal', async () => {
    const { runner, job } = await begun();
    expect(await runner.artifact(job, Buffer.alloc(20 * 1024 * 1024))).toMatchObject({ status: 413 });
    expect(await runner.running(job)).toMatchObject({ status: 200 });
  });

  test('of which the runner broke off leave nothing', async () => {
    const { job, rows } = await begun();
    const staging = join(house.parts.config.data, 'blobs/tmp');
    const { hostname, port } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const part = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n${'half'.repeat(9000)}`;
    socket.write(
      `POST /api/v4/jobs/${job.id}/artifacts HTTP/1.1\r\nHost: x\r\nJOB-TOKEN: ${job.token}\r\n` +
        `Content-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${part.length.toString(16)}\r\n${part}\r\n`,
    );
    await expect.poll(() => readdir(staging)).toHaveLength(1);
    socket.destroy();
    await expect.poll(() => readdir(staging)).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  test('may come more slowly than any other body', async () => {
    const { job, rows } = await begun();
    const { hostname, port } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    const chunk = (text: string) => socket.write(`${text.length.toString(16)}\r\n${text}\r\n`);
    socket.write(
      `POST /api/v4/jobs/${job.id}/artifacts HTTP/1.1\r\nHost: x\r\nJOB-TOKEN: ${job.token}\r\n` +
        `Content-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    chunk('--b\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\nfirst, ');
    await sleep(3 * BODY_MS);
    chunk('and last\r\n--b--\r\n');
    socket.write('0\r\n\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 201 /);
    expect(await rows()).toMatchObject([{ size: 'first, and last'.length }]);
  });

  test('need the job to run, and its own token', async () => {
    const { runner, job, rows } = await begun();
    const bytes = Buffer.from('a');
    expect(await runner.artifact({ ...job, token: 'glcbt-wrong' }, bytes)).toMatchObject({ status: 403 });
    const waiting = await begunNot();
    expect(await waiting.runner.artifact(waiting.job, bytes)).toMatchObject({ status: 403 });
    await runner.finish(job, 'success');
    const late = await runner.artifact(job, bytes);
    expect([late.status, late.headers['job-status']]).toEqual([403, 'success']);
    expect(await rows()).toEqual([]);
  });

  /** A job that was handed out and not begun. */
  async function begunNot() {
    const { runner, start } = await moveIn(house);
    await start(planned('build'));
    return { runner, job: (await runner.request()).job! };
  }

  test('of all earlier stages, and of none beside it, are named to a job without needs', async () => {
    const { runner, start } = await moveIn(house);
    const artifacts = { paths: ['out/'] };
    await start(
      planned('build', { artifacts }),
      planned('test', { stage_idx: 2, artifacts }),
      planned('deploy', { stage_idx: 3, artifacts }),
      planned('report', { stage_idx: 3 }),
    );
    const named: Record<string, string[]> = {};
    for (let count = 0; count < 4; count++) {
      const { job } = await runner.request();
      named[job!.job_info.name] = job!.dependencies.map(({ name }) => name);
      await runner.running(job!);
      await runner.artifact(job!, Buffer.from('a'));
      await runner.finish(job!, 'success');
    }
    expect(named).toEqual({
      build: [],
      test: ['build'],
      deploy: ['build', 'test'],
      report: ['build', 'test'],
    });
  });

  test('are named to the job that depends on them, which fetches them with its own token', async () => {
    const { runner, job } = await begun();
    const bytes = Buffer.from('what was built');
    await runner.artifact(job, bytes);
    await runner.finish(job, 'success');
    const { job: consumer } = await runner.request();
    expect(consumer!.dependencies).toEqual([
      {
        id: job.id,
        name: 'build',
        token: consumer!.token,
        artifacts_file: { filename: 'artifacts.zip', size: bytes.length },
      },
    ]);
    await runner.running(consumer!);
    const download = await runner.download(job.id, consumer!.token);
    expect([download.status, download.body]).toEqual([200, bytes]);
    expect(download.headers['content-length']).toBe(String(bytes.length));
    expect(await runner.download(job.id, job.token)).toMatchObject({ status: 401 });
    expect(await runner.download(job.id, 'glcbt-wrong')).toMatchObject({ status: 401 });
    await runner.finish(consumer!, 'success');
    expect(await runner.download(job.id, consumer!.token)).toMatchObject({ status: 401 });
  });

  test.each(['', '?direct_download=true', '?direct_download=false'])(
    'come from the server itself, though their runner takes redirects: %s',
    async (query) => {
      const { runner, job } = await begun();
      await runner.artifact(job, Buffer.from('the archive'));
      const path = `/jobs/${job.id}/artifacts${query}`;
      const reply = await runner.send('GET', path, null, { 'JOB-TOKEN': job.token });
      expect([reply.status, reply.body.toString()]).toEqual([200, 'the archive']);
      expect(reply.headers.location).toBeUndefined();
    },
  );

  test('that are not there are 404, and those of another project are not to be had', async () => {
    const { runner, job } = await begun();
    expect(await runner.download(job.id, job.token)).toMatchObject({ status: 404 });
    await runner.artifact(job, Buffer.from('a'));
    expect(await runner.download(job.id, job.token)).toMatchObject({ status: 200 });
    const stranger = await begun();
    expect(await stranger.runner.download(job.id, stranger.job.token)).toMatchObject({ status: 403 });
    expect(await stranger.runner.download(999_999, stranger.job.token)).toMatchObject({ status: 403 });
  });

  test('are not named to a job once they have expired', async () => {
    const { runner, job, pipeline } = await begun();
    await runner.artifact(job, Buffer.from('a'), { expire_in: '1 min' });
    await runner.finish(job, 'success');
    house.ahead += 61_000;
    const reply = await runner.request();
    house.ahead -= 61_000;
    expect(reply.job).toBeNull();
    expect((await jobsOf(house.parts.db, pipeline))['test']).toMatchObject({
      status: 'failed',
      failure_reason: 'missing_dependency_failure',
    });
  });
});
