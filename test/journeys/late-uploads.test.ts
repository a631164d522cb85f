import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { heldUpload } from '../support/held-upload.ts';
import { jobIn } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse, workDone } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

describe.each(databases)('an upload that ends when its job is no longer there for it, on %s', (kind) => {
  let house: RunnerHouse;
  let zip: Buffer;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    zip = await zipOf({ 'out/secret.txt': 'what was built' });
  });

  /** A job that runs, of a project whose repository can be deleted with it. */
  async function running() {
    const scene = await jobIn(house, 'running');
    await house.parts.repositories.create(scene.project_id, 'main');
    await scene.runner.patch(scene.payload!, 'a log');
    const ask = async (method: string, path: string) => (await house.api(method, path)).status;
    return { ...scene, job: scene.payload!, ask };
  }

  /** What is stored of the job, its bytes included. */
  async function left(jobId: number) {
    const { db } = house.parts;
    await workDone(house, 'delete_blob');
    const counted = async (table: 'job_artifacts' | 'job_dotenv_variables') =>
      (await db.read.selectFrom(table).select('id').where('job_id', '=', jobId).execute()).length;
    return [await counted('job_artifacts'), await counted('job_dotenv_variables')];
  }

  test('is refused once the job has been erased, and the job stays erased', async () => {
    const { job, at, ask, read } = await running();
    const finish = await heldUpload(house, job, zip);
    expect(await ask('POST', `${at}/cancel?force=true`)).toBe(201);
    expect(await ask('POST', `${at}/erase`)).toBe(201);
    const reply = await finish();
    expect([reply.status, reply.headers['job-status']]).toEqual([403, 'canceled']);
    expect(await read()).toMatchObject({ artifacts_file: null, artifacts: [] });
    expect(await ask('GET', `${at}/artifacts/out/secret.txt`)).toBe(404);
    expect(await left(job.id)).toEqual([0, 0]);
  });

  test('is refused once the job has ended, its variables too', async () => {
    const { job, runner } = await running();
    const report = gzipSync('KEY=value\n');
    const dotenv = 'artifact_format=gzip&artifact_type=dotenv';
    const finishes = [await heldUpload(house, job, zip), await heldUpload(house, job, report, dotenv)];
    expect((await runner.finish(job, 'success', 'a log')).status).toBe(200);
    for (const finish of finishes) {
      const reply = await finish();
      expect([reply.status, reply.headers['job-status']]).toEqual([403, 'success']);
    }
    expect(await left(job.id)).toEqual([0, 0]);
  });

  test.each([
    ['pipeline', (scene: { project: string; pipeline_id: number }) => `/pipelines/${scene.pipeline_id}`],
    ['project', () => ''],
  ])('is refused once the %s has been deleted', async (_, below) => {
    const scene = await running();
    const finish = await heldUpload(house, scene.job, zip);
    expect(await scene.ask('DELETE', scene.project + below(scene))).toBeLessThan(300);
    expect((await finish()).status).toBe(403);
    expect(await left(scene.job.id)).toEqual([0, 0]);
    await expect
      .poll(() =>
        house.parts.db.read.selectFrom('jobs').select('id').where('id', '=', scene.id).executeTakeFirst(),
      )
      .toBeUndefined();
  });

  test('is taken while the job is being canceled: its runner still speaks for it', async () => {
    const { job, at, ask, read } = await running();
    const finish = await heldUpload(house, job, zip);
    expect(await ask('POST', `${at}/cancel`)).toBe(201);
    expect((await finish()).status).toBe(201);
    expect(await read()).toMatchObject({ status: 'canceling', artifacts_file: { size: zip.length } });
    expect(await left(job.id)).toEqual([1, 0]);
  });
});
