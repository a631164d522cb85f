/**
 * The built-in runner: a program of its own that asks the server for jobs and runs them on this machine.
 *
 *   end leftovers of an earlier run → verify → report them, ask for a job ⇄ run it (job.ts)
 *
 * It is set up by environment variables alone (settings.ts). It ends on SIGTERM and SIGINT, and when the IPC
 * channel to the process that started it is closed, so it must be started with one to end with its parent. Then
 * it has five seconds: running jobs are ended and reported as runner_interrupted. What cannot be reported, or
 * was not because the runner was killed, is made good at its next start.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { RunnerClient } from './client.ts';
import { runJob, type Stopping } from './job.ts';
import type { Job } from './job-payload.ts';
import { requestJobs, verify } from './job-requests.ts';
import { killLeftovers, reportLeftover } from './leftovers.ts';
import { log, messageOf } from './log.ts';
import { releaseRunLock, takeRunLock } from './run-lock.ts';
import { readSettings, type Settings } from './settings.ts';
import { Slots } from './slots.ts';
import { StateFolder } from './state-folder.ts';

/** Milliseconds from the signal to stop until telling the server is given up, and until the exit. */
const GIVE_UP_AFTER = 4500;
const EXIT_AFTER = 5000;

try {
  await main();
  process.exit(0);
} catch (error) {
  log('error', 'the runner cannot run', { error: messageOf(error) });
  process.exit(1);
}

async function main(): Promise<void> {
  const settings = readSettings(process.env, process.getuid?.() === 0);
  const stopping = listenForStop();
  makeBuilds(settings);
  const state = new StateFolder(settings.state);
  await takeRunLock(state.path);
  state.clearSpool();
  const client = new RunnerClient(settings.url, settings.token, state.systemId);
  const leftovers = state.records();
  await killLeftovers(leftovers, settings.engine);
  await verify(client, stopping.interrupt);
  const slots = new Slots();
  const start = async (job: Job): Promise<void> => {
    const slot = slots.take(job.job_info.project_id);
    await runJob(job, slot, settings, client, state, stopping);
    slots.release(slot);
  };
  await Promise.all([
    ...leftovers.map((record) => reportLeftover(client, state, record, stopping.interrupt)),
    requestJobs(client, settings.concurrent, start, stopping.interrupt),
  ]);
  releaseRunLock(state.path);
}

function listenForStop(): Stopping {
  const interrupt = new AbortController();
  const giveUp = new AbortController();
  const stop = (why: string): void => {
    if (interrupt.signal.aborted) return;
    log('info', 'stopping', { why });
    interrupt.abort();
    setTimeout(() => giveUp.abort(), GIVE_UP_AFTER).unref();
    setTimeout(() => process.exit(0), EXIT_AFTER).unref();
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('the parent process is gone'));
  return { interrupt: interrupt.signal, giveUp: giveUp.signal };
}

/** Makes the folder of all builds, which a job's user may pass through but not look around in. */
function makeBuilds({ builds, user }: Settings): void {
  mkdirSync(builds, { recursive: true, mode: 0o711 });
  if (!user) return;
  chmodSync(builds, 0o711);
  const { status } = spawnSync('/bin/sh', ['-c', 'cd -- "$0"', builds], { ...user, cwd: '/', env: {} });
  if (status === 0) return;
  throw new Error(`user ${user.uid}, under which jobs run, cannot reach JOBYARD_RUNNER_BUILDS (${builds})`);
}
