import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { databases } from '../support/databases.ts';
import { NO_PROJECT, NO_RECORD, personWith, refusal } from '../support/job-scenes.ts';
import { planned } from '../support/pipelines.ts';
import { moveIn, openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { entriesOf, zipOf } from '../support/zip.ts';

const NO_JOB = [404, { message: '404 Job Not Found' }];

describe.each(databases)('the artifacts of a ref, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  /** A project, and how a pipeline of a ref comes to it: `build` leaves `text`, unless null; then `test` ends so. */
  async function place() {
    const { project, runner } = await moveIn(house);
    const end = async (state: 'success' | 'failed', text: string | null) => {
      const { job } = await runner.request();
      await runner.running(job!);
      if (text !== null)
        await runner.artifact(job!, await zipOf({ 'out/a.txt': text, 'out/page.html': text }));
      await runner.finish(job!, state);
    };
    return {
      at: `/projects/${project.id}/jobs/artifacts`,
      project,
      add: async (
        ref: string,
        text: string | null,
        {
          build = 'success',
          test: last = 'success',
          allow_failure = false,
          names = ['build', 'test'],
        }: Past = {},
      ) => {
        const [first = 'build', second = 'test'] = names;
        const jobs = [planned(first, { allow_failure }), planned(second, { stage_idx: 2 })];
        const pipeline_id = await house.start(project, jobs, { ref });
        await end(build, text);
        if (build === 'success' || allow_failure) await end(last, null);
        return pipeline_id;
      },
      start: (ref: string) => house.start(project, [planned('build')], { ref }),
    };
  }
  interface Past {
    build?: 'success' | 'failed';
    test?: 'success' | 'failed';
    allow_failure?: boolean;
    names?: string[];
  }

  const raw = async (at: string, ref = 'main', query = '?job=build') => {
    const { status, body } = await api<string>('GET', `${at}/${ref}/raw/out/a.txt${query}`);
    return [status, body];
  };
  const download = async (at: string, ref = 'main', query = '?job=build') => {
    const response = await fetch(`${house.url}/api/v4${at}/${ref}/download${query}`, {
      headers: { 'private-token': house.rootToken },
    });
    if (response.status !== 200) return [response.status, (await response.json()) as unknown];
    const entries = await entriesOf(Buffer.from(await response.arrayBuffer()));
    return [response.status, entries['out/a.txt']];
  };

  test('are those of its latest successful pipeline, whole and one by one', async () => {
    const { at, add } = await place();
    await add('main', 'first');
    expect([await download(at), await raw(at)]).toEqual([
      [200, 'first'],
      [200, 'first'],
    ]);
    await add('main', 'second');
    expect([await download(at), await raw(at)]).toEqual([
      [200, 'second'],
      [200, 'second'],
    ]);
  });

  test('are not those of a later pipeline that failed, or still runs, or of another ref', async () => {
    const { at, add, start } = await place();
    await add('main', 'good');
    await add('main', 'bad', { test: 'failed' });
    await add('other', 'elsewhere');
    await start('main');
    expect([await download(at), await raw(at)]).toEqual([
      [200, 'good'],
      [200, 'good'],
    ]);
  });

  test('may be of a job that failed and was allowed to', async () => {
    const { at, add } = await place();
    await add('main', 'half', { build: 'failed', allow_failure: true });
    expect([await download(at), await raw(at)]).toEqual([
      [200, 'half'],
      [200, 'half'],
    ]);
  });

  test('of a ref with slashes are found, encoded or not', async () => {
    const { at, add } = await place();
    await add('improve/awesome/raw', 'slashes');
    for (const ref of ['improve/awesome/raw', 'improve%2Fawesome%2Fraw', 'improve%2Fawesome/raw'])
      expect([await download(at, ref), await raw(at, ref)]).toEqual([
        [200, 'slashes'],
        [200, 'slashes'],
      ]);
    await add('download', 'tricky');
    expect(await download(at, 'download')).toEqual([200, 'tricky']);
    expect(await download(at, 'improve')).toEqual(NO_RECORD);
  });

  test('of a branch named like a job’s number are not mistaken for that job’s', async () => {
    const { at, add } = await place();
    await add('17', 'seventeen');
    expect([await download(at, '17'), await raw(at, '17')]).toEqual([
      [200, 'seventeen'],
      [200, 'seventeen'],
    ]);
  });

  test('are not found when that one pipeline has none, even where an older one has', async () => {
    const { at, add } = await place();
    await add('main', 'older');
    await add('main', null);
    expect([await download(at), await raw(at)]).toEqual([NO_RECORD, NO_RECORD]);
    for (const query of ['&search_recent_successful_pipelines=false', '&pipeline_status=success'])
      expect(await raw(at, 'main', `?job=build${query}`)).toEqual(NO_RECORD);
  });

  test('are with search_recent_successful_pipelines those of the newest successful pipeline that has some', async () => {
    const { at, add } = await place();
    await add('main', 'oldest');
    await add('main', 'older');
    await add('main', null);
    await add('main', 'bad', { test: 'failed' });
    const query = '?job=build&search_recent_successful_pipelines=true';
    expect([await download(at, 'main', query), await raw(at, 'main', query)]).toEqual([
      [200, 'older'],
      [200, 'older'],
    ]);
    const missing = '?job=none&search_recent_successful_pipelines=1';
    expect([await download(at, 'main', missing), await raw(at, 'main', missing)]).toEqual([NO_JOB, NO_JOB]);
  });

  test('are with pipeline_status=any the latest there are, whatever became of the pipeline', async () => {
    const { at, add, start } = await place();
    const query = '?job=build&pipeline_status=any';
    expect([await download(at, 'main', query), await raw(at, 'main', query)]).toEqual([NO_JOB, NO_JOB]);
    await add('main', 'good');
    await add('main', 'bad', { build: 'failed' });
    await add('other', 'elsewhere');
    await add('main', null);
    await start('main');
    expect([await download(at, 'main', query), await raw(at, 'main', query)]).toEqual([
      [200, 'bad'],
      [200, 'bad'],
    ]);
    expect(await raw(at)).toEqual(NO_RECORD);
  });

  test('are with pipeline_status=any those of a retried job too, when the retry left none', async () => {
    const { at, add, project } = await place();
    const pipeline_id = await add('main', 'first try', { build: 'failed' });
    const { body } = await api<{ id: number; name: string }[]>(
      'GET',
      `/projects/${project.id}/pipelines/${pipeline_id}/jobs`,
    );
    const { id } = body.find(({ name }) => name === 'build')!;
    expect((await api('POST', `/projects/${project.id}/jobs/${id}/retry`)).status).toBe(201);
    expect(await raw(at, 'main', '?job=build&pipeline_status=any')).toEqual([200, 'first try']);
  });

  test('of a retried job are not those of its pipeline', async () => {
    const { at, add, project } = await place();
    const pipeline_id = await add('main', 'first');
    const { body } = await api<{ id: number; name: string }[]>(
      'GET',
      `/projects/${project.id}/pipelines/${pipeline_id}/jobs`,
    );
    await house.parts.db.write((tx) =>
      tx
        .updateTable('jobs')
        .set({ retried: 1 })
        .where('id', '=', body.find(({ name }) => name === 'build')!.id)
        .execute(),
    );
    expect(await raw(at)).toEqual(NO_RECORD);
  });

  test('a job’s name may hold anything', async () => {
    const { at, add } = await place();
    const name = 'build: [a/b, "c"] & ü';
    await add('main', 'odd', { names: [name] });
    const query = `?job=${encodeURIComponent(name)}`;
    expect([await download(at, 'main', query), await raw(at, 'main', query)]).toEqual([
      [200, 'odd'],
      [200, 'odd'],
    ]);
  });

  test.each([
    ['', 'job is missing'],
    ['?job=', 'job is empty'],
    ['?job=a&pipeline_status=failed', 'pipeline_status does not have a valid value'],
    ['?job=a&search_recent_successful_pipelines=maybe', 'search_recent_successful_pipelines is invalid'],
  ])('asked for with %j are refused: %s', async (query, error) => {
    const { at } = await place();
    const refused = [400, { error }];
    expect([await download(at, 'main', query), await raw(at, 'main', query)]).toEqual([refused, refused]);
  });

  test('HEAD and a SHA are no refs, and what is not there is not found', async () => {
    const { at, add } = await place();
    await add('main', 'good');
    for (const ref of ['HEAD', 'a'.repeat(40), 'refs/heads/main', 'none'])
      expect([await download(at, ref), await raw(at, ref)]).toEqual([NO_RECORD, NO_RECORD]);
    expect(await download(at, 'main', '?job=none')).toEqual(NO_RECORD);
    const { status, body } = await api('GET', `${at}/main/raw/none.txt?job=build`);
    expect([status, body]).toEqual([404, { message: '404 Not Found' }]);
    expect((await api('GET', `${at}/main/raw/a%00b?job=build`)).status).toBe(400);
  });

  test('a page among them never runs', async () => {
    const { at, add } = await place();
    await add('main', '<script>alert(1)</script>');
    const { headers } = await api('GET', `${at}/main/raw/out%2Fpage.html?job=build`);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });

  test('are for whoever sees the jobs', async () => {
    const { at, add, project } = await place();
    await add('main', 'good');
    const path = `${at}/main/download?job=build`;
    expect(refusal(await api('GET', path, { token: null }))).toEqual(NO_PROJECT);
    const { token } = await personWith(api, 'guest', project.id);
    expect((await api('GET', path, { token })).status).toBe(200);
    await api('PUT', `/projects/${project.id}`, { body: { visibility: 'public' } });
    expect((await api('GET', path, { token: null })).status).toBe(200);
  });
});
