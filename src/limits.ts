const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** How a kind of limit is written: its units, what one of them counts, and how to tell a person. */
const UNITS = {
  bytes: { scale: { B: 1, KiB: KIB, MiB: MIB, GiB: GIB, TiB: 1024 * GIB }, wanted: 'a size as 500MiB' },
  seconds: { scale: { s: 1, m: 60, h: 3600, d: 86_400 }, wanted: 'a time as 90s, 15m, 24h or 30d' },
  milliseconds: {
    scale: { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY },
    wanted: 'a time as 250ms, 90s, 15m, 24h or 30d',
  },
  count: { scale: { '': 1 }, wanted: 'a whole number' },
} as const satisfies Record<string, { scale: Record<string, number>; wanted: string }>;

type Unit = keyof typeof UNITS;

interface Limit<T> {
  unit: Unit;
  default: T;
  optional: boolean;
}

const limit = (unit: Unit, value: number): Limit<number> => ({ unit, default: value, optional: false });
/** One that may be switched off: `none`, which is null here. */
const optional = (unit: Unit, value: number | null): Limit<number | null> => ({
  unit,
  default: value,
  optional: true,
});

/**
 * Every threshold that an administrator can set, with its default: GitLab's own wherever GitLab has one. Each
 * has a row in docs/operate/limits.md, which a test compares with this.
 */
const LIMITS = {
  /** Of one job's log. */
  trace_size: limit('bytes', 100 * MIB),
  /** Of silence, after which a stream of a log says that it is still there. */
  trace_heartbeat: limit('milliseconds', 15 * SECOND),
  /** After which a stream of a log ends, and its client comes again: with the rights it has by then. */
  trace_stream: limit('milliseconds', 15 * MINUTE),
  /** Streams of events that one user has at a time, and all together who are not signed in. */
  event_streams: limit('count', 30),
  event_streams_anonymous: limit('count', 100),
  /** Of silence, after which a stream of events says that it is still there, and looks at its follower's rights. */
  event_heartbeat: limit('milliseconds', 15 * SECOND),
  /** Events that are kept for those who come again; and for how long once nobody follows. */
  events_kept: limit('count', 5000),
  events_linger: limit('milliseconds', 5 * MINUTE),
  /** After which another server on the same database that is not heard of counts as dead. */
  event_peer_silence: limit('milliseconds', 30 * SECOND),
  /** Of one artifact. */
  artifact_size: limit('bytes', 1024 * MIB),
  /** Of one artifact of these types, where less than `artifact_size`. */
  artifact_size_lsif: limit('bytes', 200 * MIB),
  artifact_size_terraform: limit('bytes', 5 * MIB),
  artifact_size_cyclonedx: limit('bytes', 5 * MIB),
  /** Of a dotenv report, which must be smaller; and its variables. */
  dotenv_size: limit('bytes', 5 * KIB),
  dotenv_variables: limit('count', 20),
  /** Of one report once it is unpacked, all its files together. */
  report_size: limit('bytes', 512 * MIB),
  /** Test cases of one JUnit report; and of these, the tests whose history is kept. */
  junit_test_cases: limit('count', 500_000),
  unit_test_history: limit('count', 50_000),
  /** Until an artifact without `expire_in` goes. */
  artifacts_expire_in: optional('seconds', 30 * 24 * 3600),
  /** After which pipelines, logs and artifacts go at the latest, in every project. */
  delete_pipelines_in: optional('seconds', null),
  delete_traces_in: optional('seconds', null),
  delete_artifacts_in: optional('seconds', null),
  /** How many of them a project keeps at most, the newest. */
  delete_pipelines_above_count: optional('count', null),
  delete_traces_above_count: optional('count', null),
  delete_artifacts_above_count: optional('count', null),
  /** For which an idle request for a job is held. */
  job_request_hold: limit('milliseconds', 30 * SECOND),
  /** In which a runner must acknowledge the job it was given. */
  job_acknowledge: limit('milliseconds', 60 * SECOND),
  /** After which a runner sends the next of a job's log: while somebody reads it, and while nobody does. */
  trace_update_interval_watched: limit('seconds', 3),
  trace_update_interval: limit('seconds', 10),
  /** In which the body of a request must have come; uploads, pushes and logs have as long as they need. */
  request_body: limit('milliseconds', MINUTE),
  /** In which PostgreSQL must answer a statement, and there must be a connection to it. */
  database_statement: limit('milliseconds', 15 * SECOND),
  /** After which a running, a canceling and a pending job without a sign of life fails. */
  silent_running: limit('milliseconds', HOUR),
  silent_canceling: limit('milliseconds', 30 * MINUTE),
  pending_unmatched: limit('milliseconds', HOUR),
  pending_matched: limit('milliseconds', 24 * HOUR),
  /** After which the jobs of a pipeline are archived: nobody retries or plays them any more. */
  archive_builds_in: optional('milliseconds', null),
  /** By which a delayed job may be late before it fails instead of being run. */
  stale_schedule: limit('milliseconds', HOUR),
  /** Jobs of one pipeline, those of `parallel` each. */
  ci_pipeline_size: limit('count', 20_000),
  /** Of the configuration in one that is kept with its pipeline. */
  merged_yaml_size: limit('bytes', 2 * MIB),
  /** In which a file must have come that a configuration includes from an address. */
  remote_include_timeout: limit('milliseconds', 10 * SECOND),
  /** Pipelines of one tree, through all projects. */
  pipeline_hierarchy_size: limit('count', 1000),
  /** Pipelines that the jobs of one commit may create for one user in a minute. */
  downstream_pipeline_trigger_limit: optional('count', null),
  /** What each of the two allowlists of a project's job token scope may hold. */
  job_token_scope_links: limit('count', 200),

  /** Variables of one project, of one group, and of the server. */
  project_ci_variables: limit('count', 8000),
  group_ci_variables: limit('count', 30_000),
  ci_instance_level_variables: limit('count', 25),
  /** For which a session may lie unused, and for which it lasts at most. */
  session_expire_delay: limit('milliseconds', 7 * DAY),
  session_lifetime: limit('milliseconds', 30 * DAY),
  /** Wrong passwords in a row for one user, and from one address, before no more are looked at; and for how long. */
  max_login_attempts: limit('count', 10),
  max_login_attempts_of_address: limit('count', 100),
  failed_login_attempts_unlock_period: limit('seconds', 600),
  /** Pipeline schedules of one project. */
  ci_pipeline_schedules: limit('count', 10),
};

type LimitName = keyof typeof LIMITS;

export type Limits = {
  [Name in LimitName]: (typeof LIMITS)[Name] extends Limit<infer T> ? T : never;
};

const LIMIT_LIST = Object.entries(LIMITS) as [LimitName, Limit<number | null>][];

/**
 * Reads settings `NAME=VALUE`, the later one winning; what is not named keeps its default.
 * @param problems is given a sentence for each that is not understood
 */
export function readLimits(settings: readonly string[], problems: string[]): Limits {
  const limits: Record<string, number | null> = {};
  for (const [name, { default: value }] of LIMIT_LIST) limits[name] = value;
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const [name, value] = at < 0 ? [setting, ''] : [setting.slice(0, at), setting.slice(at + 1)];
    const known = LIMIT_LIST.find(([one]) => one === name)?.[1];
    if (!known) {
      problems.push(`${JSON.stringify(name)} is no limit: they are ${Object.keys(LIMITS).join(', ')}`);
      continue;
    }
    const read = value === 'none' && known.optional ? null : parse(known.unit, value);
    if (read !== undefined) limits[name] = read;
    else
      problems.push(
        `the limit ${name} is ${JSON.stringify(value)}, but must be ${UNITS[known.unit].wanted}${known.optional ? ', or none' : ''}`,
      );
  }
  return limits as Limits;
}

function parse(unit: Unit, value: string): number | undefined {
  const [, digits = '', name = ''] = /^(\d{1,12})([a-z]*)$/i.exec(value) ?? [];
  const scale: Record<string, number> = UNITS[unit].scale;
  const one = digits === '' ? undefined : scale[name];
  const number = one === undefined ? Number.NaN : Number(digits) * one;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The default as a person would set it: in the largest unit that leaves no fraction. */
export function defaultsOfLimits(): Map<string, string> {
  return new Map(LIMIT_LIST.map(([name, { unit, default: value }]) => [name, print(unit, value)]));
}

function print(unit: Unit, value: number | null): string {
  if (value === null) return 'none';
  const fitting = Object.entries(UNITS[unit].scale).filter(([, one]) => value !== 0 && value % one === 0);
  const [name, one] = fitting.at(-1) ?? Object.entries(UNITS[unit].scale)[0] ?? ['', 1];
  return `${value / one}${name}`;
}
