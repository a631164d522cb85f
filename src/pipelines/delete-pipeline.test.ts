import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createTestRunner, START } from '../../test/support/pipelines.ts';
import { CONFIG, openPushHouse } from '../../test/support/push-house.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { refValues } from '../git/refs.ts';
import { claimJob } from './claim-job.ts';
import { deletePipeline, deletePipelineRef } from './delete-pipeline.ts';

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });
  const house = () => openPushHouse(db);

  test('a deleted pipeline leaves no job, no ref and no valid token', async () => {
    const { push, accept, repositories, repository, project_id, pipelines } = await house();
    const [pipeline] = await accept(await push({ '.gitlab-ci.yml': CONFIG }));
    const { runner, manager } = await createTestRunner(db, {
      runner_type: 'project_type',
      projects: [project_id],
    });
    await claimJob(db, runner, manager, START, 1000);
    expect(await deletePipeline(db, pipeline!, START)).toBe(true);
    expect(await deletePipeline(db, pipeline!, START)).toBe(false);
    expect(await pipelines()).toEqual([]);
    expect(
      await db.read.selectFrom('jobs').select('id').where('project_id', '=', project_id).execute(),
    ).toEqual([]);
    const [, removeRef] = deletePipelineRef(repositories);
    await removeRef({ key: String(pipeline!.id), payload: { project_id } }, new AbortController().signal);
    const ref = `refs/pipelines/${pipeline!.id}`;
    expect((await refValues(repository, [ref])).size).toBe(0);
  });
});
