import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runForever, setForever } from '../kill/clients.ts';
import { findLosses } from '../kill/find-losses.ts';
import { Ledger } from '../kill/ledger.ts';
import { look } from '../kill/look.ts';
import { databases } from '../support/databases.ts';
import { commit, workTree } from '../support/git-project.ts';
import { git, remoteOf } from '../support/git.ts';
import { type NpmStart, npmStart } from '../support/npm-start.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { childrenOf, processesWith } from '../support/processes.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { until } from '../support/until.ts';

const CRASHES = 5;
/** For which all of PostgreSQL stands still. */
const PAUSE_MS = Math.min(60_000, 500 * Number(process.env.JOBYARD_LONG_SECONDS ?? Infinity));
/** So many that the runners do not come to their end. */
const JOBS = Array.from({ length: 10 }, (_, at) => [`many-${at}`, { parallel: 200, script: 'true' }]);
const FLAGS = ['--runner', 'off', '--log-level', 'silent', '--limit', 'database_statement=5s'];

// Somebody else's server is not ours to crash.
const ours = databases.includes('postgres') && !process.env['JOBYARD_TEST_DATABASE_URL'];

describe.runIf(ours)('a server under load whose PostgreSQL', () => {
  let postgres: PostgresServer;
  let server: NpmStart;
  let project: number;
  const ledger = new Ledger();
  const load = new AbortController();
  const clients: Promise<void>[] = [];

  beforeAll(async () => {
    postgres = await startPostgres({ durable: true });
    server = await npmStart({ flags: [...FLAGS, '--database-url', postgres.url] });
    const made = await server.api<{ id: number }>('POST', '/projects', { body: { name: 'loaded' } });
    project = made.body.id;
    const tree = await workTree(remoteOf(server.url, 'root/loaded', server.rootToken));
    await commit(tree, { '.gitlab-ci.yml': JSON.stringify(Object.fromEntries(JOBS)) });
    await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');
    for (let at = 1; at <= 2; at += 1) {
      const fields = { runner_type: 'project_type', project_id: project };
      const runner = await server.api<{ token: string }>('POST', '/user/runners', { body: fields });
      const simulated = new SimulatedRunner(server.url, runner.body.token, { system_id: `r_loaded${at}` });
      clients.push(runForever(simulated, ledger, load.signal));
    }
    clients.push(setForever(server.api, project, ledger, load.signal));
  }, 120_000);

  afterAll(async () => {
    load.abort();
    await Promise.all(clients);
    await server.stop();
    await postgres.stop();
  }, 120_000);

  const postmaster = () => {
    const [pid] = processesWith(`port=${new URL(postgres.url).port}`);
    if (pid === undefined) throw new Error('there is no PostgreSQL');
    return pid;
  };
  /** Waits until new things are acknowledged; answers what of the old ones is missing. */
  const lossesOnceItGoesOn = async () => {
    const before = ledger.deeds.length;
    await until('it goes on', async () => {
      const more = new Set(ledger.deeds.slice(before).map(({ kind }) => kind));
      return more.has('set') && more.has('ended') ? true : undefined;
    });
    // The setting changes while we look: that is compared at the end.
    const deeds = ledger.deeds.filter(({ kind }) => kind !== 'set');
    return findLosses(deeds, await look(server, project, deeds));
  };

  test(`crashes ${CRASHES} times, keeps what it acknowledged and goes on`, async () => {
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      await sleep(Math.random() * 2000);
      const operator = new pg.Client({ connectionString: postgres.url });
      operator.on('error', () => {});
      await operator.connect();
      const { rows } = await operator.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const ended = new Promise((resolve) => operator.once('end', resolve));
      // The end of one of its processes like this makes PostgreSQL end all others and start anew from its log.
      process.kill(rows[0]!.pid, 'SIGKILL');
      await ended;
      expect(await lossesOnceItGoesOn()).toEqual([]);
    }
  });

  test(`stands still for ${PAUSE_MS / 1000} s, answers 503 meanwhile and goes on`, async () => {
    const parent = postmaster();
    const all = [parent, ...childrenOf(parent)];
    for (const pid of all) process.kill(pid, 'SIGSTOP');
    try {
      const end = Date.now() + PAUSE_MS;
      while (Date.now() < end) {
        expect(await server.api('GET', `/projects/${project}`)).toMatchObject({ status: 503 });
        expect(await server.api('GET', '/-/liveness', { token: null })).toMatchObject({ status: 200 });
      }
    } finally {
      for (const pid of all) process.kill(pid, 'SIGCONT');
    }
    expect(await lossesOnceItGoesOn()).toEqual([]);
    load.abort();
    await Promise.all(clients);
    expect(findLosses(ledger.deeds, await look(server, project, ledger.deeds))).toEqual([]);
  });
});
