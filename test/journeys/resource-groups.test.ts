import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, PATIENT, type RunnerHouse } from '../support/runner-house.ts';

describe.each(databases)('the resource of a group, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  /** A pipeline whose job has the resource, and one whose job waits for it. */
  async function heldByFirst() {
    const { runner, start, project } = await moveIn(house);
    await house.parts.repositories.create(project.id, 'main');
    const at = `/projects/${project.id}`;
    const deploy = planned('deploy', { resource_group: 'prod' });
    const first = await start(deploy);
    const { job } = await runner.request();
    await runner.running(job!);
    const second = await start(deploy);
    const jobsOf = async (pipeline: number) =>
      (await house.api<{ id: number; status: string }[]>('GET', `${at}/pipelines/${pipeline}/jobs`)).body;
    await expect.poll(() => jobsOf(second), PATIENT).toMatchObject([{ status: 'waiting_for_resource' }]);
    const holder = async () =>
      (await house.api<{ id: number } | null>('GET', `${at}/resource_groups/prod/current_job`)).body?.id;
    expect(await holder()).toBe(job!.id);
    return { runner, at, job: job!, first, second, jobsOf, holder };
  }

  test.each([
    ['runs', 'running'],
    ['is being canceled', 'canceling'],
  ])('goes to the next when the pipeline is deleted whose job has it and %s', async (_, status) => {
    const { runner, at, job, first, second, jobsOf, holder } = await heldByFirst();
    if (status === 'canceling') await house.api('POST', `${at}/jobs/${job.id}/cancel`);
    expect(await jobsOf(first)).toMatchObject([{ status }]);
    expect((await house.api('DELETE', `${at}/pipelines/${first}`)).status).toBe(204);
    await expect.poll(() => jobsOf(second), PATIENT).toMatchObject([{ status: 'pending' }]);
    const { job: next } = await runner.request();
    expect([next!.id, next!.id]).toEqual([(await jobsOf(second))[0]!.id, await holder()]);
    expect((await runner.patch(job, 'a last word')).status).toBe(403);
  });

  test('goes to the next when what is being canceled is canceled by force', async () => {
    const { at, job, second, jobsOf } = await heldByFirst();
    await house.api('POST', `${at}/jobs/${job.id}/cancel`);
    expect(await jobsOf(second)).toMatchObject([{ status: 'waiting_for_resource' }]);
    const { body } = await house.api<{ status: string }>('POST', `${at}/jobs/${job.id}/cancel?force=true`);
    expect(body.status).toBe('canceled');
    await expect.poll(() => jobsOf(second), PATIENT).toMatchObject([{ status: 'pending' }]);
  });
});
