import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, planned, startedPipeline } from '../../test/support/pipelines.ts';
import { plansOf } from '../../test/support/plans.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { queuePosition } from './queue-position-store.ts';

describe.each(databases)('the place in the queue on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  /** A project with so many pending jobs of that tag, two at least; answers their ids. */
  const flood = async (tag: string, count: number, priority = 0): Promise<number[]> => {
    const project = await createProject(db);
    const tag_list = [tag];
    const pipeline_id = await startedPipeline(db, project, [planned('first', { tag_list })]);
    await db.write(async (tx) => {
      await sql`INSERT INTO jobs (kind, project_id, pipeline_id, name, stage, stage_idx, status, ref, tag, sha,
          protected, allow_failure, "when", scheduling_type, tag_list, created_at, updated_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
        SELECT kind, project_id, pipeline_id, name, stage, stage_idx, status, ref, tag, sha, protected,
          allow_failure, "when", scheduling_type, tag_list, created_at, updated_at
        FROM jobs, n WHERE pipeline_id = ${pipeline_id}`.execute(tx);
      await sql`INSERT INTO job_queue (job_id, pipeline_id, project_id, tag_list, protected, priority, since)
        SELECT id, pipeline_id, project_id, tag_list, protected, 0, 1 FROM jobs
        WHERE pipeline_id = ${pipeline_id} AND id NOT IN (SELECT job_id FROM job_queue)`.execute(tx);
      for (const table of ['job_queue', 'queued_projects'] as const)
        await tx.updateTable(table).set({ priority }).where('project_id', '=', project.id).execute();
    });
    const rows = await db.read
      .selectFrom('job_queue')
      .select('job_id')
      .where('pipeline_id', '=', pipeline_id)
      .orderBy('job_id')
      .execute();
    return rows.map(({ job_id }) => job_id);
  };
  const placeOf = (id: number | undefined) => queuePosition(db.read, id!, []);

  test('counts the turns of projects however many jobs they have', async () => {
    const small = await flood('turns', 30);
    const middle = await flood('turns', 500);
    const large = await flood('turns', 2000);
    expect(await placeOf(small[0])).toBe(1);
    expect(await placeOf(small[29])).toBe(30 + 29 + 29);
    expect(await placeOf(middle[299])).toBe(300 + 30 + 299);
    expect(await placeOf(large[1999])).toBe(2000 + 30 + 500);
    const urgent = await flood('turns', 3000, 1);
    expect(await placeOf(urgent[2999])).toBe(3000);
    expect(await placeOf(small[0])).toBe(3001);
  });

  test('is not said of what is too far back, for whose sake others are not counted on', async () => {
    const last = (await flood('far', 2))[0];
    await flood('far', 9_998, 1);
    expect(await placeOf(last)).toBe(9_999);
    await flood('far', 2, 1);
    expect(await placeOf(last)).toBeNull();
    const plans = await plansOf(db, () => placeOf(last));
    expect(plans.length).toBeLessThan(7);
    for (const plan of plans) expect(plan).not.toMatch(/scan (on )?job_queue/i);
  });
});
