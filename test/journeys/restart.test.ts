import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { git, remoteOf, repositoryOf } from '../support/git.ts';
import { type NpmStart, npmStart } from '../support/npm-start.ts';
import { processesWith } from '../support/processes.ts';
import { SimulatedRunner } from '../support/simulated-runner.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

interface Job {
  id: number;
  name: string;
  status: string;
  failure_reason?: string;
}

let count = 0;

// What a failed test leaves of its jobs.
afterAll(() => {
  for (const pid of processesWith(`long-${process.pid}-`)) process.kill(pid, 'SIGKILL');
});

/** A job that the built-in runner runs for hours, and that notes each of its beginnings outside. */
async function startLongJob(server: NpmStart) {
  const name = `long-${process.pid}-${++count}`;
  const { body: project } = await server.api<{ id: number }>('POST', '/projects', { body: { name } });
  const outside = temporaryFolder();
  chmodSync(outside, 0o777);
  const begun = join(outside, 'begun');
  const source = temporaryFolder();
  writeFileSync(
    join(source, '.gitlab-ci.yml'),
    `long:\n  script:\n    - echo begun >> ${begun}\n    - setsid sh -c 'sleep 7200; echo ${name}' &\n    - sh -c 'sleep 7200; echo ${name}'\n`,
  );
  const tree = await repositoryOf(source);
  await git(tree, 'push', remoteOf(server.url, `root/${name}`, server.rootToken), 'main');
  await until('the job has begun', async () => (existsSync(begun) ? true : undefined));
  return {
    project_id: project.id,
    /** How often it has begun. */
    begun: () => readFileSync(begun, 'utf8').split('\n').length - 1,
    /** What of it still runs. */
    processes: () => processesWith(name),
    async job({ api }: NpmStart): Promise<Job | undefined> {
      const { body } = await api<Job[]>('GET', `/projects/${project.id}/jobs?include_retried=true`);
      expect(body.map((job) => job.name)).toEqual(['long']);
      return body[0];
    },
  };
}

const INTERRUPTED = { status: 'failed', failure_reason: 'runner_interrupted' };

test('SIGTERM ends a running job as interrupted and answers who waits, within ten seconds', async () => {
  const server = await npmStart();
  const long = await startLongJob(server);
  expect(await long.job(server)).toMatchObject({ status: 'running' });
  expect(long.processes().length).toBeGreaterThan(0);
  const made = await server.api<{ token: string }>('POST', '/user/runners', {
    body: { runner_type: 'project_type', project_id: long.project_id },
  });
  const waiting = new SimulatedRunner(server.url, made.body.token);
  const held = waiting.request().then(({ status }) => status);
  await server.api('GET', '/version');

  const from = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - from).toBeLessThan(10_000);
  expect(await held).toBe(204);
  waiting.close();
  expect(long.processes()).toEqual([]);

  const again = await npmStart({ data: server.data });
  expect(await long.job(again)).toMatchObject(INTERRUPTED);
  expect(await again.stop()).toBe(0);
  expect(long.begun()).toBe(1);
});

/** What the next start makes of a job that ran when everything was killed. */
async function expectInterrupted(data: string, long: Awaited<ReturnType<typeof startLongJob>>) {
  const again = await npmStart({ data });
  const job = await until('the job has ended', async () => {
    const found = await long.job(again);
    return found?.status === 'running' ? undefined : found;
  });
  expect(job).toMatchObject(INTERRUPTED);
  expect(long.processes()).toEqual([]);
  // The runner is at work: what it did not take up by now it will not.
  const next = await startLongJob(again);
  expect(long.begun()).toBe(1);
  expect(await again.stop()).toBe(0);
  expect(next.processes()).toEqual([]);
}

test('a job that ran when the server got SIGKILL is interrupted, and runs no second time', async () => {
  const server = await npmStart();
  const long = await startLongJob(server);
  expect(await long.job(server)).toMatchObject({ status: 'running' });
  await server.kill9();
  await expectInterrupted(server.data, long);
});

test('what a runner that got SIGKILL too has left behind ends before anything new begins', async () => {
  const server = await npmStart();
  const long = await startLongJob(server);
  const runners = processesWith(`JOBYARD_RUNNER_STATE=${server.data}/runner`);
  expect(runners).toHaveLength(1);
  for (const runner of runners) process.kill(runner, 'SIGKILL');
  await server.kill9();
  expect(long.processes().length).toBeGreaterThan(0);
  await expectInterrupted(server.data, long);
});
