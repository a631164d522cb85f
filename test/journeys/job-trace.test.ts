import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import {
  FORBIDDEN,
  jobIn,
  NO_PROJECT,
  NO_RECORD,
  personWith,
  refusal,
  UNAUTHORIZED,
} from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { until } from '../support/until.ts';

const LOG = 'section_start:1:a\r\u001b[0KHello\n\u001b[32mgreen\u001b[0m\nthird € line\nlast\n';

describe.each(databases)('the log of a job, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  const get = (at: string, headers: Record<string, string> = {}, query = '') =>
    api<string>('GET', `${at}/trace${query}`, { headers });
  const sealed = (at: string) =>
    until('the log is sealed', async () => {
      const isLive = (await get(at)).headers.get('etag')?.startsWith('"live');
      return isLive ? undefined : true;
    });

  test.each(['created', 'pending', 'manual', 'scheduled', 'canceled', 'skipped'] as const)(
    'is not found while no runner has taken it: %s',
    async (status) => {
      const { at } = await jobIn(house, status);
      expect(refusal(await get(at))).toEqual(NO_RECORD);
      expect(refusal(await get(at, {}, '?tail=5'))).toEqual(NO_RECORD);
    },
  );

  test('is empty from the moment a runner has it, and grows', async () => {
    const { at, runner, payload } = await jobIn(house, 'running');
    const first = await get(at);
    expect([first.status, first.body]).toEqual([200, '']);
    await runner.patch(payload!, 'one\n');
    expect((await get(at)).body).toBe('one\n');
    await runner.patch(payload!, 'two\n', 4);
    expect((await get(at)).body).toBe('one\ntwo\n');
    await runner.finish(payload!, 'success', 'one\ntwo\n');
    expect((await get(at)).body).toBe('one\ntwo\n');
    await sealed(at);
    expect((await get(at)).body).toBe('one\ntwo\n');
  });

  test('is what the runner sent, byte for byte, as plain text', async () => {
    const { at, id } = await jobIn(house, 'success', { log: LOG });
    const { status, body, headers } = await get(at);
    expect([status, body]).toEqual([200, LOG]);
    expect(headers.get('content-type')).toBe('text/plain');
    expect(headers.get('content-disposition')).toBe(`infile; filename="${id}.log"`);
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(LOG)));
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(headers.get('accept-ranges')).toBe('bytes');
    // What a browser opens it shows, and stores nothing.
    const opened = await house.api('GET', `${at}/trace`, { headers: { 'sec-fetch-dest': 'document' } });
    expect(opened.headers.get('content-disposition')).toBe(`inline; filename="${id}.log"`);
  });

  describe.each(['running', 'success'] as const)('in part, while the job is %s', (status) => {
    let at: string;
    beforeAll(async () => {
      ({ at } = await jobIn(house, status, { log: '0123456789' }));
      if (status === 'success') await sealed(at);
    });

    test.each([
      ['bytes=0-3', '0123', 'bytes 0-3/10'],
      ['bytes=4-', '456789', 'bytes 4-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=-99', '0123456789', 'bytes 0-9/10'],
      ['bytes=9-9', '9', 'bytes 9-9/10'],
      ['bytes=8-99', '89', 'bytes 8-9/10'],
    ])('%s is %s', async (range, part, contentRange) => {
      const { status: code, body, headers } = await get(at, { range });
      expect([code, body]).toEqual([206, part]);
      expect(headers.get('content-range')).toBe(contentRange);
      expect(headers.get('content-length')).toBe(String(part.length));
    });

    test.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])('%s lies outside', async (range) => {
      const { status: code, body, headers } = await get(at, { range });
      expect([code, body]).toEqual([416, { message: '416 Range Not Satisfiable' }]);
      expect(headers.get('content-range')).toBe('bytes */10');
    });

    test.each(['bytes=3-1', 'bytes=0-1,4-5', 'lines=0-1', 'bytes=-', 'bytes=a-b'])(
      '%s is no range that is served, so all is',
      async (range) => {
        const { status: code, body } = await get(at, { range });
        expect([code, body]).toEqual([200, '0123456789']);
      },
    );

    test('a client that knows it is told so', async () => {
      const etag = (await get(at)).headers.get('etag')!;
      expect(etag).toMatch(/^"[^"]+"$/);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const { status: code, body, headers } = await get(at, { 'if-none-match': known });
        expect([code, body, headers.get('etag')]).toEqual([304, '', etag]);
      }
      expect((await get(at, { 'if-none-match': '"other"' })).status).toBe(200);
      const range = 'bytes=0-1';
      expect((await get(at, { range, 'if-range': etag })).status).toBe(206);
      expect((await get(at, { range, 'if-range': '"other"' })).status).toBe(200);
    });

    test('HEAD says how long it is', async () => {
      const { status: code, body, headers } = await api('HEAD', `${at}/trace`);
      expect([code, body, headers.get('content-length')]).toEqual([200, '', '10']);
    });
  });

  test('has another tag with every chunk', async () => {
    const { at, runner, payload } = await jobIn(house, 'running', { log: 'one\n' });
    const etag = (await get(at)).headers.get('etag')!;
    expect((await get(at, { 'if-none-match': etag })).status).toBe(304);
    await runner.patch(payload!, 'two\n', 4);
    const grown = await get(at, { 'if-none-match': etag });
    expect([grown.status, grown.body]).toEqual([200, 'one\ntwo\n']);
  });

  test('can be followed from where one has read', async () => {
    const { at, runner, payload } = await jobIn(house, 'running', { log: 'one\n' });
    expect((await get(at, { range: 'bytes=4-' })).status).toBe(416);
    await runner.patch(payload!, 'two\n', 4);
    expect((await get(at, { range: 'bytes=4-' })).body).toBe('two\n');
  });

  test.each([
    [0, ''],
    [1, 'last\n'],
    [2, 'third € line\nlast\n'],
    [99, LOG],
  ])('its last %s lines', async (lines, expected) => {
    const { at } = await jobIn(house, 'success', { log: LOG });
    const { status, body, headers } = await get(at, {}, `?tail=${lines}`);
    expect([status, body]).toEqual([200, expected]);
    expect(headers.get('content-type')).toBe('text/plain');
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(expected)));
  });

  test('its last lines while it grows, the unfinished one among them', async () => {
    const { at, runner, payload } = await jobIn(house, 'running', { log: 'one\ntwo' });
    expect((await get(at, {}, '?tail=1')).body).toBe('two');
    await runner.patch(payload!, '!\nthree', 7);
    expect((await get(at, {}, '?tail=2')).body).toBe('two!\nthree');
    const empty = await jobIn(house, 'running');
    expect(refusal(await get(empty.at, {}, '?tail=3'))).toEqual([200, '']);
  });

  test.each([
    ['-1', 'tail does not have a valid value'],
    ['x', 'tail is invalid'],
  ])('?tail=%s is refused', async (tail, error) => {
    const { at } = await jobIn(house, 'running');
    expect(refusal(await get(at, {}, `?tail=${tail}`))).toEqual([400, { error }]);
  });

  test('that shows secrets is for developers, whoever may see the job', async () => {
    const { at, project, project_id, runner, payload } = await jobIn(house, 'running');
    await api('PUT', project, { body: { visibility: 'public' } });
    const as = async (role: 'outsider' | 'reporter' | 'developer') => {
      const { token } = await personWith(api, role, project_id);
      return refusal(await api('GET', `${at}/trace`, { token }));
    };
    await runner.patch(payload!, 'plain ');
    expect(await as('outsider')).toEqual([200, 'plain ']);
    await runner.patch(payload!, '+ secret', 6, '?debug_trace=true');
    expect(await as('outsider')).toEqual(FORBIDDEN);
    expect(await as('reporter')).toEqual(FORBIDDEN);
    expect(await as('developer')).toEqual([200, 'plain + secret']);
  });

  test('a job whose variables ask for a debug trace has a log for developers alone', async () => {
    for (const key of ['CI_DEBUG_TRACE', 'CI_DEBUG_SERVICES']) {
      const variable = { key, value: 'true', public: true, file: false, masked: false, raw: false };
      const { at, project, project_id } = await jobIn(house, 'running', {
        job: { variables: [variable] },
        log: 'x',
      });
      await house.api('PUT', project, { body: { visibility: 'public' } });
      const reporter = await personWith(house.api, 'reporter', project_id);
      expect(refusal(await house.api('GET', `${at}/trace`, { token: reporter.token }))).toEqual(FORBIDDEN);
    }
    const off = {
      key: 'CI_DEBUG_TRACE',
      value: 'false',
      public: true,
      file: false,
      masked: false,
      raw: false,
    };
    const { at, project_id } = await jobIn(house, 'running', { job: { variables: [off] }, log: 'x' });
    const reporter = await personWith(house.api, 'reporter', project_id);
    expect((await house.api('GET', `${at}/trace`, { token: reporter.token })).status).toBe(200);
  });

  test('is not for anybody who may not see the job', async () => {
    const { at, project, project_id } = await jobIn(house, 'running', { log: 'x' });
    const { token: outsider } = await personWith(api, 'outsider', project_id);
    const { token: guest } = await personWith(api, 'guest', project_id);
    expect(refusal(await api('GET', `${at}/trace`, { token: null }))).toEqual(UNAUTHORIZED);
    expect(refusal(await api('GET', `${at}/trace`, { token: outsider }))).toEqual(NO_PROJECT);
    expect(refusal(await api('GET', `${at}/trace`, { token: guest }))).toEqual([200, 'x']);
    await api('PUT', project, { body: { public_jobs: false } });
    expect(refusal(await api('GET', `${at}/trace`, { token: guest }))).toEqual(FORBIDDEN);
  });

  test('a runner is asked for its log more often while somebody watches', async () => {
    const { at, runner, payload } = await jobIn(house, 'running');
    const interval = async (text: string, start: number) =>
      (await runner.patch(payload!, text, start)).headers['x-gitlab-trace-update-interval'];
    expect(await interval('a', 0)).toBe('10');
    await house.api('GET', `${at}/trace`);
    expect(await interval('b', 1)).toBe('3');
  });
});
