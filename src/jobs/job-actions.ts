import type { FailureReason } from './failure-reason.ts';
import type { JobStatus } from './job-state.ts';

/** What a person may ask of a job. */
export type JobAction = 'cancel' | 'retry' | 'play' | 'erase';

/**
 * - `yes`: the action changes the job.
 * - `no`: it is refused.
 * - `unchanged`: it is answered as done, and changes nothing.
 * - `force`: only a forced one changes the job; otherwise it is left as it is.
 * - `action_job`: only when the job is manual or delayed by its configuration, and not retried.
 * - `something_left`: only when a log or an artifact is left.
 */
export type Allowance = 'yes' | 'no' | 'unchanged' | 'force' | 'action_job' | 'something_left';

const notBegun = { cancel: 'yes', retry: 'no', play: 'no', erase: 'no' } as const;
const waiting = { cancel: 'yes', retry: 'no', play: 'yes', erase: 'no' } as const;
const finished = { cancel: 'unchanged', retry: 'yes', play: 'action_job', erase: 'something_left' } as const;

/** Which action does what in which status, whoever asks. */
export const ACTIONS = {
  created: notBegun,
  waiting_for_resource: notBegun,
  preparing: notBegun,
  waiting_for_callback: notBegun,
  pending: notBegun,
  running: notBegun,
  success: finished,
  failed: finished,
  canceling: { cancel: 'force', retry: 'yes', play: 'action_job', erase: 'no' },
  canceled: finished,
  skipped: { cancel: 'unchanged', retry: 'no', play: 'no', erase: 'something_left' },
  manual: waiting,
  scheduled: waiting,
} as const satisfies Record<JobStatus, Record<JobAction, Allowance>>;

/** What decides an action besides the status. */
export interface ActionFacts {
  status: JobStatus;
  /** A newer job of the same name stands for this one. */
  retried: boolean;
  /** It is so old that it only is to be looked at. */
  archived: boolean;
  /** Of one that failed. */
  failure_reason?: string | null;
  when: string;
}

/** Whether a job or pipeline of that time is archived; `before` is null where none ever is. */
export const isArchived = ({ created_at }: { created_at: number }, before: number | null) =>
  before !== null && created_at < before;

/** Whether cancel changes the job; when not, it is answered as if it had. */
export function canCancel(status: JobStatus, force: boolean): boolean {
  const allowance: Allowance = ACTIONS[status].cancel;
  return allowance === 'yes' || (force && allowance === 'force');
}

/** How a bridge fails whose pipeline would stand in the same place again. */
const FAILS_AGAIN: readonly string[] = [
  'pipeline_loop_detected',
  'reached_max_descendant_pipelines_depth',
] satisfies FailureReason[];

/** Whether a new job can take this one's place. */
export function canRetry({ status, retried, archived, failure_reason }: Omit<ActionFacts, 'when'>): boolean {
  const failsAgain = status === 'failed' && FAILS_AGAIN.includes(failure_reason ?? '');
  return ACTIONS[status].retry === 'yes' && !retried && !archived && !failsAgain;
}

/** Whether the job can be started by hand: in place when it waits, as a new job when it has ended. */
export function canPlay(facts: ActionFacts): boolean {
  const allowance: Allowance = ACTIONS[facts.status].play;
  const actionJob = facts.when === 'manual' || facts.when === 'delayed';
  if (!actionJob || facts.archived) return false;
  return allowance === 'yes' || (allowance === 'action_job' && canRetry(facts));
}

/** Whether log and artifacts can be removed; a retried job's can. */
export function canErase(status: JobStatus, somethingLeft: boolean): boolean {
  return ACTIONS[status].erase === 'something_left' && somethingLeft;
}

/** What decides about the job of this row. */
export const factsOf = (
  job: {
    status: JobStatus;
    retried: 0 | 1;
    when: string;
    created_at: number;
    failure_reason: string | null;
  },
  archivedBefore: number | null = null,
): ActionFacts => ({ ...job, retried: job.retried === 1, archived: isArchived(job, archivedBefore) });
