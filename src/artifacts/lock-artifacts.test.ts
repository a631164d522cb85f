import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { insertJob, insertPipeline, insertProject } from '../../test/support/job-rows.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { insertArtifact } from './artifact-store.ts';
import { lockArtifacts } from './lock-artifacts.ts';

/** In which the other pipeline does all that it can do before this one has committed. */
const MEANWHILE_MS = 150;

/** Two pipelines of one branch, each with an artifact, the older one first. */
async function twoPipelines(db: Database) {
  const project_id = await insertProject(db);
  const pipelines: number[] = [];
  for (const name of ['older', 'newer']) {
    const id = await insertPipeline(db, project_id);
    const job_id = await insertJob(db, { id, project_id });
    await db.write((tx) =>
      insertArtifact(tx, {
        project_id,
        pipeline_id: id,
        job_id,
        file_type: 'archive',
        file_format: 'zip',
        filename: `${name}.zip`,
        size: 1,
        sha256: 'a',
        blob_key: name,
        index_key: null,
        accessibility: 'public',
        expire_at: null,
        locked_ref: null,
        created_at: 1,
      }),
    );
    pipelines.push(id);
  }
  return { project_id, pipelines };
}

describe.each(databases)('on %s', (kind) => {
  test.each([
    ['older', [0, 1]],
    ['newer', [1, 0]],
  ] as const)(
    'of two pipelines of a ref that succeed at the same instant, the %s at first, the newer one has its artifacts locked',
    async (_first, [first, second]) => {
      const db = await openTestDatabase(kind);
      const { project_id, pipelines } = await twoPipelines(db);
      const succeed = (index: number, meanwhile = async () => {}) =>
        db.write(async (tx) => {
          const id = pipelines[index]!;
          await tx.updateTable('pipelines').set({ status: 'success' }).where('id', '=', id).execute();
          await lockArtifacts(tx, { id, project_id });
          await meanwhile();
        });
      const begun = Promise.withResolvers<void>();
      const slow = succeed(first, async () => {
        begun.resolve();
        await wait(MEANWHILE_MS);
      });
      await begun.promise;
      await Promise.all([slow, succeed(second)]);
      const locked = await db.read
        .selectFrom('job_artifacts')
        .select('filename')
        .where('locked_ref', 'is not', null)
        .execute();
      expect(locked).toEqual([{ filename: 'newer.zip' }]);
    },
  );
});
