import { beforeAll, describe, expect, test } from 'vitest';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { begin, streamsOf } from '../support/event-house.ts';
import { planned } from '../support/pipelines.ts';
import { openRunnerHouse, projectRunner, type RunnerHouse } from '../support/runner-house.ts';

interface Shown {
  status: string;
  updated_at: string;
  finished_at: string | null;
  duration: number | null;
  detailed_status: { group: string };
}

describe.each(databases)('a pipeline that has passed, on %s,', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });
  const { follow } = streamsOf(() => house);

  async function scene() {
    const { id, at } = await ciProject(house);
    const runner = await projectRunner(house, id);
    const jobs = [planned('unit'), planned('deploy', { when: 'manual', allow_failure: true })];
    const { id: user_id } = (await house.api<{ id: number }>('GET', '/user')).body;
    const path = `${at}/pipelines/${await house.start({ id, user_id }, jobs)}`;
    const { body: all } = await house.api<{ id: number; name: string }[]>('GET', `${path}/jobs`);
    return {
      deploy: all.find(({ name }) => name === 'deploy')!.id,
      events: await begin(await follow(at, '?types=pipeline')),
      read: async () => (await house.api<Shown>('GET', path)).body,
      listed: async () =>
        (await house.api<Shown[]>('GET', `${at}/pipelines?with_details=true`)).body[0]!.detailed_status.group,
      change: async (job: number, action: 'cancel' | 'retry') => {
        const { status, body } = await house.api('POST', `${at}/jobs/${job}/${action}`);
        expect(status, JSON.stringify(body)).toBe(201);
      },
      endNext: async (state: 'success' | 'failed') => {
        const { job } = await runner.request();
        await runner.running(job!);
        await runner.finish(job!, state);
        return job!.id;
      },
      close: () => runner.close(),
    };
  }

  test('has warnings once an optional job of it is canceled, and none once that has passed', async () => {
    const { deploy, events, read, listed, change, endNext, close } = await scene();
    const told = ({ updated_at }: Shown) => events.find(({ data }) => data['updated_at'] === updated_at);
    await endNext('success');
    const passed = await read();
    expect([passed.detailed_status.group, await listed()]).toEqual(['success', 'success']);
    await told(passed);

    await change(deploy, 'cancel');
    const warned = await read();
    const { status, finished_at, duration } = passed;
    const group = 'success-with-warnings';
    expect(warned).toMatchObject({ status, finished_at, duration, detailed_status: { group } });
    expect(await listed()).toBe(group);
    expect(warned.updated_at).not.toBe(passed.updated_at);
    await told(warned);

    // An allowed failure is one, and then it is none.
    await change(deploy, 'retry');
    const failed = await endNext('failed');
    expect(await listed()).toBe(group);
    await change(failed, 'retry');
    await endNext('success');
    const cleared = await read();
    expect([cleared.detailed_status.group, await listed()]).toEqual(['success', 'success']);
    await told(cleared);
    events.close();
    close();
  });
});
