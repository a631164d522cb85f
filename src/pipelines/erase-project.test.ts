import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { insertDeployments } from '../environments/deployment-store.ts';
import { ensureEnvironments } from '../environments/environment-store.ts';
import { deleteSomeRows } from './pipeline-erase-store.ts';

describe.each(databases)('what a deleted project leaves on %s', (kind) => {
  test('goes in portions, and nothing of other projects with it', async () => {
    const db = await openTestDatabase(kind);
    const projects = [await createProject(db), await createProject(db)];
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const { id, user_id } of projects)
      await db.write(async (tx) => {
        const made = await ensureEnvironments(
          tx,
          id,
          names.map((name) => ({ name })),
          1,
        );
        const deployments = [...made.values()].map((environment) => ({
          environment_id: environment.id,
          user_id,
          job_id: null,
          ref: 'main',
          tag: 0 as const,
          sha: 'a'.repeat(40),
          status: 'success' as const,
          on_stop: null,
        }));
        await insertDeployments(tx, id, deployments, 1);
        const commits = names.map((sha) => ({ project_id: id, sha, data: '{}' }));
        await tx.insertInto('commits').values(commits).execute();
      });
    const left = async (project: { id: number } | undefined) => {
      let count = 0;
      for (const table of ['deployments', 'environments', 'commits'] as const)
        count += (
          await db.read.selectFrom(table).select('project_id').where('project_id', '=', project!.id).execute()
        ).length;
      return count;
    };
    const lefts = [await left(projects[0])];
    while (await db.write((tx) => deleteSomeRows(tx, projects[0]!.id, 2)))
      lefts.push(await left(projects[0]));
    expect(lefts).toEqual([15, 13, 11, 10, 8, 6, 5, 3, 1, 0]);
    expect(await left(projects[1])).toBe(15);
  });
});
