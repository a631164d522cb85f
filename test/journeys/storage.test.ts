import { beforeAll, describe, expect, test } from 'vitest';
import { applyRetention } from '../../src/retention/apply-retention.ts';
import { foldSomeStorage } from '../../src/storage/storage-store.ts';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, jobIn, personWith, refusal } from '../support/job-scenes.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';

const DAY = 86_400_000;

interface Storage {
  storage_size: number;
  kinds: { kind: string; size: number; count: number }[];
  quotas: { kind: string; full_path: string; storage_limit: number; storage_size: number }[];
  rules: { kind: string; rule: string; value: number; source: string }[];
  next: { kind: string; id: number; name: string; size: number | null; goes_at: string; rule: string }[];
}

describe.each(databases)('what a project stores, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  const storage = async (at: string) => {
    const { status, body } = await house.api<Storage>('GET', `${at}/storage`);
    expect(status).toBe(200);
    return body;
  };
  const sizes = async (at: string) =>
    Object.fromEntries((await storage(at)).kinds.map((one) => [one.kind, [one.size, one.count]]));
  const set = async (at: string, body: object) => {
    const reply = await house.api('PUT', at, { body });
    expect(reply.status).toBe(200);
  };
  const sealed = (jobId: number) =>
    until('the log is sealed', async () => {
      const row = await house.parts.db.read
        .selectFrom('job_traces')
        .select('state')
        .where('job_id', '=', jobId)
        .executeTakeFirst();
      return row?.state === 'sealed' ? true : undefined;
    });
  /** Ends a job of the project with this log and, if it is given, this archive. */
  const runJob = async (
    { runner, start }: Awaited<ReturnType<typeof moveIn>>,
    log: string,
    archive?: Buffer,
    upload: Record<string, string> = {},
  ) => {
    const pipeline_id = await start(planned('job'));
    const { job } = await runner.request();
    await runner.running(job!);
    if (log) await runner.patch(job!, log);
    if (archive) expect((await runner.artifact(job!, archive, upload)).status).toBe(201);
    expect((await runner.finish(job!, 'success', log)).status).toBe(200);
    await sealed(job!.id);
    return { pipeline_id, id: job!.id };
  };
  const retain = async (limits = house.parts.limits) => {
    const [, , handler] = applyRetention(house.parts.db, limits, house.parts.clock);
    await handler({ key: '', payload: {} }, new AbortController().signal);
  };
  const jobStatus = async (at: string, id: number) =>
    (await house.api('GET', `${at}/jobs/${id}/trace`)).status;

  test('is counted to the byte as it comes and goes, and stays so when the changes are added up', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    expect(await sizes(at)).toEqual({ artifacts: [0, 0], traces: [0, 0] });
    const first = await runJob(room, '12345', Buffer.from('a'.repeat(100)));
    await runJob(room, '123', Buffer.from('a'.repeat(7)));
    expect(await sizes(at)).toEqual({ artifacts: [107, 2], traces: [8, 2] });
    while ((await foldSomeStorage(house.parts.db, 3)) > 0);
    expect(await sizes(at)).toEqual({ artifacts: [107, 2], traces: [8, 2] });
    expect((await house.api('POST', `${at}/jobs/${first.id}/erase`)).status).toBe(201);
    expect(await sizes(at)).toEqual({ artifacts: [7, 1], traces: [3, 1] });
    while ((await foldSomeStorage(house.parts.db, 500)) > 0);
    expect(await sizes(at)).toEqual({ artifacts: [7, 1], traces: [3, 1] });
    expect((await storage(at)).storage_size).toBe(10);
  });

  test('of many changes at once each is counted', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    const jobs = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const runner = await room.addRunner();
        await room.start(planned(`job ${index}`));
        const { job } = await runner.request();
        await runner.running(job!);
        await runner.artifact(job!, Buffer.alloc(10 + index));
        await Promise.all([runner.finish(job!, 'success'), foldSomeStorage(house.parts.db, 5)]);
        return job!.id;
      }),
    );
    for (const id of jobs) await sealed(id);
    while ((await foldSomeStorage(house.parts.db, 5)) > 0);
    expect(await sizes(at)).toEqual({ artifacts: [108, 8], traces: [0, 8] });
  });

  test('goes with its bytes when a pipeline is deleted', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    await house.parts.repositories.create(room.project.id, 'main');
    const { pipeline_id, id } = await runJob(room, 'a log', Buffer.from('an archive'));
    const { blob_key } = await house.parts.db.read
      .selectFrom('job_artifacts')
      .select('blob_key')
      .where('job_id', '=', id)
      .executeTakeFirstOrThrow();
    expect((await house.api('DELETE', `${at}/pipelines/${pipeline_id}`)).status).toBe(204);
    expect(await sizes(at)).toEqual({ artifacts: [0, 0], traces: [0, 0] });
    await until('the bytes are freed', async () =>
      (await house.parts.blobs.stat(blob_key)) ? undefined : true,
    );
  });

  test('is bounded by its quota: what is too much is refused with a message that says so', async () => {
    const { runner, payload, project } = await jobIn(house, 'running');
    await set(project, { storage_limit: 100 });
    expect((await runner.artifact(payload!, Buffer.alloc(100))).status).toBe(201);
    const refused = await runner.artifact(payload!, Buffer.alloc(1), {
      artifact_type: 'junit',
      artifact_format: 'gzip',
    });
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.body.toString())).toEqual({
      message: expect.stringMatching(
        /^413 Request Entity Too Large - The project \S+ stores 100 of 100 bytes: delete artifacts/,
      ),
    });
    expect(await sizes(project)).toMatchObject({ artifacts: [100, 1] });
    // A log is taken all the same.
    expect((await runner.patch(payload!, 'why it failed')).status).toBe(202);
    expect((await storage(project)).quotas).toEqual([
      expect.objectContaining({ kind: 'project', storage_limit: 100, storage_size: 100 }),
    ]);
    await set(project, { storage_limit: null });
    expect((await storage(project)).quotas).toEqual([]);
  });

  test('of several uploads at once only as many are taken as there is room for', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    await set(at, { storage_limit: 250 });
    await room.start(...[1, 2, 3, 4, 5].map((number) => planned(`job ${number}`)));
    const claimed = [];
    for (let number = 1; number <= 5; number += 1) {
      const runner = await room.addRunner();
      const { job } = await runner.request();
      await runner.running(job!);
      claimed.push({ runner, job: job! });
    }
    const replies = await Promise.all(
      claimed.map(({ runner, job }) => runner.artifact(job, Buffer.alloc(100))),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 201, 413, 413, 413]);
    expect(await sizes(at)).toMatchObject({ artifacts: [200, 2] });
  });

  test('counts towards the quota of every group above', async () => {
    const group = async (path: string, parent_id?: number) =>
      (await house.api<{ id: number }>('POST', '/groups', { body: { name: path, path, parent_id } })).body.id;
    const top = await group(`top-${kind}`);
    const below = await group('below', top);
    const scene = await jobIn(house, 'running');
    await house.parts.db.write((tx) =>
      tx.updateTable('projects').set({ namespace_id: below }).where('id', '=', scene.project_id).execute(),
    );
    await set(`/groups/${top}`, { storage_limit: 50 });
    expect((await scene.runner.artifact(scene.payload!, Buffer.alloc(51))).status).toBe(413);
    expect((await scene.runner.artifact(scene.payload!, Buffer.alloc(50))).status).toBe(201);
    expect((await storage(scene.project)).quotas).toEqual([
      { kind: 'group', id: top, full_path: `top-${kind}`, storage_limit: 50, storage_size: 50 },
    ]);
  });

  test('has its quota from administrators, its rules from maintainers, and is shown to reporters', async () => {
    const { project, project_id } = await jobIn(house, 'pending');
    const maintainer = await personWith(house.api, 'maintainer', project_id);
    const as = { token: maintainer.token };
    expect(refusal(await house.api('PUT', project, { body: { storage_limit: 5 }, ...as }))).toEqual(
      FORBIDDEN,
    );
    expect(
      (await house.api('PUT', project, { body: { ci_delete_traces_in_seconds: 60 }, ...as })).status,
    ).toBe(200);
    expect(
      refusal(await house.api('PUT', project, { body: { ci_delete_traces_in_seconds: 0 }, ...as })),
    ).toEqual([400, { error: 'ci_delete_traces_in_seconds does not have a valid value' }]);
    const reporter = await personWith(house.api, 'reporter', project_id);
    const guest = await personWith(house.api, 'guest', project_id);
    expect((await house.api('GET', `${project}/storage`, { token: reporter.token })).status).toBe(200);
    expect(refusal(await house.api('GET', `${project}/storage`, { token: guest.token }))).toEqual(FORBIDDEN);
  });

  test('tells what will go, when and why, and then it goes: by age', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    const old = await runJob(room, 'old', Buffer.from('old'));
    house.ahead += 5 * DAY;
    const young = await runJob(room, 'young', Buffer.from('young'));
    await set(at, { ci_delete_traces_in_seconds: (7 * DAY) / 1000 });
    const { rules, next } = await storage(at);
    expect(rules).toContainEqual({ kind: 'traces', rule: 'age', value: 604_800, source: 'project' });
    expect(rules).toContainEqual({
      kind: 'artifacts',
      rule: 'expire_in',
      value: 2_592_000,
      source: 'instance',
    });
    expect(next.map(({ kind: what, rule, id }) => [what, rule, id])).toEqual([
      ['trace', 'age', old.id],
      ['trace', 'age', young.id],
      // The younger one's is the latest of its ref: it stays.
      ['artifact', 'expire_in', expect.any(Number)],
    ]);
    await retain();
    expect(await sizes(at)).toMatchObject({ traces: [8, 2] });
    house.ahead = Date.parse(next[0]!.goes_at) - Date.now() + 1000;
    await retain();
    expect(await sizes(at)).toMatchObject({ traces: [5, 1], artifacts: [8, 2] });
    expect([await jobStatus(at, old.id), await jobStatus(at, young.id)]).toEqual([404, 200]);
  });

  test('goes by when a job has ended, also when somebody played it long after newer ones', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    const first = await room.start(planned('late', { when: 'manual' }));
    const [late] = (await house.api<{ id: number }[]>('GET', `${at}/pipelines/${first}/jobs`)).body;
    const before = house.ahead;
    const old = await runJob(room, 'old');
    const less = await runJob(room, 'less old');
    house.ahead += 5 * DAY;
    expect((await house.api('POST', `${at}/jobs/${late!.id}/play`)).status).toBe(200);
    const { job } = await room.runner.request();
    await room.runner.running(job!);
    await room.runner.patch(job!, 'late');
    await room.runner.finish(job!, 'success', 'late');
    await sealed(late!.id);
    expect(late!.id).toBeLessThan(old.id);

    await set(at, { ci_delete_traces_in_seconds: (7 * DAY) / 1000 });
    const { next } = await storage(at);
    expect(next.filter((one) => one.kind === 'trace').map(({ id }) => id)).toEqual([
      old.id,
      less.id,
      late!.id,
    ]);
    house.ahead = before + 8 * DAY;
    await set(at, { ci_delete_traces_in_seconds: null, ci_delete_traces_above_count: 2 });
    await retain();
    const statuses = async () => Promise.all([old, less, late!].map(({ id }) => jobStatus(at, id)));
    expect(await statuses()).toEqual([404, 200, 200]);
    await set(at, { ci_delete_traces_in_seconds: (7 * DAY) / 1000 });
    await retain();
    expect(await statuses()).toEqual([404, 404, 200]);
  });

  test('keeps the newest of each kind: by count', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    await house.parts.repositories.create(room.project.id, 'main');
    await set(at, { keep_latest_artifact: false });
    const jobs = [];
    for (const log of ['1', '22', '333', '4444']) jobs.push(await runJob(room, log, Buffer.from(log)));
    await set(at, {
      ci_delete_pipelines_above_count: 3,
      ci_delete_traces_above_count: 2,
      ci_delete_artifacts_above_count: 1,
    });
    expect((await storage(at)).next.filter(({ rule }) => rule === 'count').map((one) => one.kind)).toEqual(
      expect.arrayContaining(['pipeline', 'trace', 'artifact']),
    );
    await retain();
    const { body } = await house.api<{ id: number }[]>('GET', `${at}/pipelines`);
    expect(body.map(({ id }) => id)).toEqual(
      jobs
        .slice(1)
        .map((one) => one.pipeline_id)
        .toReversed(),
    );
    expect(await sizes(at)).toEqual({ traces: [7, 2], artifacts: [4, 1] });
    await retain();
    expect(await sizes(at)).toEqual({ traces: [7, 2], artifacts: [4, 1] });
  });

  test('leaves what is under way and what is locked, however old', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    const kept = await runJob(room, 'kept', Buffer.from('kept'));
    await house.parts.db.write((tx) =>
      tx
        .updateTable('job_artifacts')
        .set({ locked_ref: 'refs/heads/main' })
        .where('job_id', '=', kept.id)
        .execute(),
    );
    const open = await room.start(planned('job'));
    const { job } = await room.runner.request();
    await room.runner.running(job!);
    await room.runner.patch(job!, 'still running');
    await set(at, {
      ci_delete_pipelines_in_seconds: 60,
      ci_delete_traces_in_seconds: 60,
      ci_delete_artifacts_in_seconds: 60,
    });
    const before = house.ahead;
    house.ahead += DAY;
    await retain();
    house.ahead = before;
    const { body } = await house.api<{ id: number }[]>('GET', `${at}/pipelines`);
    expect(body.map(({ id }) => id)).toEqual([open, kept.pipeline_id]);
    expect(await sizes(at)).toEqual({ artifacts: [4, 1], traces: [0, 0] });
    expect(await jobStatus(at, job!.id)).toBe(200);
  });

  test('a pipeline stays while a child of its child runs', async () => {
    const room = await moveIn(house);
    const { repositories } = house.parts;
    const at = `/projects/${room.project.id}`;
    await repositories.create(room.project.id, 'main');
    const below = (upstream_pipeline_id: number) =>
      house.start(room.project, [planned('job')], {
        source: 'parent_pipeline',
        upstream_pipeline_id,
      });
    const end = async () => {
      const { job } = await room.runner.request();
      await room.runner.running(job!);
      await room.runner.finish(job!, 'success');
    };
    const parent = await room.start(planned('job'));
    await end();
    const child = await below(parent);
    await end();
    await below(child);
    const young = await room.start(planned('job'));
    await set(at, { ci_delete_pipelines_above_count: 1 });
    const left = async () =>
      (await house.api<{ id: number }[]>('GET', `${at}/pipelines`)).body.map(({ id }) => id);
    await retain();
    expect(await left()).toEqual([young, parent]);
    await end();
    await retain();
    expect(await left()).toEqual([young]);
  });

  test('goes by the limits of the server where the project is not stricter', async () => {
    const room = await moveIn(house);
    const other = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    await set(at, { ci_delete_traces_in_seconds: 10 * 86_400 });
    await runJob(room, 'a');
    await runJob(other, 'b');
    house.ahead += 2 * DAY;
    await retain({ ...house.parts.limits, delete_traces_in: 86_400 });
    expect(await sizes(at)).toMatchObject({ traces: [0, 0] });
    expect(await sizes(`/projects/${other.project.id}`)).toMatchObject({ traces: [0, 0] });
  });

  test('a job whose variables ask for a debug trace has a log for developers alone', async () => {
    for (const key of ['CI_DEBUG_TRACE', 'CI_DEBUG_SERVICES']) {
      const variable = { key, value: 'true', public: true, file: false, masked: false, raw: false };
      const { at, project, project_id } = await jobIn(house, 'running', {
        job: { variables: [variable] },
        log: 'x',
      });
      await house.api('PUT', project, { body: { visibility: 'public' } });
      const reporter = await personWith(house.api, 'reporter', project_id);
      expect(refusal(await house.api('GET', `${at}/trace`, { token: reporter.token }))).toEqual(FORBIDDEN);
    }
    const off = {
      key: 'CI_DEBUG_TRACE',
      value: 'false',
      public: true,
      file: false,
      masked: false,
      raw: false,
    };
    const { at, project_id } = await jobIn(house, 'running', { job: { variables: [off] }, log: 'x' });
    const reporter = await personWith(house.api, 'reporter', project_id);
    expect((await house.api('GET', `${at}/trace`, { token: reporter.token })).status).toBe(200);
  });

  test('a runner is asked for its log more often while somebody watches', async () => {
    const { at, runner, payload } = await jobIn(house, 'running');
    const interval = async (text: string, start: number) =>
      (await runner.patch(payload!, text, start)).headers['x-gitlab-trace-update-interval'];
    expect(await interval('a', 0)).toBe('10');
    await house.api('GET', `${at}/trace`);
    expect(await interval('b', 1)).toBe('3');
  });
});
