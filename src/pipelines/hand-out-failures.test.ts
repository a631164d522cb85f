import { describe, expect, test } from 'vitest';
import { claims } from '../../test/support/claims.ts';
import { databases } from '../../test/support/databases.ts';
import {
  createProject,
  createTestRunner,
  jobsOf,
  needing,
  planned,
  START,
  startedPipeline,
  statusesOf,
} from '../../test/support/pipelines.ts';
import type { PlannedJob } from '../ci/plan.ts';
import { finishJob } from './finish-job.ts';

const CACHE: PlannedJob['cache'][number] = {
  key: 'a',
  paths: ['node_modules/'],
  untracked: false,
  policy: 'pull-push',
  when: 'on_success',
  fallback_keys: [],
  unprotect: false,
};

describe.each(databases)('instead of being handed out on %s, a job fails', async (kind) => {
  const { db, claim, nameClaimed } = await claims(kind);

  test.each<[string, Parameters<typeof createProject>[1]]>([
    ['archived_failure', { archived: 1 }],
    ['builds_disabled', { builds_access_level: 'disabled' }],
  ])('with %s', async (failure_reason, settings) => {
    const project = await createProject(db, settings);
    const id = await startedPipeline(db, project, [planned('a'), planned('later', { stage_idx: 2 })]);
    expect(await nameClaimed(await createTestRunner(db))).toBeNull();
    expect((await jobsOf(db, id))['a']).toMatchObject({ status: 'failed', failure_reason });
    expect(await statusesOf(db, id)).toBe('failed: a failed, later skipped');
  });

  test('of a blocked user, and the next one is handed out', async () => {
    const blocked = await createProject(db);
    const other = await createProject(db);
    await db.write((tx) =>
      tx.updateTable('users').set({ state: 'blocked' }).where('id', '=', blocked.user_id).execute(),
    );
    const id = await startedPipeline(db, blocked, [planned('a')]);
    await startedPipeline(db, other, [planned('b')]);
    expect(await nameClaimed(await createTestRunner(db))).toBe('b');
    expect((await jobsOf(db, id))['a']).toMatchObject({ failure_reason: 'user_blocked' });
  });

  test('when what it fetches was erased, or has expired', async () => {
    const project = await createProject(db);
    const runner = await createTestRunner(db);
    for (const lost of [{ erased_at: START }, { artifacts_expire_at: START }]) {
      const id = await startedPipeline(db, project, [
        planned('build'),
        planned('uses it', { ...needing('build') }),
        planned('does not', { needs: [{ name: 'build', artifacts: false, optional: false }] }),
      ]);
      const build = await claim(runner);
      await finishJob(db, build!.job, { state: 'success' }, START);
      await db.write((tx) => tx.updateTable('jobs').set(lost).where('id', '=', build!.job.id).execute());
      expect(await nameClaimed(runner)).toBe('does not');
      expect((await jobsOf(db, id))['uses it']).toMatchObject({
        failure_reason: 'missing_dependency_failure',
      });
    }
  });

  test.each<[string, Partial<PlannedJob>]>([
    ['artifacts_exclude', { artifacts: { paths: ['a'], exclude: ['b'] } }],
    ['upload_multiple_artifacts', { reports: [{ artifact_type: 'junit', paths: ['a.xml'] }] }],
    ['return_exit_code', { allow_failure_exit_codes: [3] }],
    ['return_exit_code', { retry: { max: 1, when: [], exit_codes: [3] } }],
    ['fallback_cache_keys', { cache: [{ ...CACHE, fallback_keys: ['b'] }] }],
  ])('when the runner lacks %s, which it needs', async (feature, over) => {
    const project = await createProject(db);
    const id = await startedPipeline(db, project, [planned('a', over)]);
    expect(await nameClaimed(await createTestRunner(db, { features: { [feature]: false } }))).toBeNull();
    expect((await jobsOf(db, id))['a']).toMatchObject({ failure_reason: 'runner_unsupported' });
    await startedPipeline(db, project, [planned('again', over)]);
    expect(await nameClaimed(await createTestRunner(db))).toBe('again');
  });
});
