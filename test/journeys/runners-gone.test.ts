import { beforeAll, describe, expect, test } from 'vitest';
import { addWork } from '../../src/work/work-store.ts';
import { databases } from '../support/databases.ts';
import { jobsOf, planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

interface Job {
  status: string;
  runner: { id: number } | null;
  runner_manager: { system_id: string } | null;
}

describe.each(databases)('runners that are gone, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind, { silent_running: 30 * DAY, job_request_hold: 50 });
  });

  const shown = async (project: { id: number }, id: number) =>
    (await house.api<Job>('GET', `/projects/${project.id}/jobs/${id}`)).body;
  const machines = async (runner: { id: number }) =>
    (await house.api<{ system_id: string }[]>('GET', `/runners/${runner.id}/managers`)).body.map(
      ({ system_id }) => system_id,
    );

  test('a job outlives its runner, ends as it would have, and names none any more', async () => {
    const { project, runner, start } = await moveIn(house);
    const pipeline = await start(planned('before'), planned('under-way'));
    const { job: first } = await runner.request();
    await runner.running(first!);
    await runner.finish(first!, 'success');
    const { job: second } = await runner.request();
    await runner.running(second!);
    const { before, 'under-way': underWay } = await jobsOf(house.parts.db, pipeline);
    expect(await shown(project, before!.id)).toMatchObject({
      runner: { id: runner.id },
      runner_manager: { system_id: runner.system_id },
    });

    expect(await house.api('DELETE', `/runners/${runner.id}`)).toMatchObject({ status: 204 });
    await runner.finish(second!, 'success');
    for (const { id } of [before!, underWay!])
      expect(await shown(project, id)).toMatchObject({
        status: 'success',
        runner: null,
        runner_manager: null,
      });
    const { body: list } = await house.api<Job[]>('GET', `/projects/${project.id}/jobs`);
    expect(list.map((job) => job.runner)).toEqual([null, null]);
  });

  test('a machine that nobody expects back is forgotten, but not with a job under way, nor its jobs', async () => {
    const { project, runner: gone, addRunner, start } = await moveIn(house);
    const longer = { body: { build_timeout: (20 * DAY) / 1000 } };
    expect(await house.api('PUT', `/projects/${project.id}`, longer)).toMatchObject({ status: 200 });
    const busy = await addRunner({});
    await start(planned('ended'), planned('under-way'));
    const { job: ended } = await gone.request();
    await gone.running(ended!);
    await gone.finish(ended!, 'success');
    const { job } = await busy.request();
    await busy.running(job!);
    house.ahead += 6 * DAY;
    const late = await addRunner({});
    await late.request();
    const wake = async () => {
      house.ahead += HOUR;
      await house.parts.db.write((tx) => addWork(tx, { kind: 'of nobody', key: 'wake', due_at: 0 }));
    };
    await wake();
    expect(await machines(gone)).toEqual([gone.system_id]);
    house.ahead += DAY;
    await wake();
    await until('the machine is forgotten', async () => (await machines(gone)).length === 0 || undefined);
    expect(await shown(project, job!.id)).toMatchObject({ status: 'running' });
    expect([await machines(busy), await machines(late)]).toEqual([[busy.system_id], [late.system_id]]);
    expect(await shown(project, ended!.id)).toMatchObject({
      status: 'success',
      runner: { id: gone.id },
      runner_manager: null,
    });
    await gone.request();
    expect(await machines(gone)).toEqual([gone.system_id]);
  });
});
