import type { Deed } from './ledger.ts';

/** What a server shows after all. */
export interface Found {
  /** The tip of each branch. */
  refs: ReadonlyMap<string, string>;
  pipelines: readonly { id: number; ref: string; sha: string; status: string }[];
  /** The status of each job. */
  jobs: ReadonlyMap<number, string>;
  logs: ReadonlyMap<number, Buffer>;
  /** The SHA-256 of each job's archive. */
  artifacts: ReadonlyMap<number, string>;
  settings: ReadonlyMap<string, string>;
}

const ENDED = new Set(['success', 'failed', 'canceled', 'skipped']);

/** What of these deeds is missing: a sentence each. */
export function findLosses(deeds: readonly Deed[], found: Found): string[] {
  return [
    ...deeds.flatMap((deed) => lossOf(deed, found)),
    ...lostLogs(deeds, found),
    ...lostSettings(deeds, found),
  ];
}

/** What never happens, however a server dies: a job with two runners, a push without its one pipeline, an endless pipeline. */
export function findDisorder(
  deeds: readonly Deed[],
  found: Pick<Found, 'refs' | 'pipelines' | 'jobs'>,
): string[] {
  return [...twoRunners(deeds), ...wrongPipelines(found), ...unended(found)];
}

function lossOf(deed: Deed, { refs, jobs, artifacts }: Found): string[] {
  if (deed.kind === 'pushed' && refs.get(deed.ref) !== deed.sha)
    return [`the push of ${deed.sha} to ${deed.ref} is lost: there is ${refs.get(deed.ref)}`];
  if (deed.kind === 'begun' && ['created', 'pending', undefined].includes(jobs.get(deed.job)))
    return [`the beginning of job ${deed.job} is lost: it is ${jobs.get(deed.job)}`];
  if (deed.kind === 'ended' && jobs.get(deed.job) !== deed.status)
    return [`the status ${deed.status} of job ${deed.job} is lost: it is ${jobs.get(deed.job)}`];
  if (deed.kind === 'uploaded' && artifacts.get(deed.job) !== deed.sha256)
    return [`the artifact of job ${deed.job} is lost: there is ${artifacts.get(deed.job)}`];
  if (deed.kind === 'rewound')
    return [`the log of job ${deed.job} had ${deed.size} bytes when ${deed.acknowledged} were acknowledged`];
  return [];
}

function lostLogs(deeds: readonly Deed[], { logs }: Found): string[] {
  const longest = new Map<number, Buffer>();
  for (const deed of deeds) if (deed.kind === 'logged') longest.set(deed.job, deed.log);
  return [...longest].flatMap(([job, log]) => {
    const kept = logs.get(job);
    if (kept?.subarray(0, log.length).equals(log)) return [];
    return [`the log of job ${job} is lost: of ${log.length} bytes there are ${kept?.length}, or others`];
  });
}

/** One writer at a time sets a setting: what it was told last stands, or what it asked for since. */
function lostSettings(deeds: readonly Deed[], { settings }: Found): string[] {
  const allowed = new Map<string, string[]>();
  for (const deed of deeds) {
    if (deed.kind === 'set') allowed.set(deed.setting, [deed.value]);
    else if (deed.kind === 'asked') allowed.get(deed.setting)?.push(deed.value);
  }
  return [...allowed].flatMap(([setting, values]) => {
    const value = settings.get(setting);
    return value !== undefined && values.includes(value)
      ? []
      : [`the setting ${setting} is lost: it is ${value} instead of ${values.join(' or ')}`];
  });
}

function twoRunners(deeds: readonly Deed[]): string[] {
  const runners = new Map<number, Set<string>>();
  for (const deed of deeds)
    if (deed.kind === 'begun') runners.set(deed.job, (runners.get(deed.job) ?? new Set()).add(deed.runner));
  return [...runners].flatMap(([job, by]) =>
    by.size > 1 ? [`job ${job} ran twice: by ${[...by].join(' and ')}`] : [],
  );
}

function wrongPipelines({ refs, pipelines }: Pick<Found, 'refs' | 'pipelines'>): string[] {
  return [...refs].flatMap(([ref, sha]) => {
    const count = pipelines.filter((one) => one.ref === ref && one.sha === sha).length;
    return count === 1 ? [] : [`${ref} at ${sha} has ${count} pipelines instead of one`];
  });
}

function unended({ pipelines, jobs }: Pick<Found, 'pipelines' | 'jobs'>): string[] {
  return [
    ...pipelines.flatMap(({ id, status }) => (ENDED.has(status) ? [] : [`pipeline ${id} is ${status}`])),
    ...[...jobs].flatMap(([id, status]) => (ENDED.has(status) ? [] : [`job ${id} is ${status}`])),
  ];
}
