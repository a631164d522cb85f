import { describe, expect, test } from 'vitest';
import { foldSomeStorage } from '../../src/storage/storage-store.ts';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, jobIn, personWith, refusal } from '../support/job-scenes.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse } from '../support/runner-house.ts';
import { storageOf } from '../support/storage.ts';
import { until } from '../support/until.ts';

describe.each(databases)('what a project stores, on %s', async (kind) => {
  const house = await openRunnerHouse(kind);
  const { storage, sizes, set, sealed, runJob } = storageOf(house);

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
});
