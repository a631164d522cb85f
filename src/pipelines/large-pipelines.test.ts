import { expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, planned, START, startedPipeline } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import {
  cancelDeployments,
  deploymentsOfJobs,
  overtakenJobs,
  setStatusOfJobs,
} from '../environments/deployment-store.ts';
import { changeJobs } from '../jobs/change-job.ts';
import { cloneJobs } from '../jobs/job-clone-store.ts';
import { allJobs, allowFailure, shortenDelays } from '../jobs/job-store.ts';
import { deletePipeline } from './delete-pipeline.ts';
import { deletePipelineRows } from './pipeline-erase-store.ts';
import { retryPipeline } from './retry-pipeline.ts';

const JOBS = 6000;

/** How often others had the event loop while this went on; SQLite's statements alone give it to nobody. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  const first = setImmediate(count);
  await work();
  isOver = true;
  clearImmediate(first);
  return turns;
}

test.runIf(databases.includes('sqlite'))(
  'others have their turn while the jobs of a pipeline of thousands are canceled, cloned and deleted',
  async () => {
    const db = await openTestDatabase('sqlite');
    const { id: project_id, user_id } = await createProject(db);
    const jobPlans = Array.from({ length: JOBS }, (_, index) => planned(`job ${index}`));
    const id = await startedPipeline(db, { id: project_id, user_id }, jobPlans);
    const turns = await db.write(async (tx) => {
      const jobs = await allJobs(tx, id);
      const ids = jobs.map((job) => job.id);
      return [
        await turnsDuring(() => changeJobs(tx, ids, 'cancel', START)),
        await turnsDuring(() => cloneJobs(tx, jobs, { user_id }, START)),
        await turnsDuring(() => deletePipelineRows(tx, [id], START)),
      ];
    });
    expect(turns.map((count) => count > 0)).toEqual([true, true, true]);
  },
);

/** More than one statement takes of SQLite. */
const OVER_LIMITS = 17_000;

test.runIf(databases.includes('sqlite'))(
  'a pipeline may have thousands of delayed jobs',
  async () => {
    const db = await openTestDatabase('sqlite');
    const project = await createProject(db);
    const over = { when: 'delayed', start_in: 60 } as const;
    const jobPlans = Array.from({ length: OVER_LIMITS }, (_, index) => planned(`job ${index}`, over));
    const id = await startedPipeline(db, project, jobPlans);
    await cancelPipeline(db, id, START);
    await retryPipeline(db, id, { user_id: project.user_id }, START);
    expect(await deletePipeline(db, { id, project_id: project.id }, START)).toBe(true);
  },
  300_000,
);

test.each(databases)('thousands of jobs are asked of and changed in portions, on %s', async (kind) => {
  const db = await openTestDatabase(kind);
  const ids = Array.from({ length: OVER_LIMITS }, (_, index) => index + 1);
  await db.write(async (tx) => {
    await setStatusOfJobs(tx, ids, 'canceled', START);
    await cancelDeployments(tx, ids, START);
    await shortenDelays(tx, ids, 1, START);
    await allowFailure(
      tx,
      ids.map((id) => ({ id })),
    );
    expect(await overtakenJobs(tx, ids, { ended: true })).toEqual([]);
    expect(await deploymentsOfJobs(tx, ids)).toEqual([]);
  });
});
