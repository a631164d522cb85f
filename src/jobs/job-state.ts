/** Every status a job can have; pipelines share the list. In the order in which GitLab names them. */
export const JOB_STATUSES = [
  'created',
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'success',
  'failed',
  'canceling',
  'canceled',
  'skipped',
  'manual',
  'scheduled',
] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/**
 * What can happen to a job. `wait_for_resource` stands before `enqueue` for a job of a resource group;
 * `cancel_gracefully` is a cancel whose runner stops the script itself and
 * reports; `drop` is a failure, whoever says so; `process` brings a job back before its turn. `block` and
 * `reopen` are of bridges alone, whose pipeline waits for a person, or runs again.
 */
export const JOB_EVENTS = [
  'enqueue',
  'wait_for_resource',
  'actionize',
  'schedule',
  'unschedule',
  'run',
  'skip',
  'drop',
  'success',
  'cancel',
  'cancel_gracefully',
  'force_cancel',
  'process',
  'block',
  'reopen',
] as const;

export type JobEvent = (typeof JOB_EVENTS)[number];

/** THE table: where a job goes, by the status it has and by what happens. What is absent cannot happen. */
const TRANSITIONS = {
  created: {
    enqueue: 'pending',
    wait_for_resource: 'waiting_for_resource',
    actionize: 'manual',
    schedule: 'scheduled',
    skip: 'skipped',
    drop: 'failed',
    success: 'success',
    cancel: 'canceled',
  },
  waiting_for_resource: {
    enqueue: 'pending',
    skip: 'skipped',
    drop: 'failed',
    success: 'success',
    cancel: 'canceled',
  },
  preparing: {
    enqueue: 'pending',
    skip: 'skipped',
    drop: 'failed',
    success: 'success',
    cancel: 'canceled',
  },
  waiting_for_callback: {
    enqueue: 'pending',
    drop: 'failed',
    success: 'success',
    cancel: 'canceled',
  },
  pending: {
    run: 'running',
    skip: 'skipped',
    drop: 'failed',
    success: 'success',
    cancel: 'canceled',
  },
  running: {
    drop: 'failed',
    success: 'success',
    cancel: 'canceled',
    cancel_gracefully: 'canceling',
    // A bridge that mirrors its pipeline.
    skip: 'skipped',
    block: 'manual',
  },
  success: { reopen: 'running' },
  failed: { reopen: 'running' },
  // Whatever the runner reports of a job that is being canceled, canceled is what it was.
  canceling: {
    drop: 'canceled',
    success: 'canceled',
    force_cancel: 'canceled',
  },
  canceled: { reopen: 'running' },
  skipped: {
    enqueue: 'pending',
    wait_for_resource: 'waiting_for_resource',
    process: 'created',
    reopen: 'running',
  },
  manual: {
    enqueue: 'pending',
    wait_for_resource: 'waiting_for_resource',
    drop: 'failed',
    cancel: 'canceled',
    process: 'created',
    reopen: 'running',
  },
  scheduled: {
    enqueue: 'pending',
    wait_for_resource: 'waiting_for_resource',
    unschedule: 'manual',
    drop: 'failed',
    cancel: 'canceled',
  },
} as const satisfies Record<JobStatus, Partial<Record<JobEvent, JobStatus>>>;

/** The status that `event` leads to from `status`, or null when it cannot happen there. */
export function nextStatus(status: JobStatus, event: JobEvent): JobStatus | null {
  const row: Partial<Record<JobEvent, JobStatus>> = TRANSITIONS[status];
  return row[event] ?? null;
}

/** The statuses in which `event` can happen, with the one it leads to. */
export function sourcesOf(event: JobEvent): [from: JobStatus, to: JobStatus][] {
  return JOB_STATUSES.flatMap((from) => {
    const to = nextStatus(from, event);
    return to === null ? [] : [[from, to] satisfies [JobStatus, JobStatus]];
  });
}

/** The columns of time that say when a job came to a status. */
export type JobTimestamp = 'queued_at' | 'started_at' | 'finished_at';

/** Which time is set on entering a status. */
export const TIMESTAMPS = {
  created: null,
  waiting_for_resource: null,
  preparing: null,
  waiting_for_callback: null,
  pending: 'queued_at',
  running: 'started_at',
  success: 'finished_at',
  failed: 'finished_at',
  canceling: null,
  canceled: 'finished_at',
  skipped: null,
  manual: null,
  scheduled: null,
} as const satisfies Record<JobStatus, JobTimestamp | null>;

/** The end of a job: nothing but a retry, or being played again, comes after. */
export const COMPLETED = ['success', 'failed', 'canceled', 'skipped'] as const satisfies JobStatus[];
/** Waits for a person, or for a point in time. */
const BLOCKED = ['manual', 'scheduled'] as const satisfies JobStatus[];
/** A job of a resource group that was given the resource has it in these. */
const HOLDING = [
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'canceling',
] as const satisfies JobStatus[];
/** A runner has it: the job's token is valid. */
export const EXECUTING = ['running', 'canceling'] as const satisfies JobStatus[];
/** What `cancel` changes. */
export const CANCELABLE: readonly JobStatus[] = sourcesOf('cancel').map(([from]) => from);

const has =
  (set: readonly JobStatus[]) =>
  (status: string): boolean =>
    set.some((one) => one === status);

export const isCompleted = has(COMPLETED);
export const isBlocked = has(BLOCKED);
export const isHolding = has(HOLDING);
export const isExecuting = has(EXECUTING);
