import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { OwnJobs } from './config.ts';
import { StartError } from './errors.ts';
import { onJobsChanged } from './jobs/job-changes.ts';
import type { Job } from './jobs/job-store.ts';

/** `nobody`: whom jobs run as when the server runs as root. */
const NOBODY = 65534;
/** Between an end that was not asked for and the next start. */
const RESTART_MS = 2000;
/** What its own end may take: jobs are ended and reported. */
const STOP_MS = 8000;

interface Options {
  /** Where it finds the server. */
  url: string;
  /** Which runner it is there. */
  id: number;
  token: string;
  data: string;
  concurrent: number;
  own: OwnJobs | null;
  log: Logger;
}

/** What a job becomes without its runner. */
const CANCELED: ReadonlySet<Job['status']> = new Set(['canceling', 'canceled']);

/** Where system programs are. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The built-in runner: a process of its own that speaks HTTP like any other. It gets nothing of the
 * server's environment, and it ends when the server does, since its channel closes. The jobs of others run as
 * nobody where that is possible; `own` ones as the user they are of, who finds programs as ever. Over the channel it is
 * told when a job of it has been canceled here, so that it asks at once; on another server it hears with its next update.
 */
export class BuiltInRunner {
  readonly #options: Options;
  #child: ChildProcess | null = null;
  #restart: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    const { url, id, token, data, concurrent, own, log } = this.#options;
    const state = own?.state ?? join(data, 'runner');
    mkdirSync(state, { recursive: true, mode: 0o700 });
    const isNobodys = own === null && process.getuid?.() === 0;
    const child = spawn(process.execPath, [fileURLToPath(new URL('../runner/main.js', import.meta.url))], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // What a terminal signals is the server's to hear, which ends the runner in its own time.
      detached: own !== null,
      env: {
        PATH: SYSTEM_PATH,
        ...own?.environment,
        JOBYARD_RUNNER_URL: url,
        JOBYARD_RUNNER_TOKEN: token,
        JOBYARD_RUNNER_BUILDS: own?.builds ?? buildsFolder(data),
        JOBYARD_RUNNER_STATE: state,
        JOBYARD_RUNNER_CONCURRENT: String(concurrent),
        ...(isNobodys ? { JOBYARD_RUNNER_UID: String(NOBODY), JOBYARD_RUNNER_GID: String(NOBODY) } : {}),
        ...(own && { JOBYARD_RUNNER_PATH: own.search_path }),
        ...(own?.engine && { JOBYARD_RUNNER_ENGINE: own.engine }),
      },
    });
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line) log.info({ runner: line }, 'built-in runner');
    });
    const tell = (jobs: readonly Job[]) => {
      for (const { id: job_id, runner_id, status } of jobs)
        if (runner_id === id && CANCELED.has(status) && child.connected) child.send({ job_id }, () => {});
    };
    // What does not run does not exit either.
    if (child.pid !== undefined) child.once('exit', onJobsChanged(tell));
    child.on('error', (err) => {
      // What never was does not exit.
      if (child.pid === undefined) this.#startLater(err);
    });
    child.on('exit', (code, signal) => {
      if (!this.#stopped) log.error({ code, signal }, 'the built-in runner ended; it is started again');
      this.#startLater();
    });
  }

  #startLater(err?: unknown): void {
    this.#child = null;
    if (this.#stopped) return;
    if (err !== undefined) this.#options.log.error({ err }, 'the built-in runner cannot be started');
    this.#restart = setTimeout(() => {
      try {
        this.start();
      } catch (error) {
        this.#startLater(error);
      }
    }, RESTART_MS);
  }

  /** Ends its jobs as `runner_interrupted`, then the process. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(late);
  }
}

/**
 * Outside the data folder, and where another uid may enter: below the system's temporary folder, named
 * after this data folder, ours alone to write.
 */
function buildsFolder(data: string): string {
  const name = createHash('sha256').update(data).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `jobyard-builds-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid()))
    throw new StartError(
      `The builds folder ${folder} belongs to somebody else: remove it, or start with --runner off.`,
    );
  chmodSync(folder, 0o755);
  return folder;
}
