import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { Engine } from './engine.ts';
import { PLAIN_PATH } from './job-environment.ts';

/** The user that jobs run under when it is not the runner's own. */
export interface JobUser {
  uid: number;
  gid: number;
}

export interface Settings {
  /** Base URL of the server, without a trailing slash. */
  url: string;
  token: string;
  /** Folder that holds a folder for every project and slot. */
  builds: string;
  /** Folder that holds what must survive the runner's death, and its cache; mode 0700. */
  state: string;
  concurrent: number;
  /** Where jobs find programs, unless they say otherwise. */
  path: string;
  user: JobUser | undefined;
  /** What runs jobs with an image; undefined: they run as the others. */
  engine: Engine | undefined;
  /** Bytes of a job's log that are kept. */
  output_limit: number;
  /** Milliseconds between SIGTERM and SIGKILL when a job is cancelled. */
  cancel_grace: number;
  /** Bytes that all caches together may take. */
  cache_limit: number;
}

/** What the runner was started with, but for what is its own. */
const engineEnvironment = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) =>
      value === undefined || key.startsWith('JOBYARD_') || key.startsWith('NODE_') ? [] : [[key, value]],
    ),
  );

/**
 * Reads the runner's settings from its environment.
 * @throws Error whose message has a line for every mistake.
 */
export function readSettings(env: NodeJS.ProcessEnv, isRoot: boolean): Settings {
  const mistakes: string[] = [];
  const text = (name: string): string => {
    const value = env[name];
    if (!value) mistakes.push(`${name} is not set`);
    return value ?? '';
  };
  const folder = (name: string): string => {
    const value = text(name);
    if (value && !isAbsolute(value)) mistakes.push(`${name} must be an absolute path, not "${value}"`);
    return value;
  };
  const whole = (name: string, fallback: number, least: number): number => {
    const value = env[name];
    if (value === undefined || value === '') return fallback;
    if (/^\d+$/.test(value) && Number.isSafeInteger(Number(value)) && Number(value) >= least) {
      return Number(value);
    }
    mistakes.push(`${name} must be a whole number of at least ${least}, not "${value}"`);
    return fallback;
  };

  const url = text('JOBYARD_RUNNER_URL').replace(/\/+$/, '');
  if (url && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    mistakes.push(`JOBYARD_RUNNER_URL must be an http or https address, not "${url}"`);
  }
  const uid = whole('JOBYARD_RUNNER_UID', 0, 1);
  if (uid && !isRoot) mistakes.push('JOBYARD_RUNNER_UID is set, but only root can run jobs as another user');
  const settings: Settings = {
    url,
    token: text('JOBYARD_RUNNER_TOKEN'),
    builds: folder('JOBYARD_RUNNER_BUILDS'),
    state: folder('JOBYARD_RUNNER_STATE'),
    concurrent: whole('JOBYARD_RUNNER_CONCURRENT', Math.max(2, availableParallelism()), 1),
    path: env['JOBYARD_RUNNER_PATH'] || PLAIN_PATH,
    user: uid ? { uid, gid: whole('JOBYARD_RUNNER_GID', uid, 1) } : undefined,
    engine: env['JOBYARD_RUNNER_ENGINE']
      ? new Engine(folder('JOBYARD_RUNNER_ENGINE'), engineEnvironment(env))
      : undefined,
    output_limit: whole('JOBYARD_RUNNER_OUTPUT_LIMIT', 4 * 1024 * 1024, 1024),
    cancel_grace: whole('JOBYARD_RUNNER_CANCEL_GRACE', 10, 0) * 1000,
    cache_limit: whole('JOBYARD_RUNNER_CACHE_LIMIT', 5 * 1024 ** 3, 0),
  };
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return settings;
}
