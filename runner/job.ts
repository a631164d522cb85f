import { buildFolder } from './build-folder.ts';
import { Cache } from './cache.ts';
import type { JobUpdate, RunnerClient } from './client.ts';
import { JobFailure, knownReason } from './failure.ts';
import { onHint } from './hints.ts';
import { JobControl } from './job-control.ts';
import { imageVariable, ownVariables, shortToken } from './job-environment.ts';
import { JobFiles } from './job-files.ts';
import { JobOutput } from './job-output.ts';
import type { Job } from './job-payload.ts';
import { JobProcesses } from './job-processes.ts';
import { asFailure, type JobRun } from './job-run.ts';
import { cleanUp, containerOf, MAX_DELAY, runStages } from './job-stages.ts';
import { reportLeftover } from './leftovers.ts';
import { log, messageOf } from './log.ts';
import { Masker } from './mask.ts';
import { VERSION } from './runner-info.ts';
import type { Settings } from './settings.ts';
import type { Slot } from './slots.ts';
import type { JobRecord, StateFolder } from './state-folder.ts';
import { Trace } from './trace.ts';
import { TraceSender } from './trace-sender.ts';
import { isTrue, resolveVariables } from './variables.ts';
import { onAbort, wait } from './wait.ts';

/** Milliseconds in which the server must say yes to a job; after a minute it gives the job to another runner. */
const ACCEPT_WITHIN = 40_000;

/** How the runner itself is being stopped. */
export interface Stopping {
  /** Jobs are to be ended. */
  interrupt: AbortSignal;
  /** There is no time left to tell the server. */
  giveUp: AbortSignal;
}

/**
 * Runs one job from the moment it was handed out until the server knows how it ended. Never throws: what goes
 * wrong with a job is the job's failure.
 */
export async function runJob(
  job: Job,
  slot: Slot,
  settings: Settings,
  client: RunnerClient,
  state: StateFolder,
  stopping: Stopping,
): Promise<void> {
  try {
    const record = state.newRecord(job, job.features.failure_reasons);
    const answer = await accept(job, client, stopping.interrupt);
    if (answer === 'gone') state.remove(record);
    else if (answer === 'unknown') await reportLeftover(client, state, record, stopping.giveUp);
    else
      await runAccepted(job, slot, settings, client, state, stopping, {
        record,
        canceling: answer === 'canceling',
      });
  } catch (error) {
    log('error', 'a job could not be run', { job_id: job.id, error: messageOf(error) });
  }
}

/**
 * Tells the server that the job is about to run. Until the server has confirmed it, the job may as well be given
 * to another runner; so without a confirmation it is not run. `unknown` means that the server may have heard it,
 * and waits for a job that does not run.
 */
async function accept(
  job: Job,
  client: RunnerClient,
  signal: AbortSignal,
): Promise<'run' | 'canceling' | 'gone' | 'unknown'> {
  const deadline = performance.now() + ACCEPT_WITHIN;
  for (;;) {
    let problem: string;
    try {
      const reply = await client.updateJob(job, { state: 'running' }, signal);
      if (reply.job_status === 'canceled' || reply.job_status === 'failed') return 'gone';
      if (reply.status >= 200 && reply.status < 300) {
        return reply.job_status === 'canceling' ? 'canceling' : 'run';
      }
      problem = `the server answered ${reply.status}`;
      if (reply.status < 500 && reply.status !== 429 && reply.status !== 408) {
        log('info', 'a job is no longer to be had', { job_id: job.id, status: reply.status });
        return 'gone';
      }
    } catch (error) {
      problem = messageOf(error);
    }
    if (signal.aborted || performance.now() > deadline) {
      log('warn', 'a job was given up: the server did not confirm it', { job_id: job.id, error: problem });
      return 'unknown';
    }
    await wait(500, signal);
  }
}

async function runAccepted(
  job: Job,
  slot: Slot,
  settings: Settings,
  client: RunnerClient,
  state: StateFolder,
  stopping: Stopping,
  begun: { record: JobRecord; canceling: boolean },
): Promise<void> {
  const { record } = begun;
  const control = new JobControl();
  if (begun.canceling) control.end('canceling');
  const forgetInterrupt = onAbort(stopping.interrupt, () => control.end('interrupted'));
  const timeout = setTimeout(
    () => control.end('timed_out'),
    Math.min(job.runner_info.timeout * 1000, MAX_DELAY),
  );
  const place = {
    ...slot,
    folder: buildFolder(settings.builds, job, slot.concurrent_project_id),
    builds: settings.builds,
    short_token: shortToken(settings.token),
    path: settings.path,
  };
  const sent = [...imageVariable(job), ...job.variables];
  const variables = resolveVariables(sent, ownVariables(job, place), place.folder.temp);
  const trace = new Trace(state.tracePath(record.mark), settings.output_limit);
  const sender = new TraceSender(client, job, trace, {
    debugTrace: isTrue(variables.values.get('CI_DEBUG_TRACE')),
    observe: (reply) => control.observe(reply),
  });
  const output = new JobOutput(trace, maskerOf(job, variables.secrets), job.features.trace_sections, {
    growth: () => sender.notify(),
    loss: (error) => log('error', 'a log could not be written', { job_id: job.id, error: messageOf(error) }),
  });
  const processes = new JobProcesses(state, record);
  const work = { project: place.folder.project, user: settings.user, values: variables.values };
  const files = new JobFiles(state, processes, output, control, work);
  const cacheFolder = state.cachePath(job.job_info.project_id);
  const run: JobRun = {
    job,
    place,
    variables,
    user: settings.user,
    grace: settings.cancel_grace,
    client,
    control,
    output,
    processes,
    files,
    cache: new Cache(cacheFolder, settings.cache_limit, files, output, variables.values),
    pipePath: () => state.spoolPath(),
    container: undefined,
  };
  run.container = containerOf(run, settings.engine, record.mark);

  log('info', 'job started', { job_id: job.id, project_id: job.job_info.project_id });
  sender.start();
  const forgetHints = onHint(job.id, () => sender.ask());
  output.info(`Running with jobyard-runner ${VERSION}, system ID ${state.systemId}`);
  const failure = await runStages(run);
  await run.container?.remove();
  await processes.killAll();
  await cleanUp(run).catch((error: unknown) =>
    log('warn', 'a job left files', { job_id: job.id, error: asFailure(error).message }),
  );
  clearTimeout(timeout);
  forgetInterrupt();
  forgetHints();
  const outcome = conclude(job, control, failure, output);
  record.outcome = outcome;
  state.write(record);
  await sender.stop();
  const known = control.ending === 'aborted' || (await sender.finish(outcome, stopping.giveUp));
  trace.close();
  // What the server could not be told is told at the next start.
  if (known) state.remove(record);
  const ended = control.ending === 'aborted' ? 'aborted' : outcome.state;
  log('info', 'job ended', { job_id: job.id, state: ended, failure_reason: outcome.failure_reason });
}

/** Writes the last line of the log and says what is to be reported. */
function conclude(
  job: Job,
  control: JobControl,
  stageFailure: JobFailure | undefined,
  output: JobOutput,
): JobUpdate {
  const failure = endingFailure(job, control) ?? stageFailure;
  if (failure) output.error(`Job failed: ${failure.message}`);
  else output.info('Job succeeded');
  output.end();
  if (!failure) return { state: 'success' };
  const { exit_code } = failure;
  return {
    state: 'failed',
    failure_reason: knownReason(failure.failure_reason, job.features.failure_reasons),
    ...(exit_code ? { exit_code } : {}),
  };
}

function endingFailure(job: Job, control: JobControl): JobFailure | undefined {
  switch (control.ending) {
    case undefined:
      return undefined;
    case 'timed_out':
      return new JobFailure(
        `it ran longer than its timeout of ${job.runner_info.timeout} s`,
        'job_execution_timeout',
      );
    case 'interrupted':
      return new JobFailure('the runner was stopped while the job ran', 'runner_interrupted');
    case 'canceling':
    case 'aborted':
      return new JobFailure('it was canceled', 'unknown_failure');
  }
}

function maskerOf(job: Job, secrets: string[]): Masker {
  return new Masker(
    [
      ...secrets,
      job.token,
      ...job.dependencies.map(({ token }) => token),
      ...job.credentials.map(({ password }) => password),
    ],
    job.features.token_mask_prefixes,
  );
}
