import { beforeEach } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { type ClaimedJob, claimJob } from '../../src/pipelines/claim-job.ts';
import type { DatabaseKind } from './databases.ts';
import { createProject, createTestRunner, START } from './pipelines.ts';
import { openTestDatabase } from './test-database.ts';

export const MINUTE = 60_000;

export type TestRunner = Awaited<ReturnType<typeof createTestRunner>>;

/** A database without work to take when a test begins, and how runners ask for some. */
export async function claims(kind: DatabaseKind) {
  const db = await openTestDatabase(kind);
  // Instance runners see every project.
  beforeEach(async () => {
    await db.write(async (tx) => {
      await tx.deleteFrom('job_queue').execute();
      await tx.deleteFrom('queued_projects').execute();
      await tx.updateTable('jobs').set({ acknowledge_until: null }).execute();
    });
  });
  /** A runner that acknowledges within a minute asks for a job. */
  const claim = ({ runner, manager }: TestRunner, now = START): Promise<ClaimedJob | null> =>
    claimJob(db, runner, manager, now, MINUTE);
  return {
    db,
    claim,
    nameClaimed: async (runner: TestRunner) => (await claim(runner))?.job.name ?? null,
  };
}

/** A project with a runner that only it has, and how that asks for a job. */
export async function projectWithRunner(db: Database, features: Record<string, boolean> = {}) {
  const project = await createProject(db, { shared_runners_enabled: 0 });
  const { runner, manager } = await createTestRunner(db, {
    runner_type: 'project_type',
    projects: [project.id],
    features,
  });
  return { project, claim: (now = START) => claimJob(db, runner, manager, now, MINUTE) };
}
