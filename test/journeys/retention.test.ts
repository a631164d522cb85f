import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse } from '../support/runner-house.ts';
import { storageOf } from '../support/storage.ts';

const DAY = 86_400_000;

describe.each(databases)('what a project stores and goes by itself, on %s,', async (kind) => {
  const house = await openRunnerHouse(kind);
  const { storage, sizes, set, sealed, runJob, retain, jobStatus } = storageOf(house);

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

  test('leaves the artifacts of a pipeline that is under way to its later jobs', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    await set(at, { ci_delete_artifacts_above_count: 1, ci_delete_artifacts_in_seconds: 60 });
    await room.start(planned('a'), planned('b'), planned('use', { stage_idx: 2 }));
    const [a, b] = [(await room.runner.request()).job!, (await room.runner.request()).job!];
    for (const job of [a, b]) {
      await room.runner.running(job);
      expect((await room.runner.artifact(job, Buffer.from('what was built'))).status).toBe(201);
    }
    await room.runner.finish(a, 'success');
    house.ahead += 120_000;
    await retain();
    expect((await storage(at)).next).toMatchObject([{ rule: 'expire_in' }, { rule: 'expire_in' }]);
    await room.runner.finish(b, 'success');
    await retain();
    const { job: use } = await room.runner.request();
    expect(use!.dependencies).toMatchObject([{ id: a.id }, { id: b.id }]);
    await room.runner.running(use!);
    await room.runner.finish(use!, 'failed');
    await retain();
    expect(await sizes(at)).toMatchObject({ artifacts: [0, 0] });
  });

  test('leaves the artifacts of a pipeline whose child is under way', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    const end = async (archive?: Buffer) => {
      const { job } = await room.runner.request();
      await room.runner.running(job!);
      if (archive) await room.runner.artifact(job!, archive);
      await room.runner.finish(job!, 'failed');
    };
    const upstream_pipeline_id = await room.start(planned('job'));
    await end(Buffer.from('old'));
    await house.start(room.project, [planned('job')], { source: 'parent_pipeline', upstream_pipeline_id });
    await set(at, { ci_delete_artifacts_in_seconds: 60 });
    house.ahead += 120_000;
    await retain();
    expect(await sizes(at)).toMatchObject({ artifacts: [3, 1] });
    await end();
    await retain();
    expect(await sizes(at)).toMatchObject({ artifacts: [0, 0] });
  });

  test('fails a job that somebody plays when the artifacts it depends on have gone', async () => {
    const room = await moveIn(house);
    const at = `/projects/${room.project.id}`;
    const pipeline = await room.start(
      planned('build'),
      planned('deploy', { stage_idx: 2, when: 'manual' }),
      planned('last', { stage_idx: 3, when: 'always', dependencies: [] }),
    );
    const { job: build } = await room.runner.request();
    await room.runner.running(build!);
    await room.runner.artifact(build!, Buffer.from('what was built'), { expire_in: 'never' });
    await room.runner.finish(build!, 'success');
    await set(at, { ci_delete_artifacts_in_seconds: 60 });
    house.ahead += 120_000;
    await retain();
    expect(await sizes(at)).toMatchObject({ artifacts: [0, 0] });
    const deploy = async () =>
      (
        await house.api<{ id: number; name: string; status: string; failure_reason?: string }[]>(
          'GET',
          `${at}/pipelines/${pipeline}/jobs`,
        )
      ).body.find(({ name }) => name === 'deploy')!;
    expect((await house.api('POST', `${at}/jobs/${(await deploy()).id}/play`)).status).toBe(200);
    const { job: last } = await room.runner.request();
    expect(last!.job_info.name).toBe('last');
    expect(await deploy()).toMatchObject({ status: 'failed', failure_reason: 'missing_dependency_failure' });
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
});
