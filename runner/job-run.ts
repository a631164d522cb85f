import type { Cache } from './cache.ts';
import type { RunnerClient } from './client.ts';
import { JobFailure } from './failure.ts';
import type { JobContainer } from './job-container.ts';
import type { JobControl } from './job-control.ts';
import type { Place } from './job-environment.ts';
import type { JobFiles } from './job-files.ts';
import type { JobOutput } from './job-output.ts';
import type { Job } from './job-payload.ts';
import type { EndSignals, JobProcesses } from './job-processes.ts';
import { messageOf } from './log.ts';
import { stepScript } from './script.ts';
import type { JobUser } from './settings.ts';
import { runShell } from './shell.ts';
import { isTrue, type JobVariables } from './variables.ts';

/** One job with everything it is run with. */
export interface JobRun {
  job: Job;
  place: Place;
  variables: JobVariables;
  user: JobUser | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace: number;
  client: RunnerClient;
  control: JobControl;
  output: JobOutput;
  processes: JobProcesses;
  files: JobFiles;
  cache: Cache;
  /** A free path for a named pipe. */
  pipePath: () => string;
  /** Where its scripts run; undefined: on this machine. */
  container: JobContainer | undefined;
}

/** Whatever was thrown, as the failure of a job. */
export function asFailure(error: unknown): JobFailure {
  return error instanceof JobFailure ? error : new JobFailure(messageOf(error), 'runner_system_failure');
}

/**
 * Runs a script of the job's, by default with its variables and until it is cancelled. `inContainer`: in the job's own, if
 * it has one.
 */
export async function shell(
  run: JobRun,
  script: string,
  options: { env?: Record<string, string>; signals?: EndSignals; inContainer?: boolean },
): Promise<number> {
  const { control, output, processes, user, grace } = run;
  const env = options.env ?? environment(run);
  const container = options.inContainer ? run.container : undefined;
  return await runShell(processes, {
    script: container ? container.preamble(env) + script : script,
    command: container?.command(),
    env,
    user,
    output,
    pipe: run.pipePath(),
    signals: options.signals ?? { stop: control.script, kill: control.kill, grace },
  });
}

export function commandsOf({ place, variables }: JobRun, commands: string[]): string {
  const debugTrace = isTrue(variables.values.get('CI_DEBUG_TRACE'));
  return stepScript(commands, { folder: place.folder.project, envFile: place.folder.envFile, debugTrace });
}

export function environment({ variables }: JobRun): Record<string, string> {
  return Object.fromEntries(variables.values);
}

/** Leaves the stages when the job shall end; why it ends is the control's to say. */
export function stopIfEnded(control: JobControl): void {
  if (control.ending) throw new JobFailure(control.ending, 'unknown_failure');
}

export async function attempt(stage: () => Promise<void>): Promise<JobFailure | undefined> {
  try {
    await stage();
    return undefined;
  } catch (error) {
    return asFailure(error);
  }
}
