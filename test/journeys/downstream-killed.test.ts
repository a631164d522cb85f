import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { commit, workTree } from '../support/git-project.ts';
import { git, remoteOf } from '../support/git.ts';
import { type NpmStart, npmStart } from '../support/npm-start.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const KILLS = 4;
const BRIDGES = 5;
/** Enough that they are stored in more than one slice. */
const JOBS = 250;
const MANY = JSON.stringify({
  one: { parallel: JOBS / 2, script: 'true' },
  two: { parallel: JOBS / 2, script: 'true' },
});
const UPSTREAM = JSON.stringify(
  Object.fromEntries(
    Array.from({ length: BRIDGES }, (_, at) => [
      [`child-${at}`, { trigger: { include: 'child.yml' } }],
      [`other-${at}`, { trigger: { project: 'root/downstream' } }],
    ]).flat(),
  ),
);

interface Pipeline {
  id: number;
  status: string;
}
interface Bridge {
  name: string;
  status: string;
  downstream_pipeline: Pipeline | null;
}

describe.each(databases)('a server that is killed, on %s', { timeout: 300_000 }, (kind) => {
  test('while it creates downstream pipelines has one of each bridge after its next start', async () => {
    const database = kind === 'postgres' ? await createTestDatabase() : null;
    const flags = ['--runner', 'off', '--log-level', 'error'];
    if (database !== null) flags.push('--database-url', database);
    let server = await npmStart({ flags });
    const { data } = server;
    const downstream = await projectOf(server, 'downstream', { '.gitlab-ci.yml': MANY });
    const upstream = await projectOf(server, 'upstream', { '.gitlab-ci.yml': UPSTREAM, 'child.yml': MANY });
    const get = async <T>(path: string) => (await server.api<T>('GET', path)).body;
    const made = async () => [
      ...(await get<Pipeline[]>(`${upstream}/pipelines?source=parent_pipeline&per_page=100`)),
      ...(await get<Pipeline[]>(`${downstream}/pipelines?source=pipeline&per_page=100`)),
    ];

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const before = (await made()).length;
      // At the earliest before the first, at the latest before the last.
      const seen = Math.floor(Math.random() * 2 * BRIDGES);
      const { body: pipeline } = await server.api<Pipeline>('POST', `${upstream}/pipeline?ref=main`);
      await until(`there are ${seen}`, async () =>
        (await made()).length >= before + seen ? true : undefined,
      );
      await server.kill9();
      if (database !== null) await endLeases(database);
      server = await npmStart({ data, flags });
      const bridges = await until('all bridges have ended', async () => {
        const found = await get<Bridge[]>(`${upstream}/pipelines/${pipeline.id}/bridges?per_page=100`);
        return found.every(({ status }) => status === 'success') ? found : undefined;
      });
      expect(bridges).toHaveLength(2 * BRIDGES);
      expect(await made()).toHaveLength(before + 2 * BRIDGES);
      const known = new Set(bridges.map((bridge) => bridge.downstream_pipeline?.id));
      expect((await made()).filter(({ id }) => known.has(id))).toHaveLength(2 * BRIDGES);
    }
    // Whole, and begun: no slice of the jobs is missing or there twice.
    for (const { at, source } of [
      { at: upstream, source: 'parent_pipeline' },
      { at: downstream, source: 'pipeline' },
    ]) {
      const pipelines = await get<Pipeline[]>(`${at}/pipelines?source=${source}&per_page=100`);
      for (const { id } of pipelines) {
        await until('it has begun', async () =>
          (await get<Pipeline>(`${at}/pipelines/${id}`)).status === 'pending' ? true : undefined,
        );
        const { headers } = await server.api('GET', `${at}/pipelines/${id}/jobs?scope[]=pending&per_page=1`);
        expect(headers.get('x-total')).toBe(String(JOBS));
      }
    }
    expect(await server.stop()).toBe(0);
  });
});

/** A project of root's with these files on its branch main. Answers its path in the API. */
async function projectOf({ api, url, rootToken }: NpmStart, name: string, files: Record<string, string>) {
  const { body } = await api<{ id: number }>('POST', '/projects', { body: { name } });
  const tree = await workTree(remoteOf(url, `root/${name}`, rootToken));
  await commit(tree, files);
  // Its pipelines are made one by one below.
  await git(tree, 'push', '--quiet', '--push-option', 'ci.skip', 'origin', 'HEAD:refs/heads/main');
  return `/projects/${body.id}`;
}

/** What the dead server had in hand, the next would take over after half a minute: on SQLite it does at once. */
async function endLeases(database: string): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query('UPDATE work SET lease_until = NULL');
  await client.end();
}
