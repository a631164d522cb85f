import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

describe.each(databases)('artifacts of child pipelines, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  async function open() {
    const { project, runner } = await moveIn(house);
    const { db } = house.parts;
    /** A pipeline that has one job of this name, which leaves the text; below `parent` if there is one. */
    const start = async (name: string, parent?: number) => {
      const pipeline = await house.start(project, [planned(name)], { ref: 'main' });
      if (parent !== undefined)
        await db.write((tx) =>
          tx
            .updateTable('pipelines')
            .set({ upstream_pipeline_id: parent, source: 'parent_pipeline' })
            .where('id', '=', pipeline)
            .execute(),
        );
      return pipeline;
    };
    const end = async (text: string) => {
      const { job } = await runner.request();
      await runner.running(job!);
      await runner.artifact(job!, await zipOf({ 'a.txt': text }), { expire_in: '1 hour' });
      await runner.finish(job!, 'success');
      return job!.id;
    };
    const at = `/projects/${project.id}/jobs`;
    const get = async (job: string, query = '') => {
      const path = `${at}/artifacts/main/raw/a.txt?job=${job}${query}`;
      const { status, body } = await house.api<string>('GET', path);
      return status === 200 ? body : status;
    };
    const has = async (id: number) => {
      const { status } = await house.api('GET', `${at}/${id}/artifacts/a.txt`);
      return status === 200;
    };
    return { start, end, get, has };
  }

  test('that nobody keeps free their bytes on the disk within a minute of their end', async () => {
    const { start, end } = await open();
    await start('build');
    const id = await end('short-lived');
    const row = await house.parts.db.read
      .selectFrom('job_artifacts')
      .select(['blob_key', 'index_key'])
      .where('job_id', '=', id)
      .executeTakeFirstOrThrow();
    await start('build');
    await end('of the next');
    expect(await house.parts.blobs.stat(row.blob_key)).not.toBeNull();
    // An hour later, and the minute; the worker looks at the clock every ten seconds.
    house.ahead += 3600_000 + 60_000;
    try {
      await expect.poll(() => house.parts.blobs.stat(row.blob_key), { timeout: 30_000 }).toBeNull();
      await expect.poll(() => house.parts.blobs.stat(row.index_key!)).toBeNull();
    } finally {
      house.ahead -= 3600_000 + 60_000;
    }
  });

  test('are found by the ref of their parent, whose own come first', async () => {
    const { start, end, get } = await open();
    const parent = await start('build');
    await end('of the parent');
    await start('build', parent);
    await end('of the child');
    const child = await start('only', parent);
    await end('only in the child');
    await start('deeper', child);
    await end('in the child of the child');
    expect(await get('build')).toBe('of the parent');
    expect(await get('only')).toBe('only in the child');
    expect(await get('deeper')).toBe('in the child of the child');
    expect(await get('only', '&search_recent_successful_pipelines=true')).toBe('only in the child');
    const next = await start('build');
    await end('of the next');
    expect(await get('build')).toBe('of the next');
    expect(await get('only')).toBe(404);
    expect(await get('only', '&search_recent_successful_pipelines=true')).toBe('only in the child');
    expect(next).toBeGreaterThan(parent);
  });

  test('outlive their expiry as long as those of their parent', async () => {
    const { start, end, has } = await open();
    const parent = await start('build');
    const first = await end('of the parent');
    await start('child', parent);
    const second = await end('of the child');
    house.ahead += 2 * 3600_000;
    try {
      expect([await has(first), await has(second)]).toEqual([true, true]);
      await start('build');
      await end('of the next');
      expect([await has(first), await has(second)]).toEqual([false, false]);
    } finally {
      house.ahead -= 2 * 3600_000;
    }
  });
});
