import { lockArtifacts } from '../artifacts/lock-artifacts.ts';
import type { Transaction } from '../db/database.ts';
import { changeJobs } from '../jobs/change-job.ts';
import { isCompleted } from '../jobs/job-state.ts';
import { enqueueJobs } from './enqueue-jobs.ts';
import { followChanges } from './follow-changes.ts';
import { pipelineDuration } from './pipeline-duration.ts';
import { type CountedJob, isWarning, pipelineStatus } from './pipeline-status.ts';
import { processJobs } from './process-jobs.ts';
import {
  type LockedPipeline,
  lockPipeline,
  markRunning,
  NOT_ENDED,
  readCountedJobs,
  readPeriods,
  readProcessedJobs,
  startedAt,
  writeStatus,
  writeWarnings,
} from './process-store.ts';

/**
 * Runs `change`, which may change the pipeline's jobs, and lets the pipeline follow, under the lock on its
 * row: so of two jobs that finish together the later one sees the other finished. Null when the pipeline
 * does not exist (any more); nothing is done then.
 */
export async function changeAndAdvance<T>(
  tx: Transaction,
  pipelineId: number,
  now: number,
  change: () => Promise<T>,
): Promise<T | null> {
  const pipeline = await lockPipeline(tx, pipelineId);
  if (!pipeline) return null;
  const value = await change();
  await advance(tx, pipeline, now);
  return value;
}

/**
 * The same where `change` makes a job run: whatever the others do, so does the pipeline then. Saves reading
 * all of its jobs each time a runner takes one. A `change` that answers null has not made one run.
 */
export async function runAndAdvance<T>(
  tx: Transaction,
  pipelineId: number,
  now: number,
  change: () => Promise<T | null>,
): Promise<T | null> {
  const pipeline = await lockPipeline(tx, pipelineId);
  if (!pipeline) return null;
  const value = await change();
  if (value === null) return null;
  await followChanges(tx, pipeline, now);
  await markRunning(tx, pipeline, now);
  return value;
}

/** Gives every job whose turn it is its event, and the pipeline the status that its jobs make together. */
async function advance(tx: Transaction, pipeline: LockedPipeline, now: number): Promise<void> {
  let turns: Awaited<ReturnType<typeof giveTurns>>;
  await followChanges(tx, pipeline, now);
  do turns = await giveTurns(tx, pipeline, now);
  while ((await followChanges(tx, pipeline, now)) || turns.hasEnded);
  const status = pipelineStatus(turns.jobs);
  if (status === null) return;
  const warnings = status === 'success' && turns.jobs.some(isWarning) ? (1 as const) : (0 as const);
  if (status === pipeline.status) {
    if (warnings !== pipeline.warnings) await writeWarnings(tx, pipeline, warnings, now);
    return;
  }
  const started = pipeline.started_at ?? (status === 'running' ? now : null);
  const ended = isCompleted(status)
    ? {
        finished_at: now,
        duration: pipelineDuration(await readPeriods(tx, pipeline.id, now)),
        warnings,
      }
    : NOT_ENDED;
  await writeStatus(tx, pipeline, status, { ...startedAt(pipeline, started), ...ended }, now);
  if (status === 'success') await lockArtifacts(tx, pipeline);
}

/**
 * Answers what counts of the pipeline's latest jobs then. `hasEnded`: one that was to be enqueued has failed instead,
 * and others may be due because of that.
 */
async function giveTurns(
  tx: Transaction,
  pipeline: LockedPipeline,
  now: number,
): Promise<{ jobs: CountedJob[]; hasEnded: boolean }> {
  const present = await readCountedJobs(tx, pipeline.id);
  // A thousand jobs take a while to read, and mostly none of them waits for its turn.
  if (!present.some(({ status }) => status === 'created')) return { jobs: present, hasEnded: false };
  const jobs = await readProcessedJobs(tx, pipeline.id);
  let hasEnded = false;
  const statuses = new Map(jobs.map(({ id, status }) => [id, status]));
  for (const [event, due] of Map.groupBy(processJobs(jobs), (turn) => turn.event)) {
    const ids = new Set(due.map(({ id }) => id));
    const changed =
      event === 'enqueue'
        ? await enqueueJobs(
            tx,
            jobs.filter(({ id }) => ids.has(id)),
            now,
          )
        : await changeJobs(tx, [...ids], event, now);
    for (const { id, status } of changed) statuses.set(id, status);
    hasEnded ||= event === 'enqueue' && changed.some(({ status }) => isCompleted(status));
  }
  const counted = jobs.map(({ id, status, allow_failure }) => ({
    status: statuses.get(id) ?? status,
    allow_failure,
  }));
  return { jobs: counted, hasEnded };
}
