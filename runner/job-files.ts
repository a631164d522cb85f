import { open, rm, type FileHandle } from 'node:fs/promises';
import type { FileTask } from './file-task.ts';
import type { JobControl } from './job-control.ts';
import type { JobOutput } from './job-output.ts';
import type { JobProcesses } from './job-processes.ts';
import { runFileWorker } from './run-file-worker.ts';
import type { JobUser } from './settings.ts';
import type { StateFolder } from './state-folder.ts';
import { expandWith } from './variables.ts';

/** The files that a job wants kept; names and globs may hold variables. */
export interface Wanted {
  paths: string[];
  exclude: string[];
  untracked: boolean;
  format: 'zip' | 'gzip' | 'raw';
}

/** Takes files out of a job's work tree and puts them in, with the rights of the job's user. */
export class JobFiles {
  readonly #state: StateFolder;
  readonly #processes: JobProcesses;
  readonly #output: JobOutput;
  readonly #control: JobControl;
  readonly #work: { project: string; user: JobUser | undefined; values: Map<string, string> };

  constructor(
    state: StateFolder,
    processes: JobProcesses,
    output: JobOutput,
    control: JobControl,
    work: { project: string; user: JobUser | undefined; values: Map<string, string> },
  ) {
    this.#state = state;
    this.#processes = processes;
    this.#output = output;
    this.#control = control;
    this.#work = work;
  }

  /** Lends a new file that only the runner can reach, for as long as `use` runs. */
  async withSpool<T>(use: (path: string, file: FileHandle) => Promise<T>): Promise<T> {
    const path = this.#state.spoolPath();
    const file = await open(path, 'wx+', 0o600);
    try {
      return await use(path, file);
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
  }

  /** Writes the wanted files into the open file; returns how many there were. */
  async collect(wanted: Wanted, archive: FileHandle): Promise<number> {
    const { project, user, values } = this.#work;
    const expanded = (globs: string[]): string[] => globs.map((glob) => expandWith(glob, values));
    const { paths, exclude, untracked, format } = wanted;
    const globs = { paths: expanded(paths).filter((path) => path !== ''), exclude: expanded(exclude) };
    return await this.#run({ kind: 'collect', user, project, ...globs, untracked, format }, archive);
  }

  /** Extracts the zip in the open file over the work tree; returns how many entries it had. */
  async extract(archive: FileHandle): Promise<number> {
    const { project, user } = this.#work;
    return await this.#run({ kind: 'extract', user, project }, archive);
  }

  async #run(task: FileTask, archive: FileHandle): Promise<number> {
    const signals = { stop: this.#control.job, kill: this.#control.kill, grace: 1000 };
    return await runFileWorker(this.#processes, task, archive.fd, this.#output, signals);
  }
}
