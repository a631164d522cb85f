import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { type JobBody, jobIn, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const DAY = 24 * 3_600_000;

describe.each(databases)('where jobs are archived after ten days, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { archive_builds_in: 10 * DAY });
  });

  test('an old job can be read, but is neither retried nor played, and its pipeline stays as it is', async () => {
    const { api } = house;
    const failed = await jobIn(house, 'failed');
    const manual = await jobIn(house, 'manual');
    const pipeline = (scene: typeof failed) =>
      api<{ archived: boolean; status: string }>('GET', `${scene.project}/pipelines/${scene.pipeline_id}`);
    expect(await failed.read()).toMatchObject({ archived: false });
    expect((await pipeline(failed)).body).toMatchObject({ archived: false });

    house.ahead += 10 * DAY + 1000;
    expect(await failed.read()).toMatchObject({ archived: true, status: 'failed' });
    expect((await pipeline(failed)).body).toMatchObject({ archived: true });
    expect(refusal(await api('POST', `${failed.at}/retry`))).toEqual([
      403,
      { message: '403 Forbidden - Job is not retryable' },
    ]);
    expect(refusal(await api('POST', `${manual.at}/play`))).toEqual([
      400,
      { message: '400 Bad request - Unplayable Job' },
    ]);
    const { status } = await api('POST', `${failed.project}/pipelines/${failed.pipeline_id}/retry`);
    expect([status, (await pipeline(failed)).body.status]).toEqual([201, 'failed']);
    const { body } = await api<JobBody[]>('GET', `${failed.project}/jobs`);
    expect(body.map(({ id, archived }) => [id, archived])).toEqual([[failed.id, true]]);
    expect((await api<JobBody>('POST', `${manual.at}/cancel`)).body.status).toBe('canceled');
  });
});
