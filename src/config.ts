import { availableParallelism } from 'node:os';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type OpenIdSettings, readOpenIdSettings } from './access/openid-settings.ts';
import { StartError } from './errors.ts';
import { type Limits, readLimits } from './limits.ts';
import { isNetwork } from './outbound/forbidden-address.ts';

/** All that can be set, checked. */
export interface Config {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** Absolute. */
  data: string;
  /** The address users see, without a slash at its end; null: made of host and port. */
  url: string | null;
  database_url: string | null;
  /** `file:DIR`; DATA/blobs unless said. */
  blobs: string;
  /** Whether runners may upload artifacts; those that are there stay. */
  artifacts: boolean;
  /** The built-in runner: by default only while the server listens on loopback. */
  runner: boolean;
  /** Jobs that the built-in runner runs at once. */
  runner_concurrent: number;
  /** Networks from which configurations may include files though they are not public: `127.0.0.0/8`. */
  local_requests: string[];
  /** Where git is found, as in PATH. */
  search_path: string;
  root_token: string | null;
  root_password: string | null;
  /** Who vouches for people besides their passwords; null: nobody. */
  openid_connect: OpenIdSettings | null;
  log_level: LogLevel;
  /** Where the log is written; null: on stderr. */
  log_file: string | null;
  /** How the built-in runner runs jobs that are the user's own; null: as a server's, see `BuiltInRunner`. */
  own_jobs: OwnJobs | null;
  limits: Limits;
  /** Checks each JSON reply against its documentation: for tests. */
  check_replies: boolean;
}

/** What the jobs of whoever starts the server have, and those of others have not. */
export interface OwnJobs {
  /** Where they are run. */
  builds: string;
  /** Where the runner keeps its caches. */
  state: string;
  /** Where they find programs, as in PATH. */
  search_path: string;
  /** The program that runs those with an image, podman or docker; null: they run as the others. */
  engine: string | null;
  /** What that program finds in its environment. */
  environment: Record<string, string>;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

interface Flag {
  name: string;
  variable: string;
  value: string;
  help: string;
}

/** Every flag with its variable: help and reading come from this table. */
const FLAGS = [
  { name: 'port', variable: 'JOBYARD_PORT', value: 'N', help: 'port to listen on; 0 picks one (8080)' },
  { name: 'host', variable: 'JOBYARD_HOST', value: 'ADDRESS', help: 'address to listen on (127.0.0.1)' },
  {
    name: 'data',
    variable: 'JOBYARD_DATA',
    value: 'DIR',
    help: 'folder of database, repositories, logs (data)',
  },
  { name: 'url', variable: 'JOBYARD_URL', value: 'URL', help: 'the address users see' },
  {
    name: 'database-url',
    variable: 'JOBYARD_DATABASE_URL',
    value: 'URL',
    help: 'postgres://… instead of SQLite in the data folder; no pooler in transaction mode',
  },
  { name: 'blobs', variable: 'JOBYARD_BLOBS', value: 'file:DIR', help: 'where artifacts and logs are kept' },
  {
    name: 'artifacts',
    variable: 'JOBYARD_ARTIFACTS',
    value: 'on|off',
    help: 'whether runners may upload artifacts (on)',
  },
  {
    name: 'runner',
    variable: 'JOBYARD_RUNNER',
    value: 'on|off',
    help: 'the built-in runner (on, on loopback only)',
  },
  {
    name: 'runner-concurrent',
    variable: 'JOBYARD_RUNNER_CONCURRENT',
    value: 'N',
    help: 'jobs the built-in runner runs at once (the cores)',
  },
  {
    name: 'local-requests',
    variable: 'JOBYARD_LOCAL_REQUESTS',
    value: 'NETWORKS',
    help: 'private networks from which include:remote may fetch: on, off, or 10.0.0.0/8,… (off)',
  },
  {
    name: 'limit',
    variable: 'JOBYARD_LIMITS',
    value: 'NAME=VALUE',
    help: 'a limit of docs/operate/limits.md; several times, or with spaces between them',
  },
  {
    name: 'log-level',
    variable: 'JOBYARD_LOG_LEVEL',
    value: 'LEVEL',
    help: `${LOG_LEVELS.join(', ')} (warn)`,
  },
] as const satisfies readonly Flag[];

type FlagName = (typeof FLAGS)[number]['name'];

/** The help text of the flags, a line each. */
export const flagsHelp = () =>
  FLAGS.map(
    ({ name, value, variable, help }) => `  ${`--${name} ${value}`.padEnd(24)}${help}  [${variable}]`,
  ).join('\n');

/**
 * Reads flags, then the variables of those not given.
 * @throws StartError naming every mistake at once
 */
export function readConfig(argv: string[], env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const given = readFlags(argv, problems);
  const named = (name: FlagName) => {
    const flag = FLAGS.find((one) => one.name === name);
    if (given[name] !== undefined) return { value: given[name], source: `--${name}` };
    const value = flag ? env[flag.variable] : undefined;
    return { value: value === '' ? undefined : value, source: flag?.variable ?? name };
  };
  const check = <T>(name: FlagName, fallback: T, read: (value: string) => T | null, wanted: string): T => {
    const { value, source } = named(name);
    if (value === undefined) return fallback;
    const result = read(value);
    if (result !== null) return result;
    problems.push(`${source} is ${JSON.stringify(value)}, but must be ${wanted}`);
    return fallback;
  };
  // npm changes the working directory; what a person typed is relative to theirs.
  const here = env.INIT_CWD ?? process.cwd();
  const folder = (value: string) => resolve(here, value);
  const host = check(
    'host',
    '127.0.0.1',
    (value) => (isHost(value) ? value : null),
    'an address or a host name',
  );
  const data = check('data', resolve('data'), folder, 'a folder');
  const config: Config = {
    host,
    port: check('port', 8080, wholeNumber(0, 65535), 'a whole number from 0 to 65535'),
    data,
    url: check('url', null, httpUrl, 'an http:// or https:// address'),
    database_url: check('database-url', null, postgresUrl, 'a postgres:// address'),
    blobs: check(
      'blobs',
      `file:${join(data, 'blobs')}`,
      (value) => (/^file:./.test(value) ? `file:${folder(value.slice('file:'.length))}` : null),
      'file:DIR (s3:// comes in a later version)',
    ),
    artifacts: check('artifacts', true, onOff, 'on or off'),
    runner: check('runner', isLoopback(host), onOff, 'on or off'),
    runner_concurrent: check(
      'runner-concurrent',
      Math.max(2, availableParallelism()),
      wholeNumber(1, 1000),
      'a whole number from 1 to 1000',
    ),
    local_requests: check(
      'local-requests',
      [],
      networks,
      'on, off, or networks like 10.0.0.0/8 with commas between them',
    ),
    search_path: env.PATH || '/usr/local/bin:/usr/bin:/bin',
    root_token: env.JOBYARD_ROOT_TOKEN || null,
    root_password: env.JOBYARD_ROOT_PASSWORD || null,
    openid_connect: readOpenIdSettings(env, problems),
    log_level: check(
      'log-level',
      'warn' as LogLevel,
      (value) => LOG_LEVELS.find((level) => level === value) ?? null,
      `one of ${LOG_LEVELS.join(', ')}`,
    ),
    log_file: null,
    own_jobs: null,
    limits: readLimits(wordsOf(env.JOBYARD_LIMITS, given.limit), problems),
    check_replies: false,
  };
  if (config.root_token !== null && !/^[\w-]{20,200}$/.test(config.root_token))
    problems.push('JOBYARD_ROOT_TOKEN must be 20 to 200 letters, digits, - and _');
  if (config.root_password !== null && config.root_password.length < 8)
    problems.push('JOBYARD_ROOT_PASSWORD must have at least 8 characters');
  if (problems.length > 0) throw new StartError(`${problems.join('; ')}. See: npm start -- --help`);
  return config;
}

function readFlags(argv: string[], problems: string[]): Partial<Record<FlagName, string>> {
  const options = Object.fromEntries(FLAGS.map(({ name }) => [name, { type: 'string' as const }]));
  const { tokens } = parseArgs({ args: argv, options, strict: false, allowPositionals: true, tokens: true });
  const given: Partial<Record<FlagName, string>> = {};
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`${JSON.stringify(token.value)} is not understood`);
    if (token.kind !== 'option') continue;
    const flag = FLAGS.find(({ name }) => name === token.name);
    if (!flag) problems.push(`${token.rawName} is not a flag`);
    else if (token.value === undefined) problems.push(`${token.rawName} needs a value`);
    else given[flag.name] = flag.name === 'limit' ? wordsOf(given.limit, token.value).join(' ') : token.value;
  }
  return given;
}

/** What a command takes from the environment of the person who calls it. */
export interface Surroundings {
  /** The folder that they are in. */
  here: string;
  /** Whether a CI server calls: nobody looks on. */
  ci: boolean;
  environment: Record<string, string>;
}

export function readSurroundings(env: NodeJS.ProcessEnv = process.env): Surroundings {
  const entries = Object.entries(env).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, value]],
  );
  // npm changes the working directory, see readConfig.
  const here = env.npm_lifecycle_event ? (env.INIT_CWD ?? process.cwd()) : process.cwd();
  return { here, ci: Boolean(env.CI), environment: Object.fromEntries(entries) };
}

/** Whatever proxy the environment names, what listens on this machine is reached without it. */
export function reachLoopbackDirectly(env: NodeJS.ProcessEnv = process.env): void {
  const key = env.no_proxy === undefined ? 'NO_PROXY' : 'no_proxy';
  env[key] = [env[key], '127.0.0.1'].filter(Boolean).join(',');
}

const wordsOf = (...texts: (string | undefined)[]) => texts.join(' ').split(/\s+/).filter(Boolean);

/** Whether only this machine can reach the address. */
export const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.');

const isHost = (value: string) => isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value);

const wholeNumber = (least: number, most: number) => (value: string) =>
  /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : null;

const onOff = (value: string) => (value === 'on' ? true : value === 'off' ? false : null);

function networks(value: string): string[] | null {
  const all = onOff(value);
  if (all !== null) return all ? ['0.0.0.0/0', '::/0'] : [];
  const list = value.split(',').map((each) => each.trim());
  return list.every(isNetwork) ? list : null;
}

function httpUrl(value: string): string | null {
  const url = URL.parse(value);
  return url && /^https?:$/.test(url.protocol) ? value.replace(/\/+$/, '') : null;
}

const postgresUrl = (value: string) =>
  /^postgres(ql)?:\/\//.test(value) && URL.canParse(value) ? value : null;
