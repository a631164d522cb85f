import type { PipelineJob } from '../../../api/schema.ts';

/** What of a job decides over how long its pipeline took. */
export type Timed = Pick<
  PipelineJob,
  'name' | 'stage' | 'needs' | 'queued_at' | 'started_at' | 'finished_at'
>;

export interface CriticalPath {
  /** The first at the beginning. */
  names: readonly string[];
  /** Milliseconds that its jobs waited for a runner, and that they ran. */
  waited: number;
  ran: number;
}

/**
 * The jobs that decided how long the pipeline took: from the one that ended last back, each time to the one that
 * ended last of what it waited for. What still runs ends `now`.
 */
export function criticalPath(jobs: readonly Timed[], stages: readonly string[], now: number): CriticalPath {
  const order = new Map(stages.map((stage, index) => [stage, index]));
  const stageOf = (job: Timed) => order.get(job.stage) ?? 0;
  const ran = jobs.filter(({ started_at }) => started_at !== null);
  const byName = new Map(ran.map((job) => [job.name, job]));
  const lastOf = (some: readonly Timed[]) =>
    some.reduce<Timed | undefined>(
      (last, job) => (last === undefined || endOf(job, now) > endOf(last, now) ? job : last),
      undefined,
    );
  const before = (job: Timed): Timed | undefined => {
    const waitedFor =
      job.needs === null
        ? ran.filter((other) => stageOf(other) < stageOf(job))
        : job.needs.flatMap(({ name }) => byName.get(name) ?? []);
    return lastOf(waitedFor);
  };
  const path: Timed[] = [];
  const seen = new Set<Timed>();
  for (let job = lastOf(ran); job !== undefined && !seen.has(job); job = before(job)) {
    seen.add(job);
    path.unshift(job);
  }
  return {
    names: path.map(({ name }) => name),
    waited: total(path, ({ queued_at, started_at }) => between(queued_at, started_at)),
    ran: total(path, (job) => endOf(job, now) - Date.parse(job.started_at ?? '')),
  };
}

export const endOf = ({ finished_at }: Pick<Timed, 'finished_at'>, now: number) =>
  finished_at === null ? now : Date.parse(finished_at);

const between = (from: string | null, to: string | null) =>
  from === null || to === null ? 0 : Math.max(0, Date.parse(to) - Date.parse(from));

const total = (jobs: readonly Timed[], of: (job: Timed) => number) =>
  jobs.reduce((sum, job) => sum + Math.max(0, of(job)), 0);

/** Milliseconds that all jobs together have waited for runners, up to now for those that still do. */
export function waitedInAll(jobs: readonly Timed[], now: number): number {
  return total(jobs, ({ queued_at, started_at, finished_at }) => {
    if (queued_at === null) return 0;
    const end = started_at ?? finished_at;
    return (end === null ? now : Date.parse(end)) - Date.parse(queued_at);
  });
}
