import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject } from '../../test/support/pipelines.ts';
import { plansOf } from '../../test/support/plans.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { listDeployments } from './deployment-list-store.ts';
import { environmentsOfBranch, insertDeployments } from './deployment-store.ts';
import { ensureEnvironments } from './environment-store.ts';

const ENVIRONMENTS = 40;
const DEPLOYMENTS = 50;
const page = { sort: 'desc', limit: 20, offset: 0, after: null, keyset: true } as const;

describe.each(databases)('deployments on %s', (kind) => {
  let db: Database;
  let project_id: number;
  let environments: number[];

  const deploy = (environment_id: number, ref: string, count: number, now: number) =>
    db.write((tx) =>
      insertDeployments(
        tx,
        project_id,
        Array.from({ length: count }, () => ({
          environment_id,
          user_id: null,
          job_id: null,
          ref,
          tag: 0,
          sha: 'a'.repeat(40),
          status: 'success',
          on_stop: null,
        })),
        now,
      ),
    );

  beforeAll(async () => {
    db = await openTestDatabase(kind);
    project_id = (await createProject(db)).id;
    const wanted = Array.from({ length: ENVIRONMENTS }, (_, index) => ({ name: `review/${index}` }));
    const made = await db.write((tx) => ensureEnvironments(tx, project_id, wanted, 1));
    environments = wanted.map(({ name }) => made.get(name)!.id);
    for (const id of environments) await deploy(id, 'main', DEPLOYMENTS, 10);
    for (const id of environments.slice(0, 5)) await deploy(id, 'feature', 2, 20);
    await deploy(environments[1]!, 'main', 1, 30);
    await deploy(environments[2]!, 'feature', 1, 40);
    if (kind === 'postgres') await db.write((tx) => sql`ANALYZE`.execute(tx));
  });

  test('of an environment are listed along an index, all of them and those of a status', async () => {
    const filter = { project_id, environment_id: environments[7]! };
    const [plan] = await plansOf(db, () => listDeployments(db.read, filter, page, 'id'));
    expect(plan).toMatch(/deployments_of_environment/);
    expect(plan).not.toMatch(/sort|b-tree/i);
    const [ofStatus] = await plansOf(db, () =>
      listDeployments(db.read, { ...filter, status: 'success' }, page, 'id'),
    );
    expect(ofStatus).toMatch(/deployments_of_environment/);
    expect(ofStatus).not.toMatch(/sort|b-tree/i);
  });

  test('of a branch lead to its environments by an index, and only the last of each counts', async () => {
    const branch = { project_id, ref: 'feature', until: 35 };
    const portion = (after: number) => environmentsOfBranch(db.read, branch, after, 2);
    const [a, b, c, d, e] = environments.map((id) => id);
    expect(await portion(0)).toEqual([
      { id: a, is_last: true },
      { id: b, is_last: false },
    ]);
    // Deployed to again after the branch went.
    expect(await portion(b!)).toEqual([
      { id: c, is_last: false },
      { id: d, is_last: true },
    ]);
    expect(await portion(d!)).toEqual([{ id: e, is_last: true }]);
    expect(await portion(e!)).toEqual([]);
    const [plan] = await plansOf(db, () => portion(0));
    expect(plan).toMatch(/deployments_branch/);
    expect(plan).not.toMatch(/scan (on )?deployments/i);
  });
});
