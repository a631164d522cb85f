import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { createProject, jobsOf, planned, START, startedPipeline } from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import {
  countPipelines,
  findLatestPipeline,
  findPipeline,
  findPipelineDetails,
  listPipelines,
  type PipelineFilter,
  type PipelineOrder,
} from './pipeline-store.ts';

describe.each(databases)('on %s', (kind) => {
  let db: Database;
  let project: { id: number; user_id: number };
  let ids: number[];

  beforeAll(async () => {
    db = await openTestDatabase(kind);
    project = await createProject(db);
    await startedPipeline(db, await createProject(db), [planned('another project’s')]);
    ids = [];
    for (let index = 0; index < 12; index++)
      ids.push(await startedPipeline(db, project, [planned('a')], { ref: index % 2 ? 'main' : 'other' }));
    await db.write(async (tx) => {
      for (const [index, id] of ids.entries())
        await tx
          .updateTable('pipelines')
          .set({
            status: index % 3 === 0 ? 'failed' : 'success',
            updated_at: START + 100 - index,
            created_at: START + index,
            yaml_errors: index === 0 ? 'wrong' : null,
            name: index === 5 ? 'Nightly' : null,
            source: index === 6 ? 'api' : 'push',
            tag: index === 7 ? 1 : 0,
            sha: (index < 4 ? 'b' : 'c').repeat(40),
            user_id: index === 8 ? null : project.user_id,
          })
          .where('id', '=', id)
          .execute();
    });
  });

  async function found(
    filter: Partial<PipelineFilter>,
    order: PipelineOrder = 'id',
    sort: 'asc' | 'desc' = 'desc',
    limit = 5,
  ): Promise<number[]> {
    const whole = { project_id: project.id, ...filter };
    const indices: number[] = [];
    for (let offset = 0; ; offset += limit) {
      const page = await listPipelines(db.read, whole, { sort, order, limit, offset, after: null });
      indices.push(...page.items.map(({ id }) => ids.indexOf(id)));
      if (page.next === null) break;
    }
    expect(await countPipelines(db.read, whole)).toBe(indices.length);
    return indices;
  }

  test.each<[Partial<PipelineFilter>, number[]]>([
    [{}, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    [{ statuses: ['failed'] }, [9, 6, 3, 0]],
    [{ statuses: ['failed', 'running'], ref: 'other' }, [6, 0]],
    [{ ref: 'main', sha: 'b'.repeat(40) }, [3, 1]],
    [{ source: 'api' }, [6]],
    [{ tag: true }, [7]],
    [{ yaml_errors: true }, [0]],
    [{ yaml_errors: false, sha: 'b'.repeat(40) }, [3, 2, 1]],
    [{ name: 'Nightly' }, [5]],
    [{ username: 'nobody' }, []],
    [{ created_after: START + 8 }, [11, 10, 9]],
    [{ created_before: START + 2, updated_after: START + 99 }, [0]],
    [{ updated_before: START + 90 }, [11]],
  ])('the filter %j finds what it should', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });

  test('lists come in the order asked for', async () => {
    expect(await found({}, 'id', 'asc')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(await found({}, 'updated_at', 'asc')).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await found({}, 'status', 'asc')).toEqual([0, 3, 6, 9, 1, 2, 4, 5, 7, 8, 10, 11]);
    expect(await found({}, 'ref', 'desc')).toEqual([10, 8, 6, 4, 2, 0, 11, 9, 7, 5, 3, 1]);
  });

  test('pages follow one another by id', async () => {
    const request = { sort: 'desc', order: 'id', limit: 2, offset: 0 } as const;
    const filter = { project_id: project.id, statuses: ['failed' as const] };
    const first = await listPipelines(db.read, filter, { ...request, after: null });
    expect(first).toMatchObject({ items: [{ id: ids[9] }, { id: ids[6] }], next: ids[6] });
    const second = await listPipelines(db.read, filter, { ...request, after: first.next });
    expect(second).toMatchObject({ items: [{ id: ids[3] }, { id: ids[0] }], next: null });
  });

  test('a pipeline is found in its own project only', async () => {
    expect(await findPipeline(db.read, project.id, ids[0]!)).toMatchObject({ id: ids[0] });
    expect(await findPipeline(db.read, project.id + 1, ids[0]!)).toBeNull();
    const latest = await findLatestPipeline(db.read, project.id, { ref: 'main', sha: 'c'.repeat(40) });
    expect(latest?.id).toBe(ids[11]);
    expect(await findLatestPipeline(db.read, project.id, { ref: 'gone', sha: 'c'.repeat(40) })).toBeNull();
  });

  test('its details sum up its latest jobs', async () => {
    const id = await startedPipeline(db, project, [
      planned('a'),
      planned('b', { allow_failure: true }),
      planned('c'),
    ]);
    const { a, b, c } = await jobsOf(db, id);
    expect(await findPipelineDetails(db.read, project.id, id)).toMatchObject({
      coverage: null,
    });
    await db.write(async (tx) => {
      await tx.updateTable('jobs').set({ coverage: 20 }).where('id', '=', a!.id).execute();
      await tx.updateTable('jobs').set({ coverage: 41, status: 'failed' }).where('id', '=', b!.id).execute();
      await tx.updateTable('jobs').set({ coverage: 99, retried: 1 }).where('id', '=', c!.id).execute();
    });
    expect(await findPipelineDetails(db.read, project.id, id)).toMatchObject({
      coverage: 30.5,
      user: { id: project.user_id },
    });
  });
});
