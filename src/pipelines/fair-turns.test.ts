import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, createTestRunner, planned, startedPipeline } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { requeuePipeline } from '../jobs/job-queue.ts';
import { tidyTurns } from '../jobs/queue-turn-store.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import { claimJob } from './claim-job.ts';

const NOW = 1_700_000_000_000;

const many = (name: string, count: number, over = {}) =>
  Array.from({ length: count }, (_, index) => planned(`${name}${index + 1}`, over));

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });
  beforeEach(async () => {
    await db.write(async (tx) => {
      await tx.deleteFrom('job_queue').execute();
      await tx.deleteFrom('queued_projects').execute();
    });
  });

  type Runner = Awaited<ReturnType<typeof createTestRunner>>;
  const claim = ({ runner, manager }: Runner) => claimJob(db, runner, manager, NOW, 60_000);
  const namesClaimed = async (runner: Runner, count: number) => {
    const names: (string | null)[] = [];
    for (let each = 0; each < count; each++) names.push((await claim(runner))?.job.name ?? null);
    return names;
  };
  const prioritise = (id: number, priority: number) =>
    db.write(async (tx) => {
      await tx.updateTable('pipelines').set({ priority }).where('id', '=', id).execute();
      await requeuePipeline(tx, id);
    });
  const rows = () => db.read.selectFrom('queued_projects').selectAll().execute();

  test('a single job waits behind no more than one job of a project that has hundreds', async () => {
    await startedPipeline(db, await createProject(db), many('flood', 300));
    await startedPipeline(db, await createProject(db), [planned('single')]);
    const runner = await createTestRunner(db);
    expect(await namesClaimed(runner, 3)).toEqual(['flood1', 'single', 'flood2']);
  });

  test('projects take turns, each in the order of its jobs, whatever their tags', async () => {
    const tagged = { tag_list: ['linux'] };
    await startedPipeline(db, await createProject(db), [...many('a', 2), ...many('at', 2, tagged)]);
    await startedPipeline(db, await createProject(db), many('b', 3, tagged));
    const runner = await createTestRunner(db, { tag_list: ['linux'] });
    expect(await namesClaimed(runner, 8)).toEqual(['a1', 'b1', 'a2', 'b2', 'at1', 'b3', 'at2', null]);
  });

  test('a project that comes back stands behind those that wait already', async () => {
    const [first, second] = [await createProject(db), await createProject(db)];
    const runner = await createTestRunner(db);
    await startedPipeline(db, first, [planned('a')]);
    expect(await namesClaimed(runner, 2)).toEqual(['a', null]);
    expect(await rows()).toEqual([]);
    await startedPipeline(db, second, many('b', 2));
    await startedPipeline(db, first, [planned('again')]);
    expect(await namesClaimed(runner, 3)).toEqual(['b1', 'again', 'b2']);
  });

  test('a higher priority goes before all turns, also when it is given while the jobs wait', async () => {
    const project = await createProject(db);
    await startedPipeline(db, project, many('plain', 2));
    const urgent = await startedPipeline(db, await createProject(db), many('urgent', 3));
    const low = await startedPipeline(db, await createProject(db), many('low', 1));
    await prioritise(urgent, 5);
    await prioritise(low, -1);
    const runner = await createTestRunner(db);
    expect(await namesClaimed(runner, 6)).toEqual([
      'urgent1',
      'urgent2',
      'urgent3',
      'plain1',
      'plain2',
      'low1',
    ]);
  });

  test('places in the row that no runner comes upon are tidied up, those with jobs stay', async () => {
    const canceled = await startedPipeline(db, await createProject(db), many('x', 1, { tag_list: ['none'] }));
    await startedPipeline(db, await createProject(db), many('y', 1, { tag_list: ['none'] }));
    await cancelPipeline(db, canceled, NOW);
    expect(await rows()).toHaveLength(2);
    await tidyTurns(db);
    expect(await rows()).toHaveLength(1);
  });

  test('no job is lost between a runner that finds its project empty and one that comes in', async () => {
    const project = await createProject(db);
    const runner = await createTestRunner(db);
    const claimed = new Set<number>();
    for (let round = 0; round < 30; round++) {
      await startedPipeline(db, project, [planned('before')]);
      const [first, second, , third] = await Promise.all([
        claim(runner),
        claim(runner),
        startedPipeline(db, project, [planned('meanwhile')]),
        claim(runner),
        tidyTurns(db),
      ]);
      for (const each of [first, second, third]) if (each) claimed.add(each.job.id);
      for (let each = await claim(runner); each; each = await claim(runner)) claimed.add(each.job.id);
      expect(claimed.size).toBe(2 * (round + 1));
    }
  });
});
