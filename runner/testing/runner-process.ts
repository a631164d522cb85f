import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
const JOB_UID = 54_321;
const ORDINARY_UID = 54_322;

/** Who runs the runner, and who the jobs. */
export interface Mode {
  name: string;
  /** The runner's own uid, when it is not the tests'. */
  runner: number | undefined;
  /** The jobs' uid, when it is not the runner's. */
  jobs: number | undefined;
}

/** The modes that can be tried here: root can try both, an ordinary user only its own. */
export function modes(): Mode[] {
  const plain = { name: 'as an ordinary user', runner: undefined, jobs: undefined };
  if (process.getuid?.() !== 0) return [plain];
  const asRoot = { name: 'as root, jobs under another uid', runner: undefined, jobs: JOB_UID };
  const reachable = spawnSync(
    process.execPath,
    ['-e', `require('fs').readFileSync(${JSON.stringify(MAIN)})`],
    {
      uid: ORDINARY_UID,
      gid: ORDINARY_UID,
      cwd: '/',
    },
  );
  return reachable.status === 0 ? [asRoot, { ...plain, runner: ORDINARY_UID }] : [asRoot];
}

/** The real runner program as a child process, with folders of its own. */
export class RunnerProcess {
  /** Its name is one that every careless quoting stumbles over. */
  readonly folder: string;
  readonly mode: Mode;
  child: ChildProcess | undefined;
  log = '';

  constructor(mode: Mode) {
    this.mode = mode;
    this.folder = mkdtempSync(join(tmpdir(), "jobyard's runner-"));
    chmodSync(this.folder, 0o755);
    if (mode.runner) chownSync(this.folder, mode.runner, mode.runner);
  }

  get state(): string {
    return join(this.folder, 'state');
  }

  get builds(): string {
    return join(this.folder, 'builds');
  }

  /** What it has noted down of the jobs that it runs. */
  get records(): string {
    const folder = join(this.state, 'jobs');
    return execFileSync('sh', ['-c', 'cat "$0"/*.json 2>/dev/null || true', folder]).toString();
  }

  start(url: string, env: Record<string, string> = {}): void {
    const { runner, jobs } = this.mode;
    mkdirSync(this.folder, { recursive: true });
    const child = spawn(process.execPath, [MAIN], {
      cwd: '/',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        SERVER_SECRET: 'must not reach a job',
        JOBYARD_RUNNER_URL: url,
        JOBYARD_RUNNER_TOKEN: 'glrt-abcdefghijklmnopqrst',
        JOBYARD_RUNNER_STATE: this.state,
        JOBYARD_RUNNER_BUILDS: this.builds,
        JOBYARD_RUNNER_CONCURRENT: '8',
        JOBYARD_RUNNER_CANCEL_GRACE: '2',
        ...(jobs ? { JOBYARD_RUNNER_UID: String(jobs) } : {}),
        ...env,
      },
      ...(runner ? { uid: runner, gid: runner } : {}),
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    this.child = child;
  }

  /** Sends a signal and waits for the end; returns the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until something is so; throws with `what` when it is not within `seconds`. */
export async function until(what: string, isSo: () => boolean, seconds = 45): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(20);
  }
}

/** Whether a process whose command line holds `marker` is alive. */
export function isRunning(marker: string): boolean {
  try {
    return execFileSync('ps', ['-eo', 'stat,args'])
      .toString()
      .split('\n')
      .some((line) => line.includes(marker) && !line.startsWith('Z'));
  } catch {
    return false;
  }
}
