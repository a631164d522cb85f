import { execFile } from 'node:child_process';
import { log } from './log.ts';

/** What containers and networks of a job carry, with the job's mark: by this they are found again. */
const LABEL = 'jobyard.job';
/** Milliseconds that removing may take; pulling has no bound but the job's own. */
const REMOVE_WITHIN = 60_000;

/** How a call of the engine ended. */
export interface EngineAnswer {
  /** Null when it was ended. */
  code: number | null;
  stdout: string;
  /** Its last words. */
  stderr: string;
}

/** Podman or docker, in the words that both understand. */
export class Engine {
  readonly program: string;
  readonly environment: Record<string, string>;

  constructor(program: string, environment: Record<string, string>) {
    this.program = program;
    this.environment = environment;
  }

  /** Whether it is podman, for the little that differs. */
  get isPodman(): boolean {
    return /podman[^/]*$/.test(this.program);
  }

  /** Calls it and waits. Never throws. */
  async ask(args: readonly string[], signal?: AbortSignal): Promise<EngineAnswer> {
    return await new Promise((resolve) => {
      const options = { env: this.environment, signal, maxBuffer: 64 * 1024 * 1024 };
      execFile(this.program, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        const words = stderr.trim() || (error?.message ?? '');
        resolve({ code, stdout: stdout.trim(), stderr: words.slice(-2000) });
      });
    });
  }

  /** Removes all that is there of a job, whether it runs or not. */
  async removeAll(mark: string): Promise<void> {
    const filter = [`--filter=label=${LABEL}=${mark}`];
    const signal = AbortSignal.timeout(REMOVE_WITHIN);
    const containers = await this.ask(['ps', '--all', '--quiet', ...filter], signal);
    await this.#remove(['rm', '--force', '--volumes'], containers, signal);
    const networks = await this.ask(['network', 'ls', '--quiet', ...filter], signal);
    await this.#remove(['network', 'rm'], networks, signal);
  }

  async #remove(command: readonly string[], { stdout, code, stderr }: EngineAnswer, signal: AbortSignal) {
    const ids = stdout.split('\n').filter(Boolean);
    const answer = ids.length > 0 ? await this.ask([...command, ...ids], signal) : { code, stderr };
    if (answer.code !== 0) log('warn', 'containers are left', { ids: ids.join(' '), error: answer.stderr });
  }
}

/** What labels something as the job's. */
export const labelled = (mark: string): string[] => [`--label=${LABEL}=${mark}`];
