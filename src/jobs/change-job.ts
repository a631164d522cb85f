import { type RawBuilder, sql } from 'kysely';
import { breather } from '../artifacts/breathe.ts';
import { afterCommit, type Transaction } from '../db/database.ts';
import { runCompiled, slot, slotList } from '../db/compiled.ts';
import { portions } from '../db/portions.ts';
import { noteJobs } from '../events/change.ts';
import { sealTraceLater } from '../traces/seal-trace.ts';
import { cancelDownstreamLater, syncBridgeLater } from './bridge-work.ts';
import type { FailureReason } from './failure-reason.ts';
import { enterQueue, leaveQueue } from './job-queue.ts';
import { announceJobs } from './job-changes.ts';
import { asJob, type Job } from './job-store.ts';
import { isCompleted, type JobEvent, type JobStatus, sourcesOf, TIMESTAMPS } from './job-state.ts';

/** What an event sets beside the status. */
export interface ChangeDetails {
  /** With drop; a job that was being canceled has no reason. */
  failure_reason?: FailureReason;
  exit_code?: number | null;
  /** With enqueue and process: whose job it is from now on. */
  user_id?: number;
  /** With run: who runs it. */
  runner_id?: number;
  runner_manager_id?: number;
  timeout?: number;
  token_digest?: string;
  runner_session?: string | null;
  /** With run: until when the runner must be heard of, that it has the job at all. */
  acknowledge_until?: number;
}

const changes = new WeakMap<Transaction, Job[]>();

/** The jobs that this transaction has changed since it was asked last, each as its change left it. */
export function takeChanges(tx: Transaction): Job[] {
  const taken = changes.get(tx) ?? [];
  changes.delete(tx);
  return taken;
}

function noteChanges(tx: Transaction, jobs: readonly Job[]): void {
  const noted = changes.get(tx);
  if (noted) noted.push(...jobs);
  else changes.set(tx, [...jobs]);
}

/** Jobs in one statement. */
const AT_ONCE = 512;

/**
 * The only writer of a job's status. Where `event` can happen (job-state.ts) the job takes its new status,
 * its time, its place in the queue (a bridge: the work to create its pipeline), and at its end the end of its log; a job whose status does not admit the event is left as it is.
 * Answers the jobs that changed, as they are now: one that is missing lost a race, and the caller says so.
 *
 * The caller holds the lock on the pipeline's row and advances the pipeline in this transaction, which also does
 * all that follows such a change, see pipelines/advance-pipeline.ts.
 */
export async function changeJobs(
  tx: Transaction,
  jobIds: readonly number[],
  event: JobEvent,
  now: number,
  details: ChangeDetails = {},
): Promise<Job[]> {
  const breathe = breather();
  const changed: Job[] = [];
  for (const some of portions(jobIds, AT_ONCE)) {
    changed.push(...(await changeSome(tx, some, event, now, details)));
    await breathe();
  }
  return changed;
}

/** The same for one job; null: its status does not admit the event (any more). */
export async function changeJob(
  tx: Transaction,
  jobId: number,
  event: JobEvent,
  now: number,
  details: ChangeDetails = {},
): Promise<Job | null> {
  const [job] = await changeJobs(tx, [jobId], event, now, details);
  return job ?? null;
}

async function changeSome(
  tx: Transaction,
  jobIds: readonly number[],
  event: JobEvent,
  now: number,
  { failure_reason, exit_code, ...set }: ChangeDetails,
): Promise<Job[]> {
  const arrows = sourcesOf(event);
  const sources = arrows.map(([from]) => from);
  const targets = new Set(arrows.map(([, to]) => to));
  const [target] = targets;
  if (!target) return [];
  const timestamp = TIMESTAMPS[target];
  const listed = slotList(tx, jobIds);
  const build = () =>
    tx
      .updateTable('jobs')
      .set({
        ...Object.fromEntries(Object.keys(set).map((column) => [column, slot(column)])),
        status: nextStatusOf(arrows),
        updated_at: slot<number>('now'),
        // Whatever becomes of a delayed job, it waits no longer; schedule-job.ts says when one does.
        ...(sources.includes('scheduled') && { scheduled_at: null }),
        ...(timestamp && { [timestamp]: slot<number>('now') }),
        ...(event === 'process' && { queued_at: null }),
        ...(event === 'reopen' && { finished_at: null, failure_reason: null }),
        ...(event === 'run' && set.acknowledge_until === undefined && { acknowledge_until: null }),
        ...(sources.includes('running') && { runner_session: null }),
        ...([...targets].every(isCompleted) && { token_digest: null, acknowledge_until: null }),
        ...(event === 'drop' && {
          failure_reason: unlessCanceling(sql<string>`CAST(${slot('failure_reason')} AS TEXT)`),
          exit_code: unlessCanceling(sql<number | null>`CAST(${slot('exit_code')} AS BIGINT)`),
        }),
      })
      .where(listed.isOneOf('id'))
      .where('status', 'in', sources)
      .returningAll();
  const rows = await runCompiled(tx, `${event} ${listed.shape} jobs with ${Object.keys(set).join()}`, build, {
    ...set,
    ...listed.values,
    now,
    failure_reason: failure_reason ?? 'unknown_failure',
    exit_code: exit_code ?? null,
  });
  const jobs = rows.map(asJob);
  const ids = jobs.map(({ id }) => id);
  const bridges = jobs.filter(({ kind }) => kind === 'bridge');
  const builds = jobs.filter(({ kind }) => kind !== 'bridge');
  if (sources.includes('pending')) await leaveQueue(tx, ids);
  if (target === 'pending') {
    await enterQueue(
      tx,
      builds.map(({ id }) => id),
      now,
    );
    for (const { id } of bridges) await syncBridgeLater(tx, id, now);
  }
  await cancelDownstreamLater(
    tx,
    bridges.filter(({ status }) => status === 'canceled').map(({ id }) => id),
    now,
  );
  const ended = builds.filter((job) => isCompleted(job.status) && job.started_at !== null);
  for (const { id } of ended) await sealTraceLater(tx, id, now);
  if (jobs.length > 0) {
    noteChanges(tx, jobs);
    noteJobs(tx, jobs);
    afterCommit(tx, () => announceJobs(jobs));
  }
  return jobs;
}

const unlessCanceling = <T>(value: RawBuilder<T>) =>
  sql<T | null>`CASE WHEN status = 'canceling' THEN NULL ELSE ${value} END`;

function nextStatusOf(arrows: readonly [from: JobStatus, to: JobStatus][]): RawBuilder<string> {
  const [first] = arrows;
  const others = arrows.filter(([, to]) => to !== first?.[1]);
  const cases = others.map(([from, to]) => sql`WHEN ${sql.lit(from)} THEN ${sql.lit(to)}`);
  const target = sql.lit(first?.[1] ?? '');
  return others.length === 0
    ? sql<string>`${target}`
    : sql<string>`CASE status ${sql.join(cases, sql` `)} ELSE ${target} END`;
}
