import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { JobFailure } from './failure.ts';
import { killProcesses, MARK, readProcess } from './processes.ts';
import type { JobUser } from './settings.ts';
import type { JobRecord, StateFolder } from './state-folder.ts';
import { onAbort } from './wait.ts';

/** When a process is ended before its time: politely at `stop`, at once at `kill` or `grace` ms after `stop`. */
export interface EndSignals {
  stop: AbortSignal;
  kill: AbortSignal;
  grace: number;
}

/** Starts the processes of one job, each in a session of its own, recorded, and marked to be found again. */
export class JobProcesses {
  readonly #state: StateFolder;
  readonly #record: JobRecord;

  constructor(state: StateFolder, record: JobRecord) {
    this.#state = state;
    this.#record = record;
  }

  start(
    command: string,
    args: string[],
    options: { env: Record<string, string>; stdio: StdioOptions; user?: JobUser | undefined },
  ): ChildProcess {
    const { env, stdio, user } = options;
    let child: ChildProcess;
    try {
      child = spawn(command, args, {
        cwd: '/',
        env: { ...env, [MARK]: this.#record.mark },
        stdio,
        detached: true,
        ...user,
      });
    } catch (error) {
      throw cannotStart(command, error);
    }
    const { pid } = child;
    const seen = pid === undefined ? undefined : readProcess(pid);
    if (seen) {
      this.#record.leaders.push({ pid: seen.pid, start_time: seen.start_time });
      this.#state.write(this.#record);
    }
    return child;
  }

  /** Waits for the end of a process. @returns its exit code, 128 and the signal's number if one ended it. */
  async ended(child: ChildProcess, signals: EndSignals): Promise<number> {
    let grace: NodeJS.Timeout | undefined;
    const kill = (): void => signalGroup(child, 'SIGKILL');
    const forgetStop = onAbort(signals.stop, () => {
      signalGroup(child, 'SIGTERM');
      grace = setTimeout(kill, signals.grace);
    });
    const forgetKill = onAbort(signals.kill, kill);
    try {
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      return code ?? 128 + (signal ? constants.signals[signal] : 0);
    } catch (error) {
      throw cannotStart(child.spawnfile, error);
    } finally {
      clearTimeout(grace);
      forgetStop();
      forgetKill();
    }
  }

  /** Kills whatever still runs of the job. */
  async killAll(): Promise<number> {
    return await killProcesses(this.#record.mark, this.#record.leaders);
  }
}

/** Signals the group that the child leads. The child must not have been waited for yet. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group has just ended
  }
}

function cannotStart(command: string, error: unknown): JobFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = code === 'E2BIG' ? ' (a variable of the job is too large)' : '';
  return new JobFailure(`cannot start ${command}: ${code || String(error)}${hint}`, 'runner_system_failure');
}
