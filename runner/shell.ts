import { existsSync } from 'node:fs';
import type { EndSignals, JobProcesses } from './job-processes.ts';
import type { JobOutput } from './job-output.ts';
import { OutputPipe } from './output-pipe.ts';
import type { JobUser } from './settings.ts';

const BASH = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find((path) => existsSync(path));

export interface ShellRun {
  /** Text from script.ts. */
  script: string;
  /** What reads the script and runs it; unless said, a shell of this machine with `env`. */
  command?: { program: string; args: string[]; environment: Record<string, string> } | undefined;
  env: Record<string, string>;
  user: JobUser | undefined;
  output: JobOutput;
  /** A free path for the pipe of the output. */
  pipe: string;
  signals: EndSignals;
}

/**
 * Runs a script in bash, or in sh where there is none, and returns its exit code. The script arrives over
 * standard input, so it stands neither in a file nor in the process list.
 */
export async function runShell(processes: JobProcesses, run: ShellRun): Promise<number> {
  const pipe = await OutputPipe.open(run.pipe, run.output.stream());
  try {
    let child;
    try {
      const { program, args, environment } = run.command ?? {
        program: BASH ?? '/bin/sh',
        args: [...(BASH ? ['--norc'] : []), '-c', 'eval "$(/bin/cat)"'],
        environment: run.env,
      };
      child = processes.start(program, args, {
        env: environment,
        stdio: ['pipe', pipe.fd, pipe.fd],
        user: run.user,
      });
    } finally {
      pipe.release();
    }
    // The shell may be killed before it has read its script.
    child.stdin?.on('error', () => {});
    child.stdin?.end(run.script);
    const code = await processes.ended(child, run.signals);
    await pipe.drained();
    return code;
  } catch (error) {
    await pipe.destroy();
    throw error;
  }
}
