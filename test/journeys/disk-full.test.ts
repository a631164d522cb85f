import { randomBytes } from 'node:crypto';
import { appendFile, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, ONE_JOB, workTree } from '../support/git-project.ts';
import { git, remoteOf, repositoryOf } from '../support/git.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse } from '../support/runner-house.ts';
import { bootServer } from '../support/server.ts';
import { type RunnerReply, SimulatedRunner } from '../support/simulated-runner.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DISK = 32 << 20;
/** What is left when a disk is said to be full: less than any write asks for. */
const NOTHING = 0;
const CHUNK = 256 << 10;
/** In a report that is larger read than as it was sent. */
const TESTS = 5000;

const NEEDS_ROOT = 'only root can mount a disk as small as that';
const REASON = '503 Service Unavailable - the storage is full';

/** Fills the disk until so many bytes are left. */
async function fill(disk: string, left: number): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  await appendFile(join(disk, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}
const free = (disk: string) => rm(join(disk, 'filler'));

const messageOf = (body: Buffer) => (JSON.parse(body.toString()) as { message: string }).message;

describe.each(databases)('a disk that fills up, on %s', (kind) => {
  const [disk, other] = [smallDisk(DISK), smallDisk(DISK)];

  test('is told with 503, and what was acknowledged before is kept', async ({ skip }) => {
    const data = disk ?? skip(NEEDS_ROOT);
    const house = await openRunnerHouse(kind, {}, { data });
    const { runner, start } = await moveIn(house);
    await start(planned('build'));
    const { job } = await runner.request();
    await runner.running(job!);
    const full = { status: 503 };

    await fill(data, 3 * CHUNK);
    const chunks: Buffer[] = [];
    let refused: RunnerReply | undefined;
    for (let size = 0; size < 8 * CHUNK; size += CHUNK) {
      const chunk = randomBytes(CHUNK);
      refused = await runner.patch(job!, chunk, size);
      if (refused.status !== 202) break;
      chunks.push(chunk);
    }
    expect(refused).toMatchObject(full);
    expect(messageOf(refused!.body)).toBe(REASON);
    expect(chunks.length).toBeGreaterThan(0);
    const upload = await runner.artifact(job!, randomBytes(4 * CHUNK));
    expect(upload).toMatchObject(full);
    expect(messageOf(upload.body)).toBe(REASON);
    expect(await house.api('GET', '/-/health', { token: null })).toMatchObject({ status: 200 });

    await free(data);
    const end = chunks.length * CHUNK;
    expect(await runner.patch(job!, 'the end', end)).toMatchObject({ status: 202 });
    expect(await runner.artifact(job!, randomBytes(4 * CHUNK))).toMatchObject({ status: 201 });
    const log = Buffer.concat([...chunks, Buffer.from('the end')]);
    expect(await runner.finish(job!, 'success', log)).toMatchObject({ status: 200 });
  });

  test('refuses a push in words; the same push goes through once there is space', async ({ skip }) => {
    const data = other ?? skip(NEEDS_ROOT);
    const { api, url, rootToken } = await bootServer({ database: kind, config: { data } });
    const project = await api<{ id: number }>('POST', '/projects', { body: { name: 'pushed' } });
    const source = temporaryFolder();
    await writeFile(join(source, '.gitlab-ci.yml'), 'job:\n  script: echo pushed\n');
    const tree = await repositoryOf(source);
    const push = () => git(tree, 'push', remoteOf(url, 'root/pushed', rootToken), 'HEAD:refs/heads/main');
    const pipelines = async () => {
      const { body } = await api<{ sha: string }[]>('GET', `/projects/${project.body.id}/pipelines`);
      return body.map(({ sha }) => sha);
    };
    await push();
    const first = (await git(tree, 'rev-parse', 'HEAD')).trim();
    expect(await pipelines()).toEqual([first]);

    await writeFile(join(tree, 'large'), randomBytes(4 * CHUNK));
    await git(tree, 'add', 'large');
    await git(tree, 'commit', '--quiet', '--message', 'Large');
    const second = (await git(tree, 'rev-parse', 'HEAD')).trim();
    await fill(data, CHUNK);
    await expect(push()).rejects.toThrow(/remote rejected|unpack|503/);
    expect(await api('GET', '/version')).toMatchObject({ status: 200 });
    expect(await pipelines()).toEqual([first]);

    await free(data);
    await push();
    expect(await pipelines()).toEqual([second, first]);
  });
});

describe.each(databases)('a disk for finished objects that fills up, on %s', (kind) => {
  const disk = smallDisk(DISK);

  test('keeps no job from its end; its log is sealed once there is space', async ({ skip }) => {
    const blobs = disk ?? skip(NEEDS_ROOT);
    const house = await openRunnerHouse(kind, {}, { blobs: `file:${blobs}` });
    const { runner, start, project } = await moveIn(house);
    await start(planned('build'));
    const { job } = await runner.request();
    await runner.running(job!);
    const log = randomBytes(CHUNK).toString('base64');
    expect(await runner.patch(job!, log)).toMatchObject({ status: 202 });
    const trace = () => house.api('GET', `/projects/${project.id}/jobs/${job!.id}/trace`);
    const files = async () => await readdir(join(house.parts.config.data, 'traces'), { recursive: true });
    const live = async () => (await files()).filter((name) => name.endsWith('.log')).length;

    await fill(blobs, NOTHING);
    expect(await runner.artifact(job!, randomBytes(CHUNK))).toMatchObject({ status: 503 });
    expect(await runner.finish(job!, 'success', log)).toMatchObject({ status: 200 });
    expect(await trace()).toMatchObject({ status: 200, body: log });
    expect(await live()).toBe(1);

    await free(blobs);
    await expect.poll(live, { timeout: 20_000 }).toBe(0);
    expect(await trace()).toMatchObject({ status: 200, body: log });
  });
});

describe.each(databases)('a disk for what is read out of reports that fills up, on %s', (kind) => {
  const disk = smallDisk(DISK);

  test('loses no report: it is read once there is space', async ({ skip }) => {
    const blobs = disk ?? skip(NEEDS_ROOT);
    const house = await openRunnerHouse(kind, {}, { blobs: `file:${blobs}` });
    const { runner, start, project } = await moveIn(house);
    const pipeline = await start(planned('build'));
    const { job } = await runner.request();
    await runner.running(job!);
    const cases = Array.from(
      { length: TESTS },
      () => `<testcase name="${randomBytes(32).toString('hex')}"/>`,
    );
    const report = gzipSync(`<testsuite name="all">${cases.join('')}</testsuite>`);
    const at = `/projects/${project.id}/pipelines/${pipeline}/test_report_summary`;
    const summary = () => house.api<{ message?: string; total?: { count: number } }>('GET', at);

    await fill(blobs, 2 * report.length);
    const junit = { artifact_type: 'junit', artifact_format: 'gzip' };
    expect(await runner.artifact(job!, report, junit, 'junit.xml.gz')).toMatchObject({ status: 201 });
    expect(await runner.finish(job!, 'success', '')).toMatchObject({ status: 200 });
    expect(await summary()).toMatchObject({ status: 503, body: { message: REASON } });

    await free(blobs);
    await expect.poll(async () => (await summary()).body.total?.count, { timeout: 60_000 }).toBe(TESTS);
  });
});

describe.runIf(databases.includes('sqlite'))('a disk that SQLite fills', () => {
  const [disk, another] = [smallDisk(DISK), smallDisk(DISK)];

  test('is told with 503, and what was acknowledged before stays', async ({ skip }) => {
    const data = disk ?? skip(NEEDS_ROOT);
    const { api } = await bootServer({ config: { data } });
    const { body: project } = await api<{ id: number }>('POST', '/projects', { body: { name: 'p' } });
    const change = (description: string) =>
      api<{ message: string }>('PUT', `/projects/${project.id}`, { body: { description } });
    const read = async () =>
      (await api<{ description: string }>('GET', `/projects/${project.id}`)).body.description;
    let acknowledged = 'while there was space';
    let refused = await change(acknowledged);
    await fill(data, NOTHING);
    // There may be room left in the files it has.
    for (let round = 0; refused.status === 200; round += 1) {
      expect(round).toBeLessThan(10_000);
      const description = `${round} ${'x'.repeat(1500)}`;
      refused = await change(description);
      if (refused.status === 200) acknowledged = description;
    }
    expect(refused).toMatchObject({ status: 503, body: { message: REASON } });
    expect(await api('GET', '/-/readiness', { token: null })).toMatchObject({ status: 200 });
    expect(await read()).toBe(acknowledged);

    await free(data);
    expect(await change('there is space')).toMatchObject({ status: 200 });
    expect(await read()).toBe('there is space');
  });

  test('is told at the end of a job and at a new pipeline, and neither is half done', async ({ skip }) => {
    const data = another ?? skip(NEEDS_ROOT);
    const { api, url, rootToken } = await bootServer({ config: { data } });
    const { body: project } = await api<{ id: number }>('POST', '/projects', { body: { name: 'p' } });
    const at = `/projects/${project.id}`;
    const tree = await workTree(remoteOf(url, 'root/p', rootToken));
    await commit(tree, { '.gitlab-ci.yml': ONE_JOB });
    await git(tree, 'push', 'origin', 'HEAD:refs/heads/main');
    const made = await api<{ token: string }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: project.id },
    });
    const runner = new SimulatedRunner(url, made.body.token);
    const { job } = await runner.request();
    await runner.running(job!);
    expect(await runner.patch(job!, 'done')).toMatchObject({ status: 202 });
    const pipelines = async () => (await api<{ status: string }[]>('GET', `${at}/pipelines`)).body;
    const create = () => api('POST', `${at}/pipeline?ref=main`);

    await fill(data, NOTHING);
    // Until the files that it has are full too.
    const full = { status: 503, body: { message: REASON } };
    for (let round = 0, last = 200; last === 200; round += 1) {
      expect(round).toBeLessThan(10_000);
      last = (await api('PUT', at, { body: { description: `${round} ${'x'.repeat(1500)}` } })).status;
    }
    expect(await create()).toMatchObject(full);
    expect(await runner.finish(job!, 'success', 'done')).toMatchObject({ status: 503 });
    expect(await pipelines()).toMatchObject([{ status: 'running' }]);

    await free(data);
    expect(await runner.finish(job!, 'success', 'done')).toMatchObject({ status: 200 });
    expect(await create()).toMatchObject({ status: 201 });
    expect(await pipelines()).toMatchObject([{ status: 'pending' }, { status: 'success' }]);
    runner.close();
  });
});
