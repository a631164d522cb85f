import type { JobStatus } from '../jobs/job-state.ts';

/** What counts of a job in the status of a group of jobs. */
export interface CountedJob {
  status: JobStatus;
  allow_failure: boolean;
}

/** A job's status as its group sees it: a failure that is allowed warns, an optional manual job is ignored. */
export type CountedStatus = JobStatus | 'warning' | 'ignored';

/** See CountedStatus. */
export function countedStatus({ status, allow_failure }: CountedJob): CountedStatus {
  if (!allow_failure) return status;
  if (status === 'failed' || status === 'canceled') return 'warning';
  if (status === 'manual') return 'ignored';
  return status;
}

/** Whether the job has failed and may: its group passes with warnings. */
export const isWarning = (job: CountedJob): boolean => countedStatus(job) === 'warning';

const NOT_RUN = ['skipped', 'ignored'] as const;

/** The first rule that fits decides: `only` when no other status occurs, `any` when one of these does. */
const RULES: readonly (
  { only: readonly CountedStatus[]; is: JobStatus } | { any: CountedStatus[]; is: JobStatus }
)[] = [
  { only: NOT_RUN, is: 'skipped' },
  { only: ['success', 'warning', ...NOT_RUN], is: 'success' },
  { only: ['created', 'warning', 'ignored'], is: 'created' },
  { only: ['preparing', 'warning', 'ignored'], is: 'preparing' },
  { only: ['canceled', 'success', 'warning', ...NOT_RUN], is: 'canceled' },
  { only: ['pending', 'created', 'warning', ...NOT_RUN], is: 'pending' },
  { any: ['running', 'pending'], is: 'running' },
  { any: ['waiting_for_resource'], is: 'waiting_for_resource' },
  { any: ['waiting_for_callback'], is: 'waiting_for_callback' },
  { any: ['manual'], is: 'manual' },
  { any: ['scheduled'], is: 'scheduled' },
  { any: ['preparing'], is: 'preparing' },
  { any: ['created'], is: 'running' },
  { any: ['canceling'], is: 'canceling' },
];

/** The status of a group in which these occur; null for an empty one. */
export function compositeStatus(occurring: ReadonlySet<CountedStatus>): JobStatus | null {
  if (occurring.size === 0) return null;
  for (const rule of RULES) {
    const fits =
      'only' in rule
        ? occurring.isSubsetOf(new Set(rule.only))
        : rule.any.some((status) => occurring.has(status));
    if (fits) return rule.is;
  }
  return 'failed';
}

/** The status of a pipeline or a stage from its latest jobs, null when it has none. */
export function pipelineStatus(jobs: Iterable<CountedJob>): JobStatus | null {
  return compositeStatus(new Set(Array.from(jobs, countedStatus)));
}

/** The same for what one job needs: if any of it did not run, the needs count as skipped. */
export function needsStatus(needed: Iterable<CountedJob>): JobStatus | null {
  const occurring = new Set(Array.from(needed, countedStatus));
  if (NOT_RUN.some((status) => occurring.has(status))) return 'skipped';
  return compositeStatus(occurring);
}
