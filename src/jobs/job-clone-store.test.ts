import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, jobsOf, needing, planned, startedPipeline } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { deploymentsOfJobs } from '../environments/deployment-store.ts';
import { cloneJobs, insertJobVariables } from './job-clone-store.ts';
import { readJobSpecs, readJobVariables } from './job-store.ts';

/** More than are cloned by the same few statements. */
const MANY = 600;
const NOW = 1_800_000_000_000;

const numbers = Array.from({ length: MANY }, (_, index) => index);
const nameOf = (index: number) => `job ${(index * 7) % MANY}`;
const scriptOf = (name: string) => [
  { name: 'script' as const, script: [`echo ${name}`], when: 'on_success' as const, allow_failure: false },
];
const environment = (index: number) => ({
  name: `env ${index}`,
  url: null,
  action: 'start' as const,
  on_stop: null,
  auto_stop_in: null,
  deployment_tier: null,
});
const deploys = (index: number) => index % 100 === 0;

describe.each(databases)('clones of hundreds of jobs, on %s', (kind) => {
  test('have each what the old one has, come in its order, and take its place', async () => {
    const db = await openTestDatabase(kind);
    const project = await createProject(db);
    const pipeline = await startedPipeline(
      db,
      project,
      numbers.map((index) =>
        planned(nameOf(index), {
          steps: scriptOf(nameOf(index)),
          stage_idx: index === 0 ? 1 : 2,
          ...(index === 0 ? {} : needing(nameOf(0))),
          ...(deploys(index) && { environment: environment(index) }),
        }),
      ),
    );
    const old = Object.values(await jobsOf(db, pipeline));
    const ids = await db.write(async (tx) => {
      for (const { id, name } of old) await insertJobVariables(tx, id, [{ key: 'OF', value: name }]);
      return await cloneJobs(tx, old, { user_id: project.user_id }, NOW);
    });

    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    const clones = Object.values(await jobsOf(db, pipeline));
    expect(clones.map(({ id }) => id)).toEqual(ids);
    expect(
      clones.map(({ name, stage_idx, retries_count, status }) => [name, stage_idx, retries_count, status]),
    ).toEqual(old.map(({ name, stage_idx }) => [name, stage_idx, 1, 'created']));
    const retried = db.read
      .selectFrom('jobs')
      .select('id')
      .where('pipeline_id', '=', pipeline)
      .where('retried', '=', 1);
    expect((await retried.orderBy('id').execute()).map(({ id }) => id)).toEqual(old.map(({ id }) => id));

    const specs = await readJobSpecs(db.read, clones);
    const needs = await db.read.selectFrom('job_needs').selectAll().where('job_id', 'in', ids).execute();
    const needOf = new Map(needs.map(({ job_id, name }) => [job_id, name]));
    for (const [index, { id, name }] of clones.entries()) {
      expect(specs.get(id)?.steps).toEqual(scriptOf(name));
      expect(needOf.get(id)).toBe(index === 0 ? undefined : nameOf(0));
      expect(await readJobVariables(db.read, id)).toMatchObject([{ key: 'OF', value: name }]);
    }
    const deploying = clones.filter((_, index) => deploys(index));
    const deployments = await deploymentsOfJobs(db.read, ids);
    expect(deployments.map(({ job_id, environment_id }) => [job_id, environment_id])).toEqual(
      deploying.map(({ id, environment_id }) => [id, environment_id]),
    );
  });
});
