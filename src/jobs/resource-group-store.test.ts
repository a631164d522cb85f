import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, planned, startedPipeline } from '../../test/support/pipelines.ts';
import { plansOf } from '../../test/support/plans.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { listUpcomingJobs, nextUpcoming, PROCESS_MODES } from './resource-group-store.ts';

const JOBS = 30;
const GROUPS = 100;
const group = { id: 1 };
const first = { keyset: false, sort: 'asc', limit: 2, offset: 0, after: null } as const;

describe.each(databases)('jobs that wait for a resource on %s', (kind) => {
  let db: Database;
  let ids: number[];
  beforeAll(async () => {
    db = await openTestDatabase(kind);
    const project = await createProject(db);
    const pipeline_id = await startedPipeline(db, project, [planned('deploy')]);
    const numbers = sql`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${JOBS * GROUPS})`;
    await db.write((tx) =>
      sql`INSERT INTO pipelines (iid, project_id, sha, before_sha, ref, tag, source, status, protected, stages,
          created_at, updated_at) ${numbers}
        SELECT iid + i, project_id, sha, before_sha, ref, tag, source, status, protected, stages, created_at,
          updated_at FROM pipelines, n WHERE id = ${pipeline_id} ORDER BY i`.execute(tx),
    );
    await db.write((tx) =>
      sql`INSERT INTO jobs (kind, project_id, pipeline_id, name, stage, stage_idx, status, ref, tag, sha, protected,
          allow_failure, "when", scheduling_type, tag_list, created_at, updated_at, resource_group_id)
        ${numbers}
        SELECT kind, project_id, pipeline_id + i, name, stage, stage_idx,
          CASE WHEN i > ${(JOBS - 3) * GROUPS} THEN 'waiting_for_resource' ELSE 'created' END, ref, tag, sha, protected,
          allow_failure, "when", scheduling_type, tag_list, created_at, updated_at, 1 + i % ${GROUPS}
        FROM jobs, n WHERE pipeline_id = ${pipeline_id} ORDER BY i`.execute(tx),
    );
    if (kind === 'postgres') await db.write((tx) => sql`ANALYZE jobs`.execute(tx));
    const rows = await db.read
      .selectFrom('jobs')
      .select('id')
      .where('resource_group_id', '=', 1)
      .orderBy('id')
      .execute();
    ids = rows.map(({ id }) => id);
  });

  test.each(PROCESS_MODES)('are found along an index in the order of %s', async (process_mode) => {
    const plans = await plansOf(db, () => nextUpcoming(db.read, { ...group, process_mode }));
    expect(plans).toHaveLength(1);
    expect(plans[0]).toMatch(/jobs_(upcoming|waiting)/);
    // Within a pipeline they may be sorted.
    expect(plans[0]).not.toMatch(/TEMP B-TREE FOR ORDER|(?<!Incremental )Sort {2}/);
  });

  test('are those that the mode lets be next, and counted as others are', async () => {
    const found = await Promise.all(
      PROCESS_MODES.map((process_mode) => listUpcomingJobs(db.read, { ...group, process_mode }, first)),
    );
    expect(found.map(({ items, total }) => [total, ...items.map(({ id }) => ids.indexOf(id))])).toEqual([
      [3, JOBS - 3, JOBS - 2],
      [JOBS, 0, 1],
      [JOBS, JOBS - 1, JOBS - 2],
      [3, JOBS - 1, JOBS - 2],
    ]);
  });
});
