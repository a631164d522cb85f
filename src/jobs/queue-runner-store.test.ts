import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  jobsOf,
  planned,
  startedPipeline,
} from '../../test/support/pipelines.ts';
import { plansOf } from '../../test/support/plans.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import {
  mayBeTaken,
  oldestQueued,
  runnersAround,
  runnersInScope,
  type StuckJob,
} from './queue-runner-store.ts';

/** So many that PostgreSQL, too, finds an index cheaper than all of them. */
const MANY = 40_000;

describe.each(databases)(`among ${MANY} runners of other projects on %s`, (kind) => {
  let db: Database;
  let job: StuckJob;
  let own: number;
  let shared: number;
  let foreign: number;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
    const project = await createProject(db);
    const id = await startedPipeline(db, project, [planned('a')]);
    const jobId = (await jobsOf(db, id))['a']!.id;
    shared = (await createTestRunner(db)).runner.id;
    own = (await createTestRunner(db, { runner_type: 'project_type', projects: [project.id] })).runner.id;
    const elsewhere = await createProject(db);
    const projects = [elsewhere.id];
    foreign = (await createTestRunner(db, { runner_type: 'project_type', projects })).runner.id;
    await db.write(async (tx) => {
      await sql`INSERT INTO runners
          (runner_type, token_digest, active, run_untagged, access_level, tag_list, created_at, updated_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
        SELECT CASE i % 2 WHEN 0 THEN 'project_type' ELSE 'group_type' END, 'digest ' || i,
          1, 1, 'not_protected', '[]', 1, 1 FROM n`.execute(tx);
      await sql`INSERT INTO runner_projects (runner_id, project_id) SELECT id, ${elsewhere.id}
        FROM runners WHERE token_digest LIKE 'digest %' AND runner_type = 'project_type'`.execute(tx);
      await sql`INSERT INTO namespaces
          (kind, name, path, full_path, full_name, visibility, created_at, updated_at)
        SELECT 'group', token_digest, token_digest, token_digest, token_digest, 'private', 1, 1
        FROM runners WHERE runner_type = 'group_type'`.execute(tx);
      await sql`INSERT INTO runner_namespaces (runner_id, namespace_id) SELECT runners.id, namespaces.id
        FROM runners INNER JOIN namespaces ON full_path = token_digest`.execute(tx);
      await tx.updateTable('runners').set({ contacted_at: null }).execute();
    });
    // As it does by itself after a while.
    if (kind === 'postgres')
      await sql`ANALYZE runners, runner_projects, runner_namespaces, namespaces`.execute(db.read);
    job = (await oldestQueued(db.read, Number.MAX_SAFE_INTEGER, { since: 0, job_id: 0 }, 10)).find(
      (one) => one.job_id === jobId,
    )!;
  });

  /** What `ask` answers, and that it walks over no table of runners. */
  const byIndexes = async <T>(ask: () => Promise<T>): Promise<T> => {
    let answer: T;
    const plans = await plansOf(db, async () => void (answer = await ask()));
    expect(plans).not.toEqual([]);
    for (const plan of plans)
      expect(plan).not.toMatch(
        /seq scan on runners\b|scan runner_|scan runners(?! using (covering )?index runners_instance)/i,
      );
    return answer!;
  };

  test('those of the project and of the instance are found by their indexes', async () => {
    const ids = await byIndexes(async () =>
      (await runnersAround(db.read, job, { everywhere: false })).map((each) => [each.id, each.in_scope]),
    );
    expect(ids).toEqual([
      [own, true],
      [shared, true],
    ]);
    expect(await byIndexes(() => runnersInScope(db.read, job.job_id, [own, shared, foreign]))).toEqual(
      new Set([shared, own]),
    );
  });

  test('whether one of them has called is told by the same', async () => {
    await db.write((tx) =>
      tx.updateTable('runners').set({ contacted_at: 5 }).where('id', '=', own).execute(),
    );
    expect(await byIndexes(() => mayBeTaken(db.read, job, 5))).toBe(true);
    expect(await byIndexes(() => mayBeTaken(db.read, job, 6))).toBe(false);
  });

  test('an administrator sees the newest of the others behind them', async () => {
    const around = await runnersAround(db.read, job, { everywhere: true });
    expect(around.length).toBe(1000);
    expect(around.slice(0, 3).map(({ id, in_scope }) => [id, in_scope])).toEqual([
      [own, true],
      [shared, true],
      [foreign + MANY, false],
    ]);
  });
});
