import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { jobIn } from '../support/job-scenes.ts';
import { jobsOf, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const HOUR = 3_600_000;

/** Work that is added wakes the server's worker, which then sees that the clock was put forward. */
const wake = async (house: RunnerHouse) => {
  const { start } = await moveIn(house);
  await start(planned('rollout', { when: 'delayed', start_in: 3600 }));
};

describe.each(databases)('a delayed job, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  test('is handed out when its delay is over', async () => {
    const { read, runner } = await jobIn(house, 'scheduled');
    const asked = runner.request();
    house.ahead += HOUR;
    await wake(house);
    const { job } = await asked;
    await runner.running(job!);
    expect(await read()).toMatchObject({ id: job!.id, status: 'running' });
  });
});

test('a delayed job is scheduled still after a restart, and runs then', async () => {
  const data = temporaryFolder();
  const first = await openRunnerHouse('sqlite', {}, { data });
  const { project, start } = await moveIn(first);
  const id = await start(planned('rollout', { when: 'delayed', start_in: 1800 }));
  const { rollout } = await jobsOf(first.parts.db, id);
  const { ahead } = first;
  await first.close();
  const second = await openRunnerHouse('sqlite', {}, { data });
  const at = `/projects/${project.id}/jobs/${rollout!.id}`;
  const status = async () => (await second.api<{ status: string }>('GET', at)).body.status;
  second.ahead = ahead;
  expect(await status()).toBe('scheduled');
  second.ahead += HOUR / 2;
  await wake(second);
  await until('its delay is over', async () => ((await status()) === 'pending' ? true : undefined));
});
