import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, jobsOf, planned, START, startedPipeline } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { changeJob } from './change-job.ts';
import { enterQueue } from './job-queue.ts';
import { onJobsChanged } from './job-changes.ts';
import { findJobById } from './job-store.ts';
import { COMPLETED, JOB_EVENTS, JOB_STATUSES, nextStatus, TIMESTAMPS } from './job-state.ts';

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  let jobId: number;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
    const id = await startedPipeline(db, await createProject(db), [planned('a')]);
    jobId = (await jobsOf(db, id))['a']!.id;
  });

  const queued = async () =>
    (await db.read.selectFrom('job_queue').select('job_id').where('job_id', '=', jobId).execute()).length;

  /** The job as if it had come to this status in the usual way. */
  async function put(status: (typeof JOB_STATUSES)[number]) {
    await db.write(async (tx) => {
      await tx.deleteFrom('job_queue').execute();
      const nothing = {
        queued_at: null,
        started_at: null,
        finished_at: null,
        failure_reason: null,
        exit_code: null,
      };
      await tx
        .updateTable('jobs')
        .set({ ...nothing, status, token_digest: 'digest', updated_at: START })
        .where('id', '=', jobId)
        .execute();
      if (status === 'pending') await enterQueue(tx, [jobId], START);
    });
  }

  describe.each(JOB_STATUSES)('a %s job', (status) => {
    test.each(JOB_EVENTS)('meets %s', async (event) => {
      await put(status);
      const before = await findJobById(db.read, jobId);
      const told: string[] = [];
      const silence = onJobsChanged((jobs) => told.push(...jobs.map((job) => job.status)));
      const details = event === 'drop' ? ({ failure_reason: 'api_failure', exit_code: 7 } as const) : {};
      const changed = await db.write((tx) => changeJob(tx, jobId, event, START + 5, details));
      silence();
      const after = await findJobById(db.read, jobId);
      const target = nextStatus(status, event);
      const column = target && TIMESTAMPS[target];
      const failed = target === 'failed' && { failure_reason: 'api_failure', exit_code: 7 };
      const ended = COMPLETED.some((one) => one === target) && { token_digest: null };
      const times = { updated_at: START + 5, ...(column && { [column]: START + 5 }) };
      const expected =
        target === null ? before : { ...before, status: target, ...times, ...failed, ...ended };
      expect(after).toEqual(expected);
      expect(changed).toEqual(target === null ? null : expected);
      expect(told).toEqual(target === null ? [] : [target]);
      expect(await queued()).toBe(after?.status === 'pending' ? 1 : 0);
    });
  });

  test('a change that is rolled back is not told', async () => {
    await put('created');
    const told: unknown[] = [];
    const silence = onJobsChanged((jobs) => told.push(jobs));
    const failing = db.write(async (tx) => {
      await changeJob(tx, jobId, 'enqueue', START);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    silence();
    expect(told).toEqual([]);
    expect(await queued()).toBe(0);
  });
});
