import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { databases } from '../../../test/support/databases.ts';
import { insertJob, insertPipeline } from '../../../test/support/job-rows.ts';
import { createProject } from '../../../test/support/pipelines.ts';
import { openTestDatabase } from '../../../test/support/test-database.ts';
import { migrate } from '../migrate.ts';

test.each(databases)('pipelines of before say that they passed with warnings, on %s', async (kind) => {
  const db = await openTestDatabase(kind);
  const { id: project_id } = await createProject(db);
  const pipeline = async (status: string, job: Parameters<typeof insertJob>[2]) => {
    const id = await insertPipeline(db, project_id, { status });
    await insertJob(db, { id, project_id }, { name: 'lint', ...job });
    return id;
  };
  const expected = new Map([
    [await pipeline('success', { status: 'failed', allow_failure: 1 }), 1],
    [await pipeline('success', { status: 'canceled', allow_failure: 1 }), 1],
    [await pipeline('success', { status: 'success', allow_failure: 1 }), 0],
    [await pipeline('success', { status: 'failed', allow_failure: 1, retried: 1 }), 0],
    [await pipeline('failed', { status: 'failed', allow_failure: 1 }), 0],
    [await pipeline('success', { status: 'manual', allow_failure: 1 }), 0],
  ]);
  await db.write(async (tx) => {
    await sql`ALTER TABLE pipelines DROP COLUMN warnings`.execute(tx);
    await sql`DELETE FROM schema_migrations WHERE id = 18`.execute(tx);
  });
  await migrate(db);
  const rows = await db.read.selectFrom('pipelines').select(['id', 'warnings']).orderBy('id').execute();
  expect(new Map(rows.map(({ id, warnings }) => [id, warnings]))).toEqual(expected);
});
