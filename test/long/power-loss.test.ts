import { cp } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { commit, workTree } from '../support/git-project.ts';
import { git, remoteOf } from '../support/git.ts';
import { npmStart } from '../support/npm-start.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { apiOf } from '../support/api.ts';
import { runForever, setForever } from '../kill/clients.ts';
import { findLosses } from '../kill/find-losses.ts';
import { type Deed, Ledger } from '../kill/ledger.ts';
import { look } from '../kill/look.ts';
import { Disk } from '../kill/power/cut-back.ts';
import { canRecord, recordedServer } from '../kill/power/recorded-server.ts';

const RUNNERS = 4;
const LOAD_MS = Math.min(20_000, 500 * Number(process.env.JOBYARD_LONG_SECONDS ?? Infinity));
/** Instants at which the power goes. */
const INSTANTS = 6;
/** What a power loss may take of a log that goes on. */
const LOG_MS = 1000;
const JOBS = Array.from({ length: 10 }, (_, at) => [`many-${at}`, { parallel: 50, script: 'true' }]);
const flags = ['--runner', 'off'];

test('what was acknowledged outlives the power', { timeout: 600_000 }, async ({ skip }) => {
  if (!canRecord()) skip('no strace');
  const data = temporaryFolder();
  const first = await npmStart({ data, flags });
  const project = await first.api<{ id: number }>('POST', '/projects', { body: { name: 'powered' } });
  const { id } = project.body;
  const runners: { token: string }[] = [];
  for (let at = 1; at <= RUNNERS; at += 1) {
    const fields = { runner_type: 'project_type', project_id: id };
    runners.push((await first.api<{ token: string }>('POST', '/user/runners', { body: fields })).body);
  }
  const tree = await workTree(remoteOf(first.url, 'root/powered', first.rootToken));
  await commit(tree, { '.gitlab-ci.yml': JSON.stringify(Object.fromEntries(JOBS)) });
  await git(tree, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  expect(await first.stop()).toBe(0);
  const base = temporaryFolder();
  await cp(data, base, { recursive: true });

  const ledger = new Ledger();
  const { url, end } = await recordedServer(data);
  const from = Date.now();
  const load = new AbortController();
  const clients = [setForever(apiOf(url, first.rootToken), id, ledger, load.signal)];
  for (const [at, { token }] of runners.entries()) {
    const runner = new SimulatedRunner(url, token, { system_id: `r_powered${at}` });
    clients.push(runForever(runner, ledger, load.signal));
  }
  await sleep(LOAD_MS);
  const to = Date.now();
  load.abort();
  const calls = await end();
  await Promise.all(clients);

  for (const survives of [() => false, () => Math.random() < 0.5]) {
    for (let instant = 1; instant <= INSTANTS; instant += 1) {
      const time = from + ((to - from) * (instant - Math.random())) / INSTANTS;
      const disk = new Disk(data, base);
      disk.replay(calls, time);
      const left = temporaryFolder();
      await disk.writeTo(left, survives);
      const server = await npmStart({ data: left, flags });
      const deeds = outliving(ledger.until(time), time);
      expect(findLosses(deeds, await look(server, id, deeds))).toEqual([]);
      expect(await server.stop()).toBe(0);
    }
  }
  const kinds = new Set(ledger.deeds.map(({ kind }) => kind));
  expect([...kinds].toSorted()).toEqual(['asked', 'begun', 'ended', 'logged', 'set', 'uploaded']);
});

/** What must be there after a power loss at that time: all but the last words of logs that go on. */
function outliving(deeds: Deed[], time: number): Deed[] {
  const ended = new Set(deeds.flatMap((deed) => (deed.kind === 'ended' ? [deed.job] : [])));
  return deeds.filter((deed) => deed.kind !== 'logged' || ended.has(deed.job) || deed.at <= time - LOG_MS);
}
