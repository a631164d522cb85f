import { beforeAll, describe, expect, test } from 'vitest';
import { JOB_STATUSES, type JobStatus } from '../../src/jobs/job-state.ts';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, type JobBody, jobIn, personWith, protectBranch, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

const UNPLAYABLE = [400, { message: '400 Bad request - Unplayable Job' }];
const ENDED: JobStatus[] = ['success', 'failed', 'canceled', 'canceling'];

describe.each(databases)('playing a job, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  const play = (at: string, request = {}) => api<JobBody>('POST', `${at}/play`, request);

  const unplayable = JOB_STATUSES.filter((status) => status !== 'manual' && status !== 'scheduled');
  test.each(unplayable)('that is %s and runs by itself is refused', async (status) => {
    const { at, read } = await jobIn(house, status);
    expect(refusal(await play(at))).toEqual(UNPLAYABLE);
    expect((await read()).status).toBe(status);
  });

  test.each(['manual', 'scheduled'] as const)('that is %s makes it pending, once', async (status) => {
    const { at, id } = await jobIn(house, status);
    const reply = await play(at);
    expect([reply.status, reply.body.id, reply.body.status]).toEqual([200, id, 'pending']);
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(refusal(await play(at))).toEqual(UNPLAYABLE);
  });

  test.each(ENDED)('that is manual and now %s runs it again as a new job', async (status) => {
    const { at, id, latest } = await jobIn(house, status, { job: { when: 'manual' } });
    const reply = await play(at);
    expect([reply.status, reply.body.id, reply.body.status]).toEqual([200, id, status]);
    const now = await latest();
    expect(now).toMatchObject({ status: 'pending' });
    expect(now.id).toBeGreaterThan(id);
    expect(refusal(await play(at))).toEqual(UNPLAYABLE);
  });

  test('makes the player its user', async () => {
    const { at, project_id, read } = await jobIn(house, 'manual');
    const { token, id } = await personWith(api, 'developer', project_id);
    expect((await play(at, { token })).body.user).toMatchObject({ id });
    expect((await read()).user).toMatchObject({ id });
  });

  test('twice at once is done once', async () => {
    const { at } = await jobIn(house, 'manual');
    const replies = await Promise.all([play(at), play(at)]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 400]);
  });

  test('lets the pipeline go on that waited for it', async () => {
    const { at, read, runner } = await jobIn(house, 'manual');
    expect((await read()).pipeline.status).toBe('manual');
    await play(at);
    expect((await read()).pipeline.status).toBe('pending');
    const { job } = await runner.request();
    await runner.running(job!);
    await runner.finish(job!, 'success');
    expect(await read()).toMatchObject({ status: 'success', pipeline: { status: 'success' } });
  });

  test.each([
    [
      'JSON',
      {
        body: {
          job_variables_attributes: [
            { key: 'TARGET', value: 'moon' },
            { key: 'B', value: '' },
          ],
        },
      },
    ],
    [
      'a form',
      {
        body: new URLSearchParams([
          ['job_variables_attributes[][key]', 'TARGET'],
          ['job_variables_attributes[][value]', 'moon'],
          ['job_variables_attributes[][key]', 'B'],
          ['job_variables_attributes[][value]', ''],
        ]),
      },
    ],
    [
      'a form with indexes',
      {
        body: new URLSearchParams({
          'job_variables_attributes[0][key]': 'TARGET',
          'job_variables_attributes[0][value]': 'moon',
          'job_variables_attributes[1][key]': 'B',
          'job_variables_attributes[1][value]': '',
        }),
      },
    ],
  ])('gives the job variables, from %s', async (_, request) => {
    const { at, runner } = await jobIn(house, 'manual');
    expect((await play(at, request)).status).toBe(200);
    const { job } = await runner.request();
    const value = (name: string) => job!.variables.find(({ key }) => key === name)?.value;
    expect([value('TARGET'), value('B')]).toEqual(['moon', '']);
  });

  test.each([
    [[{ value: '1' }], 'job_variables_attributes[0][key] is missing'],
    [[{ key: 'A' }], 'job_variables_attributes[0][value] is missing'],
    [
      [{ key: 'A', value: '1' }, { key: 'B', value: '2' }, { value: '3' }],
      'job_variables_attributes[2][key] is missing',
    ],
    [['text'], 'job_variables_attributes[0] is invalid'],
  ])(
    'with the variables %j is refused, and the job stays manual',
    async (job_variables_attributes, error) => {
      const { at, read } = await jobIn(house, 'manual');
      expect(refusal(await play(at, { body: { job_variables_attributes } }))).toEqual([400, { error }]);
      expect((await read()).status).toBe('manual');
    },
  );

  test('takes a developer, and on a protected branch whoever may merge there', async () => {
    const { at, project_id, read } = await jobIn(house, 'manual');
    const developer = await personWith(api, 'developer', project_id);
    const maintainer = await personWith(api, 'maintainer', project_id);
    await protectBranch(house, project_id);
    expect(refusal(await play(at, { token: developer.token }))).toEqual(FORBIDDEN);
    expect((await read()).status).toBe('manual');
    expect((await play(at, { token: maintainer.token })).status).toBe(200);
  });
});
