import type { Database } from '../db/database.ts';
import type { FailureReason } from '../jobs/failure-reason.ts';
import { mayBeTaken, oldestQueued, queuedBefore } from '../jobs/queue-runner-store.ts';
import { executingJobs, type Job } from '../jobs/job-store.ts';
import type { IsOver } from '../runners/hearing.ts';
import { dropJob } from './finish-job.ts';

/** Milliseconds without a sign of life after which a job fails. */
export interface Silence {
  running: number;
  canceling: number;
  /** Pending, and no runner that is online could take it. */
  pending_unmatched: number;
  /** Pending, though runners could take it. */
  pending_matched: number;
  /** Since it was created; null: none is ever archived. */
  archived: number | null;
}

/** What a runner that ends its job by itself at the timeout is given to say so, in milliseconds. */
const GRACE_MS = 60_000;
const BATCH = 500;

/**
 * Fails the jobs whose runner is silent or late, and those that no runner takes. Answers how many. To be
 * called every minute or so; a job that speaks up in between keeps what it has done. `isOver` says what of all that
 * is over: not by subtraction where the server could hear nobody.
 */
export async function failSilentJobs(
  db: Database,
  silence: Silence,
  onlineFor: number,
  now: number,
  isOver: IsOver = (from, span) => now - from > span,
): Promise<number> {
  return (
    (await failExecuting(db, silence, now, isOver)) +
    (await failArchived(db, silence, now)) +
    (await failPending(db, silence, onlineFor, now, isOver))
  );
}

async function failExecuting(db: Database, silence: Silence, now: number, isOver: IsOver): Promise<number> {
  let failed = 0;
  for (let after = 0; ;) {
    const jobs = await executingJobs(db.read, after, BATCH);
    for (const job of jobs) {
      const reason = reasonOf(job, silence, isOver);
      if (reason !== null && (await dropJob(db, job, reason, now, [job.status]))) failed++;
      after = job.id;
    }
    if (jobs.length < BATCH) return failed;
  }
}

/** Why an executing job fails now; null while it may go on. */
export function reasonOf(
  job: Pick<Job, 'status' | 'started_at' | 'updated_at' | 'timeout'>,
  silence: Pick<Silence, 'running' | 'canceling'>,
  isOver: IsOver,
): FailureReason | null {
  const isRunning = job.status === 'running';
  if (isOver(job.updated_at, isRunning ? silence.running : silence.canceling))
    return isRunning ? 'no_updates_running' : 'no_updates_canceling';
  if (job.timeout === null || job.started_at === null) return null;
  const limit = job.timeout * 1000 + GRACE_MS;
  if (isRunning) return isOver(job.started_at, limit) ? 'server_timeout_running' : null;
  // A job that is being canceled may still run its after_script.
  return isOver(job.started_at, limit + silence.canceling) ? 'server_timeout_canceling' : null;
}

async function failArchived(db: Database, { archived }: Silence, now: number): Promise<number> {
  if (archived === null) return 0;
  let failed = 0;
  for (;;) {
    const jobs = await queuedBefore(db.read, now - archived, BATCH);
    const dropped: unknown[] = [];
    for (const job of jobs) dropped.push(await dropJob(db, job, 'archived_failure', now, ['pending']));
    failed += dropped.filter((job) => job !== null).length;
    // Those that could not be dropped went meanwhile, or will be looked at in the next round.
    if (jobs.length < BATCH || dropped.every((job) => job === null)) return failed;
  }
}

async function failPending(
  db: Database,
  silence: Silence,
  onlineFor: number,
  now: number,
  isOver: IsOver,
): Promise<number> {
  let failed = 0;
  const bound = now - Math.min(silence.pending_matched, silence.pending_unmatched);
  const known = new Map<string, boolean>();
  for (let after = { since: 0, job_id: 0 }; ;) {
    const stuck = await oldestQueued(db.read, bound, after, BATCH);
    for (const job of stuck) {
      after = job;
      // Jobs that are alike have the same runners: a long queue asks few questions.
      const kind = `${job.project_id} ${job.namespace_id} ${job.shared_runners_enabled} ${job.protected} ${job.tag_list}`;
      const isMatched = known.get(kind) ?? (await mayBeTaken(db.read, job, now - onlineFor));
      known.set(kind, isMatched);
      if (!isOver(job.since, isMatched ? silence.pending_matched : silence.pending_unmatched)) continue;
      const reason = isMatched ? 'stuck_pending_with_matching_runners' : 'stuck_pending_no_matching_runners';
      const given = { id: job.job_id, pipeline_id: job.pipeline_id };
      if (await dropJob(db, given, reason, now, ['pending'])) failed++;
    }
    if (stuck.length < BATCH) return failed;
  }
}
