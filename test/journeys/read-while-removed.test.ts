import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { jobIn } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const ROUNDS = 5;
const LOG = 'line of a log\n'.repeat(20_000);

/** What reads the bytes of a log, each in its own way. */
const READS: [path: string, headers?: Record<string, string>][] = [
  ['/trace'],
  ['/trace', { Range: 'bytes=5-100' }],
  ['/trace?tail=5'],
  ['/trace/lines?from=100&to=200'],
  ['/trace/index'],
];

describe.each(databases)('what is removed while somebody asks for it, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  test.each(['erased', 'deleted with its pipeline'])('a log that is %s is not found', async (how) => {
    const statuses = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const { at, pipeline_id, project } = await jobIn(house, 'success', { log: LOG });
      const read = () =>
        READS.map(async ([path, headers = {}]) => {
          const { status } = await api('GET', `${at}${path}`, { headers });
          statuses.add(status);
        });
      const reads = [...read(), ...read(), ...read()];
      const removed =
        how === 'erased' ? api('POST', `${at}/erase`) : api('DELETE', `${project}/pipelines/${pipeline_id}`);
      reads.push(...read(), ...read());
      await Promise.all([...reads, ...read()]);
      expect((await removed).status).toBeLessThan(300);
    }
    expect([...statuses].filter((status) => ![200, 206, 404].includes(status))).toEqual([]);
  });

  test('a log that has lost its bytes is a fault of the server, and not told as erased', async () => {
    const { at, id } = await jobIn(house, 'success', { log: LOG });
    const { blobs, db } = house.parts;
    const keyOf = async () =>
      (
        await db.read
          .selectFrom('job_traces')
          .select('blob_key')
          .where('job_id', '=', id)
          .executeTakeFirstOrThrow()
      ).blob_key;
    await expect.poll(keyOf).not.toBeNull();
    await blobs.delete((await keyOf())!);
    expect((await api('GET', `${at}/trace`)).status).toBe(500);
  });

  test('a pipeline of a project that is deleted is not found', async () => {
    const statuses = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const project = await ciProject(house);
      await project.commit('unit: {script: x}');
      const create = () => api('POST', `${project.at}/pipeline`, { body: { ref: 'main' } });
      const made = [create(), create(), create()];
      const deleted = api('DELETE', project.at);
      for (const { status } of await Promise.all([...made, create(), create()])) statuses.add(status);
      expect((await deleted).status).toBe(202);
    }
    expect([...statuses].filter((status) => ![201, 404].includes(status))).toEqual([]);
  });
});
