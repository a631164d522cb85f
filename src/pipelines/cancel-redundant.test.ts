import { beforeAll, describe, expect, test } from 'vitest';
import { projectWithRunner } from '../../test/support/claims.ts';
import { databases } from '../../test/support/databases.ts';
import {
  bridge,
  jobsOf,
  type PipelineDetails,
  planned,
  START,
  startedPipeline,
  statusesOf,
} from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { PlannedJob } from '../ci/plan.ts';
import type { Database } from '../db/database.ts';
import { updateProjectRow } from '../projects/project-store.ts';
import { completeWork, leaseWork } from '../work/work-store.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import { cancelRedundant } from './cancel-redundant.ts';
import { finishJob } from './finish-job.ts';
import { cancelDownstreams, cancelPipelines } from './follow-parent.ts';
import { findPipelineById } from './pipeline-store.ts';

const HEAD = 'b'.repeat(40);
const DAY = 24 * 3_600_000;
type Mode = 'conservative' | 'interruptible' | 'none';

const CHILD = { include: [{ local: 'child.yml' }], strategy: 'depend' as const };

/** What has been left for later is done: to cancel children, and what bridges have made. */
async function cancelBelow(db: Database) {
  const until = { now: START, lease_until: START + DAY, limit: 100 };
  for (const [kind, handler] of [cancelPipelines(db, () => START), cancelDownstreams(db, () => START)])
    for (const work of await leaseWork(db, { kind, ...until })) {
      await handler(work, new AbortController().signal);
      await completeWork(db, work);
    }
}

describe.each(databases)('a newer pipeline of the same ref, on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  async function house() {
    const { project, claim } = await projectWithRunner(db);
    const begin = async (on_new_commit: Mode, jobs: PlannedJob[], over: Over = {}) => {
      const auto_cancel = { on_new_commit, on_job_failure: 'none' } as const;
      return await startedPipeline(db, project, jobs, { auto_cancel, ...over });
    };
    return {
      project,
      begin,
      /** The runner takes the oldest pending job. */
      take: async () => (await claim())!.job,
      /** What becomes of the older pipeline when the ref moves to HEAD. */
      renew: async (older: number, over: Over & { at?: number; head?: string } = {}) => {
        const { at = START, head = HEAD, ...rest } = over;
        const id = await begin('conservative', [planned('build')], { sha: HEAD, ...rest });
        await cancelRedundant(db, (await findPipelineById(db.read, id))!, head, at);
        expect(await statusesOf(db, id)).toBe('pending: build pending');
        return await statusesOf(db, older);
      },
    };
  }
  type Over = Pick<PipelineDetails, 'sha' | 'ref' | 'source' | 'upstream_pipeline_id' | 'upstream_job_id'>;

  describe('that is conservative', () => {
    test('cancels an older one that has yet to begin, and is noted there', async () => {
      const { begin, renew } = await house();
      const older = await begin('conservative', [planned('build'), planned('test', { stage_idx: 2 })]);
      expect(await renew(older)).toBe('canceled: build canceled, test canceled');
      const { auto_canceled_by_id } = (await findPipelineById(db.read, older))!;
      expect(auto_canceled_by_id).toBeGreaterThan(older);
    });

    test('cancels one of which only interruptible jobs have begun', async () => {
      const { begin, renew, take } = await house();
      const older = await begin('conservative', [
        planned('build', { interruptible: true }),
        planned('deploy', { stage_idx: 2 }),
      ]);
      await take();
      expect(await renew(older)).toBe('canceled: build canceled, deploy canceled');
    });

    test('leaves one alone of which another job has begun, be it over', async () => {
      const { begin, renew, take } = await house();
      const older = await begin('conservative', [
        planned('build'),
        planned('test', { stage_idx: 2, interruptible: true }),
      ]);
      await finishJob(db, await take(), { state: 'success' }, START);
      await take();
      expect(await renew(older)).toBe('running: build success, test running');
    });

    test('leaves one alone below which such a job has begun', async () => {
      const { begin, renew, take } = await house();
      const older = await begin('conservative', [planned('lint', { interruptible: true })]);
      const child = { source: 'parent_pipeline', upstream_pipeline_id: older };
      const below = await begin('conservative', [planned('deploy')], child);
      await take();
      await take();
      expect(await renew(older)).toBe('running: lint running');
      expect(await statusesOf(db, below)).toBe('running: deploy running');
    });

    test.each([
      ['leaves one alone below which nothing is to be canceled', 'none', 'running: lint running'],
      ['takes along what has yet to begin below one', 'conservative', 'canceled: lint canceled'],
    ] as const)('%s', async (_, mode, after) => {
      const { begin, renew, take } = await house();
      const older = await begin('conservative', [planned('lint', { interruptible: true })]);
      await take();
      await begin(mode, [planned('deploy')], { source: 'parent_pipeline', upstream_pipeline_id: older });
      expect(await renew(older)).toBe(after);
    });

    test('leaves a child alone in which such a job begins before its turn has come, and ends the others', async () => {
      const { begin, take } = await house();
      const older = await begin('conservative', [
        bridge('first', CHILD),
        bridge('second', CHILD),
        planned('lint', { interruptible: true }),
      ]);
      const { first, second } = await jobsOf(db, older);
      const child = { source: 'parent_pipeline', upstream_pipeline_id: older };
      const deploys = await begin('conservative', [planned('deploy')], {
        ...child,
        upstream_job_id: first!.id,
      });
      const waits = await begin('conservative', [planned('deploy')], {
        ...child,
        upstream_job_id: second!.id,
      });
      expect((await take()).name).toBe('lint');
      // As `renew` does to each, one after another; in between there may be time.
      await cancelPipeline(db, older, START, { conservative: true });
      expect(await statusesOf(db, older)).toBe('canceled: first canceled, second canceled, lint canceled');
      expect((await take()).pipeline_id).toBe(deploys);
      await cancelBelow(db);
      expect(await statusesOf(db, deploys)).toBe('running: deploy running');
      expect(await statusesOf(db, waits)).toBe('canceled: deploy canceled');
    });

    test('keeps a manual job for whoever wants to play it', async () => {
      const { begin, renew } = await house();
      const older = await begin('conservative', [
        planned('build'),
        planned('deploy', { when: 'manual', allow_failure: true }),
      ]);
      expect(await renew(older)).toBe('canceled: build canceled, deploy manual');
    });
  });

  test('cancels the interruptible jobs, and only them, where the older one says so', async () => {
    const { begin, renew, take } = await house();
    const older = await begin('interruptible', [
      planned('build'),
      planned('lint', { interruptible: true }),
      planned('test', { stage_idx: 2, interruptible: true }),
    ]);
    await take();
    expect(await renew(older)).toBe('running: build running, lint canceled, test canceled');
  });

  test('cancels nothing of one that says `none`', async () => {
    const { begin, renew } = await house();
    const older = await begin('none', [planned('build')]);
    expect(await renew(older)).toBe('pending: build pending');
  });

  test('leaves other refs alone, pipelines of the same commit, and of the one that the ref has now', async () => {
    const { begin, renew } = await house();
    const elsewhere = await begin('conservative', [planned('build')], { ref: 'other' });
    expect(await renew(elsewhere)).toBe('pending: build pending');
    const same = await begin('conservative', [planned('build')], { sha: HEAD });
    expect(await renew(same, { head: 'd'.repeat(40) })).toBe('pending: build pending');
    const current = await begin('conservative', [planned('build')], { sha: 'c'.repeat(40) });
    expect(await renew(current, { head: 'c'.repeat(40) })).toBe('pending: build pending');
  });

  test('leaves one alone that is older than a week', async () => {
    const { begin, renew } = await house();
    const older = await begin('conservative', [planned('build')]);
    expect(await renew(older, { at: START + 7 * DAY + 1 })).toBe('pending: build pending');
    expect(await renew(older, { at: START + 7 * DAY })).toBe('canceled: build canceled');
  });

  test('cancels nothing where the project does not want that', async () => {
    const { project, begin, renew } = await house();
    await db.write((tx) => updateProjectRow(tx, project.id, { auto_cancel_pending_pipelines: 'disabled' }));
    const older = await begin('conservative', [planned('build')]);
    expect(await renew(older)).toBe('pending: build pending');
  });

  test('cancels nothing when it is a child of another', async () => {
    const { begin, renew } = await house();
    const older = await begin('conservative', [planned('build')]);
    expect(await renew(older, { source: 'parent_pipeline' })).toBe('pending: build pending');
  });
});
