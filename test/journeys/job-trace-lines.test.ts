import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { FORBIDDEN, jobIn, NO_RECORD, personWith, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';

describe.each(databases)('the lines of a log, on %s', (kind) => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
  });

  const lines = async (at: string, query = '') => {
    const { status, body, headers } = await house.api<string>('GET', `${at}/trace/lines${query}`);
    const number = (name: string) => Number(headers.get(name));
    return {
      status,
      body,
      total: number('x-total-lines'),
      first: number('x-first-line'),
      last: number('x-last-line'),
      byte: number('x-first-byte'),
    };
  };

  test.each(['running', 'success'] as const)('are given by number, while the job is %s', async (status) => {
    const { at } = await jobIn(house, status, { log: 'one\ntwo\nthree\nrest' });
    const all = { status: 200, total: 4 };
    expect(await lines(at)).toEqual({ ...all, body: 'one\ntwo\nthree\nrest', first: 1, last: 4, byte: 0 });
    expect(await lines(at, '?from=2&to=3')).toEqual({
      ...all,
      body: 'two\nthree\n',
      first: 2,
      last: 3,
      byte: 4,
    });
    expect(await lines(at, '?from=4')).toEqual({ ...all, body: 'rest', first: 4, last: 4, byte: 14 });
    expect(await lines(at, '?from=5')).toEqual({ ...all, body: '', first: 5, last: 4, byte: 18 });
  });

  test('grow with the log, and begin anew with it', async () => {
    const { at, runner, payload } = await jobIn(house, 'running', { log: 'one\ntw' });
    expect(await lines(at, '?from=2')).toMatchObject({ body: 'tw', total: 2 });
    await runner.patch(payload!, 'o\nthree\n', 6);
    expect(await lines(at, '?from=2')).toMatchObject({ body: 'two\nthree\n', total: 3 });
    expect((await runner.finish(payload!, 'success', 'other')).status).toBe(412);
    await runner.patch(payload!, 'a\nb');
    expect(await lines(at)).toMatchObject({ body: 'a\nb', total: 2 });
  });

  test('of a large log are found through the index that is kept with it', async () => {
    const scene = await jobIn(house, 'running');
    const chunk = Buffer.from('0123456\n'.repeat(1 << 17));
    for (let at = 0; at < 3; at += 1) await scene.runner.patch(scene.payload!, chunk, at << 20);
    const last = Buffer.from('the last\n');
    await scene.runner.patch(scene.payload!, last, 3 << 20);
    const whole = Buffer.concat([chunk, chunk, chunk, last]);
    const total = 3 * (1 << 17) + 1;
    expect(await lines(scene.at, `?from=${total - 1}`)).toMatchObject({ body: '0123456\nthe last\n', total });
    expect((await scene.runner.finish(scene.payload!, 'success', whole)).status).toBe(200);
    const trace = () =>
      house.parts.db.read
        .selectFrom('job_traces')
        .selectAll()
        .where('job_id', '=', scene.id)
        .executeTakeFirstOrThrow();
    const sealed = await until('the log is sealed', async () => {
      const row = await trace();
      return row.state === 'sealed' ? row : undefined;
    });
    expect(sealed).toMatchObject({ lines: total, index_key: expect.any(String) });
    expect(await lines(scene.at, `?from=200000&to=200001`)).toMatchObject({
      body: '0123456\n0123456\n',
      byte: 199_999 * 8,
      total,
    });
    expect(await lines(scene.at, `?from=${total}`)).toMatchObject({ body: 'the last\n', byte: 3 << 20 });
    expect((await house.api('POST', `${scene.at}/erase`)).status).toBe(201);
    await until('the index is gone with the log', async () =>
      (await house.parts.blobs.stat(sealed.index_key!)) || (await house.parts.blobs.stat(sealed.blob_key!))
        ? undefined
        : true,
    );
    expect(refusal(await house.api('GET', `${scene.at}/trace/lines`))).toEqual(NO_RECORD);
  });

  test('of an empty log are none', async () => {
    const { at } = await jobIn(house, 'success');
    expect(await lines(at)).toEqual({ status: 200, body: '', total: 0, first: 1, last: 0, byte: 0 });
  });

  test('are counted by HEAD', async () => {
    const { at } = await jobIn(house, 'success', { log: 'a\nb\n' });
    const { status, headers } = await house.api('HEAD', `${at}/trace/lines`);
    expect([status, headers.get('x-total-lines')]).toEqual([200, '2']);
  });

  test.each([
    ['?from=0', 'from does not have a valid value'],
    ['?from=x', 'from is invalid'],
    ['?from=3&to=2', 'to does not have a valid value'],
  ])('%s is refused', async (query, error) => {
    const { at } = await jobIn(house, 'success', { log: 'a\nb\n' });
    expect(refusal(await house.api('GET', `${at}/trace/lines${query}`))).toEqual([400, { error }]);
  });

  test('are for those who may read the log', async () => {
    const { at, project, project_id, runner, payload } = await jobIn(house, 'running');
    await house.api('PUT', project, { body: { visibility: 'public' } });
    await runner.patch(payload!, 'secret', 0, '?debug_trace=true');
    const { token } = await personWith(house.api, 'reporter', project_id);
    expect(refusal(await house.api('GET', `${at}/trace/lines`, { token }))).toEqual(FORBIDDEN);
  });
});
