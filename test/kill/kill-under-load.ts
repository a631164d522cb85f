import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/http/log.ts';
import { Opened, openParts } from '../../src/open-parts.ts';
import { workTree } from '../support/git-project.ts';
import { remoteOf } from '../support/git.ts';
import { npmStart } from '../support/npm-start.ts';
import { processesWith } from '../support/processes.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { pushForever, runForever, setForever } from './clients.ts';
import { findDisorder, findLosses } from './find-losses.ts';
import { filesLeftOver, ownedBlobs, rowsLeftOver } from './left-over.ts';
import { Ledger } from './ledger.ts';
import { look, survey } from './look.ts';

const PUSHERS = 2;
const RUNNERS = 4;
const TWO_DAYS_MS = 2 * 86_400_000;
const flagsOf = (database: string | null) => (database === null ? [] : ['--database-url', database]);

const simulated = (stage: string) => ({ stage, tags: ['simulated'], script: 'true' });

/** How often each kind of thing was acknowledged. */
export type Acknowledged = Record<string, number>;

/**
 * Loads a server with pushers, simulated runners, the built-in runner and somebody who changes a setting;
 * kills it `times` times with SIGKILL at a random instant and starts it again; lets what was begun come to
 * its end; and compares what was acknowledged with what is there, and what is left with what may be.
 */
export async function killUnderLoad(times: number, database: string | null): Promise<Acknowledged> {
  const data = temporaryFolder();
  const mark = `killed-${process.pid}-${Date.now()}`;
  const outside = temporaryFolder();
  await chmod(outside, 0o777);
  const begun = join(outside, 'begun');
  writeFileSync(begun, '');
  await chmod(begun, 0o666);

  const flags = [...flagsOf(database), '--runner-concurrent', '1', '--limit', 'job_acknowledge=2s'];
  let server = await npmStart({ data, flags });
  // The same address each time, as a server has.
  flags.push('--port', new URL(server.url).port);
  const project = await server.api<{ id: number }>('POST', '/projects', { body: { name: 'killed' } });
  expect(project.status).toBe(201);
  const { id } = project.body;

  const ledger = new Ledger();
  const [load, work] = [new AbortController(), new AbortController()];
  const clients = [setForever(server.api, id, ledger, load.signal)];
  const remote = remoteOf(server.url, 'root/killed', server.rootToken);
  const ready = () => server.api('GET', '/-/liveness', { token: null });
  for (let at = 1; at <= PUSHERS; at += 1) {
    const pusher = { tree: await workTree(remote), remote, name: `pusher-${at}`, ready };
    clients.push(pushForever(pusher, configuration, ledger, load.signal));
  }
  const runners: SimulatedRunner[] = [];
  for (let at = 1; at <= RUNNERS; at += 1) {
    const made = await server.api<{ token: string }>('POST', '/user/runners', {
      body: { runner_type: 'project_type', project_id: id, tag_list: 'simulated', run_untagged: false },
    });
    runners.push(new SimulatedRunner(server.url, made.body.token, { system_id: `r_killed${at}` }));
  }
  const running = runners.map((runner) => runForever(runner, ledger, work.signal));

  const from = Date.now();
  await until('a push is through', async () => ledger.deeds.find(({ kind }) => kind === 'pushed'));
  const duration = Date.now() - from;
  for (let round = 1; round <= times; round += 1) {
    await sleep(Math.random() * 3 * duration);
    await server.kill9();
    server = await npmStart({ data, flags });
  }
  load.abort();
  let last = '';
  await Promise.all(clients);
  await until(
    'everything has come to its end',
    async () => {
      await sleep(300);
      const disorder = findDisorder(deeds(), await survey(server, id));
      last = disorder.join('; ');
      return disorder.length === 0 ? true : undefined;
    },
    60 + 2 * times,
    () => last,
  );
  work.abort();
  await Promise.all(running);
  for (const runner of runners) runner.close();
  const found = await look(server, id, ledger.deeds);
  expect([...findLosses(deeds(), found), ...findDisorder(deeds(), found)]).toEqual([]);

  expect(await server.stop()).toBe(0);
  expect([data, mark].flatMap(processesWith)).toEqual([]);
  expect(await leftInTwoDays(data, database)).toEqual([]);

  const counts: Acknowledged = {};
  for (const { kind } of deeds()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;

  /** With what the jobs of the built-in runner have noted themselves: each beginning is one of its own. */
  function deeds() {
    const own = readFileSync(begun, 'utf8').split('\n').filter(Boolean);
    return [
      ...ledger.deeds,
      ...own.map((job, at) => ({
        at: 0,
        kind: 'begun' as const,
        job: Number(job),
        runner: `built-in ${at}`,
      })),
    ];
  }

  /** Jobs for simulated runners in two stages, and now and then one that the built-in runner runs. */
  function configuration(round: number): string {
    const real = {
      stage: 'build',
      variables: { MARK: mark },
      script: [`echo $CI_JOB_ID >> ${begun}`, 'for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done'],
    };
    return JSON.stringify({
      stages: ['build', 'test'],
      one: simulated('build'),
      two: simulated('build'),
      three: simulated('test'),
      ...(round % 4 === 1 ? { real } : {}),
    });
  }
}

/** What is in the data folder that should not be, once a server has been at it that believes it is in two days. */
async function leftInTwoDays(data: string, database: string | null): Promise<string[]> {
  const config = readConfig(['--data', data, ...flagsOf(database)], {});
  const opened = new Opened();
  const options = {
    config,
    clock: () => Date.now() + TWO_DAYS_MS,
    steady: () => performance.now(),
    log: createLog('error'),
    url: () => 'http://127.0.0.1',
  };
  const { parts, worker } = await openParts(options, opened);
  opened.add(() => worker.stop());
  const left = async () => [
    ...filesLeftOver(data, await ownedBlobs(parts.db)),
    ...(await rowsLeftOver(parts.db, data)),
  ];
  try {
    await worker.start();
    return await until('it is tidy', async () => ((await left()).length === 0 ? [] : undefined), 20).catch(
      left,
    );
  } finally {
    await opened.close();
  }
}
