import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { START } from '../../test/support/pipelines.ts';
import { CONFIG, openPushHouse, settings } from '../../test/support/push-house.ts';
import { serverAndTree } from '../../test/support/repositories.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { findUser } from '../access/access-store.ts';
import type { Database } from '../db/database.ts';
import { deletePipelineRefs, pipelineRef } from '../git/pipeline-refs.ts';
import { refValues } from '../git/refs.ts';
import { ZERO_SHA } from '../git/repository.ts';
import type { RefUpdate } from '../git/update-refs.ts';
import { findProject } from '../projects/project-store.ts';
import { acceptOpenPushes } from './accept-push.ts';
import { createPipeline } from './create-pipeline.ts';
import { openPushes } from './push-store.ts';
import { startPipelines } from './start-pipeline.ts';

const HOUR = 3_600_000;

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });
  const house = () => openPushHouse(db);

  test('a push whose end nobody has seen has its pipeline later, and then is over', async () => {
    const { push, store, reconcile, pipelines, project_id } = await house();
    const seen = await push({ '.gitlab-ci.yml': CONFIG });
    await store(seen);
    const never = [{ ref: 'refs/heads/other', old: ZERO_SHA, new: seen[0]!.new }];
    const half = await push({ a: 'b' }, ['refs/heads/half']);
    await store([...half, ...never]);
    await reconcile(START);
    expect((await pipelines()).map(({ ref }) => ref)).toEqual(['main', 'half']);
    const open = async () =>
      (await openPushes(db.read, 0, 100, START)).filter((each) => each.project_id === project_id);
    expect(await open()).toHaveLength(1);
    await reconcile(START + 2 * HOUR);
    expect(await open()).toEqual([]);
    expect(await pipelines()).toHaveLength(2);
  });

  test('a push whose pipelines cannot be made is tried ever more seldom, and kept', async () => {
    const { push, store, repositories, pipelines } = await house();
    await store(await push({ '.gitlab-ci.yml': CONFIG }));
    let tries = 0;
    const failing = {
      ...settings,
      compile: async () => {
        tries++;
        throw new Error('no compiler today');
      },
    };
    const tried: number[] = [];
    for (let at = START; at < START + HOUR; at += 3000) {
      const before = tries;
      await acceptOpenPushes(db, repositories, failing, at, () => {});
      if (tries > before) tried.push((at - START) / 1000);
    }
    expect(tried.slice(0, 5)).toEqual([0, 3, 9, 21, 45]);
    expect(tried.length).toBeLessThan(12);
    await acceptOpenPushes(db, repositories, settings, START + 3 * HOUR, () => {});
    expect(await pipelines()).toHaveLength(1);
  });

  test('a crash between the rows and the start is mended', async () => {
    const { push, accept, repositories, pipelines } = await house();
    const { repositories: empty } = await serverAndTree();
    const commands = await push({ '.gitlab-ci.yml': CONFIG });
    await accept(commands);
    const [made] = await pipelines();
    // As it was just after the rows were stored.
    await db.write(async (tx) => {
      await tx.updateTable('pipelines').set({ status: 'created' }).where('id', '=', made!.id).execute();
      await tx.updateTable('jobs').set({ status: 'created' }).where('pipeline_id', '=', made!.id).execute();
      await tx.deleteFrom('job_queue').where('pipeline_id', '=', made!.id).execute();
    });
    const [kindOfWork, start] = startPipelines(db, repositories, () => START);
    const [, fail] = startPipelines(db, empty, () => START);
    const work = { key: String(made!.id), payload: {} };
    const signal = new AbortController().signal;
    expect(kindOfWork).toBe('start_pipeline');
    await expect(fail(work, signal)).rejects.toThrow(/git|ENOENT|exist/);
    expect((await pipelines())[0]!.status).toBe('created');
    await start(work, signal);
    await start(work, signal);
    expect((await pipelines())[0]!.status).toBe('pending');
  });

  test('a run of a schedule that a crash cut short is repeated for its commit, wherever the branch is by now', async () => {
    const { push, repositories, repository, project_id, user_id, pipelines } = await house();
    const run = async (command: RefUpdate | undefined) => {
      const [project, user] = [
        await findProject(db.read, String(project_id)),
        await findUser(db.read, user_id),
      ];
      const request = { ref: 'main', tag: false, before_sha: ZERO_SHA, source: 'schedule', variables: [] };
      const of = { project: project!, user: user!, sha: command!.new, push_id: null };
      const origin = { pipeline_schedule_run: `run of ${project_id}` };
      await createPipeline(db, repositories, settings, { ...request, ...of, origin }, START);
    };
    const [first] = await push({ '.gitlab-ci.yml': CONFIG });
    await run(first);
    const [made] = await pipelines();
    await deletePipelineRefs(repository, [made!.id]);
    const [second] = await push({ '.gitlab-ci.yml': `${CONFIG}\n# moved` });
    await run(second);
    expect(await pipelines()).toMatchObject([{ id: made!.id, sha: first!.new }]);
    const ref = pipelineRef(made!.id);
    expect((await refValues(repository, [ref])).get(ref)).toBe(first!.new);
  });
});
