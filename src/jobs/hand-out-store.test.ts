import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import {
  bridge,
  createProject,
  jobsOf,
  needing,
  planned,
  START,
  startedPipeline,
} from '../../test/support/pipelines.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { cloneJob } from './job-clone-store.ts';
import { readDependencies } from './hand-out-store.ts';
import { readJobSpec } from './job-store.ts';

const stage = (stage_idx: number) => ({ stage: `stage ${stage_idx}`, stage_idx });

describe.each(databases)('what a job fetches, on %s', (kind) => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase(kind);
  });

  /** Builds in three stages; the names of those whose artifacts each of the last fetches. */
  async function house() {
    const project = await createProject(db);
    await startedPipeline(db, project, [planned('another pipeline’s')]);
    const id = await startedPipeline(db, project, [
      planned('build 1/2', stage(0)),
      planned('build 2/2', stage(0)),
      bridge('other', { project: 'some/where' }, stage(0)),
      planned('test', stage(1)),
      planned('last', stage(2)),
      planned('chosen', { ...stage(2), dependencies: ['test', 'build 2/2'] }),
      planned('nothing', { ...stage(2), dependencies: [] }),
      planned('needy', { ...stage(2), ...needing('build 2/2', 'last', 'not there') }),
      planned('alone', { ...stage(2), needs: [], scheduling_type: 'dag' }),
    ]);
    const jobs = await jobsOf(db, id);
    const fetched = async (name: string) => {
      const job = (await jobsOf(db, id))[name]!;
      const found = await readDependencies(db.read, job, await readJobSpec(db.read, job.id));
      return found.map((each) => each.name);
    };
    return { id, jobs, fetched };
  }

  test('is that of all earlier stages, or what it chooses or needs of them', async () => {
    const { fetched } = await house();
    expect(await fetched('build 1/2')).toEqual([]);
    expect(await fetched('test')).toEqual(['build 1/2', 'build 2/2', 'other']);
    expect(await fetched('last')).toEqual(['build 1/2', 'build 2/2', 'other', 'test']);
    expect(await fetched('chosen')).toEqual(['build 2/2', 'test']);
    expect(await fetched('nothing')).toEqual([]);
    expect(await fetched('needy')).toEqual(['build 2/2', 'last']);
    expect(await fetched('alone')).toEqual([]);
  });

  test('is that of the latest of each name, once it or they were retried', async () => {
    const { id, jobs, fetched } = await house();
    for (const name of ['build 2/2', 'test', 'needy'])
      await db.write((tx) => cloneJob(tx, jobs[name]!, { user_id: null }, START));
    const now = await jobsOf(db, id);
    expect(await fetched('last')).toEqual(['build 1/2', 'other', 'build 2/2', 'test']);
    expect(await fetched('needy')).toEqual(['last', 'build 2/2']);
    const found = await readDependencies(db.read, now['needy']!, { dependencies: null });
    expect(found.map((each) => each.id)).toEqual([now['last']!.id, now['build 2/2']!.id]);
  });
});
