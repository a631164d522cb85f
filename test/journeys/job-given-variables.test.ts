import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, type JobBody, jobIn, NO_RECORD, personWith, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface Given {
  key: string;
  value: string;
}

describe.each(databases)('the variables that a job was given by hand, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  const variablesOf = async (at: string, token?: string) =>
    await house.api<Given[]>('GET', `${at}/variables`, token === undefined ? {} : { token });
  const retry = async (at: string, body: object = {}) => {
    const { status, body: job } = await house.api<JobBody>('POST', `${at}/retry`, { body });
    expect(status).toBe(201);
    return `${at.slice(0, at.lastIndexOf('/'))}/${job.id}`;
  };

  test('are those that it was played with, in their order', async () => {
    const { at } = await jobIn(house, 'manual');
    expect((await variablesOf(at)).body).toEqual([]);
    const given = [
      { key: 'B', value: 'two' },
      { key: 'A', value: 'one' },
    ];
    await house.api('POST', `${at}/play`, { body: { job_variables_attributes: given } });
    expect((await variablesOf(at)).body).toEqual(given);
  });

  test('are refused with a name that no variable has, and the job stays as it is', async () => {
    const { at, read } = await jobIn(house, 'manual');
    const given = [{ key: 'A B', value: 'x' }];
    const problem = "can contain only letters, digits and '_'.";
    for (const action of ['play', 'retry'])
      expect(
        await house.api('POST', `${at}/${action}`, { body: { job_variables_attributes: given } }),
      ).toMatchObject({ status: 400, body: { message: { 'job_variables.key': [problem] } } });
    expect(await read()).toMatchObject({ status: 'manual' });
  });

  test('are taken again by a retry, changed by one that names others, and left out by one that names none', async () => {
    const { at, runner, payload } = await jobIn(house, 'failed');
    const fail = async () => {
      const { job } = await runner.request();
      await runner.running(job!);
      await runner.finish(job!, 'failed');
    };
    expect(payload).not.toBeNull();
    const first = [{ key: 'A', value: '1' }];
    const second = await retry(at, { job_variables_attributes: first });
    await fail();
    const third = await retry(second);
    expect((await variablesOf(third)).body).toEqual(first);
    await fail();
    const others = [{ key: 'B', value: '2' }];
    const fourth = await retry(third, { job_variables_attributes: others });
    expect((await variablesOf(fourth)).body).toEqual(others);
    await fail();
    const fifth = await retry(fourth, { job_variables_attributes: [] });
    expect((await variablesOf(fifth)).body).toEqual([]);
    expect((await variablesOf(third)).body).toEqual(first);
  });

  test('are for the one whose job it is, and for maintainers', async () => {
    const { at, project, project_id } = await jobIn(house, 'manual');
    const own = await personWith(house.api, 'developer', project_id);
    const body = { job_variables_attributes: [{ key: 'A', value: '1' }] };
    expect((await house.api('POST', `${at}/play`, { body, token: own.token })).status).toBe(200);
    expect((await variablesOf(at, own.token)).body).toHaveLength(1);
    const maintainer = await personWith(house.api, 'maintainer', project_id);
    expect((await variablesOf(at, maintainer.token)).body).toHaveLength(1);
    for (const role of ['developer', 'reporter'] as const) {
      const { token } = await personWith(house.api, role, project_id);
      expect(refusal(await variablesOf(at, token))).toEqual(FORBIDDEN);
    }
    const other = await jobIn(house, 'pending');
    const elsewhere = `${other.project}/jobs/${at.split('/').at(-1)}`;
    expect(refusal(await variablesOf(elsewhere))).toEqual(NO_RECORD);
    expect((await house.api('GET', `${at}/variables`, { token: null })).status).toBe(401);
    expect((await house.api('GET', `${project}/jobs/999999/variables`)).status).toBe(404);
  });
});
