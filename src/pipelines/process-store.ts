import { sql } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import { forUpdate } from '../db/dialect.ts';
import type { Bit } from '../db/rows/column.ts';
import { noteChange } from '../events/change.ts';
import { syncBridgeLater } from '../jobs/bridge-work.ts';
import type { JobStatus } from '../jobs/job-state.ts';
import type { Period } from './pipeline-duration.ts';
import type { EnqueuedJob } from './enqueue-jobs.ts';
import type { CountedJob } from './pipeline-status.ts';
import type { ProcessedJob } from './process-jobs.ts';

/** What of a locked pipeline its advance looks at. */
export interface LockedPipeline {
  id: number;
  project_id: number;
  ref: string;
  tag: 0 | 1;
  status: string;
  created_at: number;
  started_at: number | null;
  warnings: Bit;
  /** none | all */
  auto_cancel_on_job_failure: string;
  upstream_job_id: number | null;
}

/** Locks the pipeline's row until the transaction ends; undefined when there is none. */
export async function lockPipeline(tx: Transaction, pipelineId: number): Promise<LockedPipeline | undefined> {
  const build = () => {
    const query = tx
      .selectFrom('pipelines')
      .select([
        'id',
        'project_id',
        'ref',
        'tag',
        'status',
        'created_at',
        'started_at',
        'warnings',
        'auto_cancel_on_job_failure',
        'upstream_job_id',
      ])
      .where('id', '=', slot<number>('id'));
    return forUpdate(tx, query);
  };
  const [pipeline] = await runCompiled(tx, 'pipeline, locked', build, { id: pipelineId });
  return pipeline;
}

/** What a pipeline's status sets beside it. */
export interface BesideStatus {
  started_at: number | null;
  finished_at: number | null;
  /** Seconds. */
  duration: number | null;
  queued_duration: number | null;
  warnings: Bit;
}

/** The bridge that has created the pipeline hears of it right after the commit. */
export async function writeStatus(
  tx: Transaction,
  pipeline: Pick<LockedPipeline, 'id' | 'project_id' | 'upstream_job_id'>,
  status: JobStatus,
  beside: BesideStatus,
  now: number,
): Promise<void> {
  const build = () =>
    tx
      .updateTable('pipelines')
      .set({
        status: slot<JobStatus>('status'),
        updated_at: slot<number>('now'),
        ...Object.fromEntries(Object.keys(beside).map((column) => [column, slot(column)])),
      })
      .where('id', '=', slot<number>('id'))
      .returning('id');
  const shape = `status of a pipeline with ${Object.keys(beside).join()}`;
  await runCompiled(tx, shape, build, { status, now, ...beside, id: pipeline.id });
  noteChange(tx, { type: 'pipeline', project_id: pipeline.project_id, id: pipeline.id });
  if (pipeline.upstream_job_id !== null) await syncBridgeLater(tx, pipeline.upstream_job_id, now);
}

/** What a job of a pipeline that has ended makes of it later, its status being the same. */
export async function writeWarnings(
  tx: Transaction,
  { id, project_id }: Pick<LockedPipeline, 'id' | 'project_id'>,
  warnings: Bit,
  now: number,
): Promise<void> {
  await tx.updateTable('pipelines').set({ warnings, updated_at: now }).where('id', '=', id).execute();
  noteChange(tx, { type: 'pipeline', project_id, id });
}

export async function renamePipeline(
  tx: Transaction,
  pipelineId: number,
  name: string,
  now: number,
): Promise<void> {
  const rows = await tx
    .updateTable('pipelines')
    .set({ name, updated_at: now })
    .where('id', '=', pipelineId)
    .returning(['id', 'project_id'])
    .execute();
  for (const row of rows) noteChange(tx, { type: 'pipeline', ...row });
}

/** For which pipeline this one was canceled. */
export async function noteAutoCanceled(
  tx: Transaction,
  pipelineId: number,
  auto_canceled_by_id: number,
): Promise<void> {
  await tx.updateTable('pipelines').set({ auto_canceled_by_id }).where('id', '=', pipelineId).execute();
}

/** Somebody has made jobs of the pipeline run: a canceled bridge that waits for it takes part again. */
export async function noteRestarted(
  tx: Transaction,
  pipelineId: number,
  restarted_at: number,
): Promise<void> {
  await tx
    .updateTable('pipelines')
    .set({ restarted_at })
    .where('id', '=', pipelineId)
    .where('upstream_job_id', 'is not', null)
    .where((eb) => eb.or([eb('restarted_at', 'is', null), eb('restarted_at', '<', restarted_at)]))
    .execute();
}

/** Makes the pipeline running, where it is not that already. */
export async function markRunning(tx: Transaction, pipeline: LockedPipeline, now: number): Promise<void> {
  if (pipeline.status === 'running') return;
  const started_at = pipeline.started_at ?? now;
  await writeStatus(tx, pipeline, 'running', { ...startedAt(pipeline, started_at), ...NOT_ENDED }, now);
}

export const NOT_ENDED = { finished_at: null, duration: null, warnings: 0 } as const;

/** When a pipeline has started, and how long it waited for that. */
export const startedAt = (pipeline: LockedPipeline, started_at: number | null) => ({
  started_at,
  queued_duration:
    started_at === null ? null : Math.max(0, Math.round((started_at - pipeline.created_at) / 1000)),
});

/** What of the pipeline's latest jobs counts in its status: each combination that occurs, once. */
export async function readCountedJobs(tx: Transaction, pipelineId: number): Promise<CountedJob[]> {
  const build = () =>
    tx
      .selectFrom('jobs')
      .select(['status', 'allow_failure'])
      .distinct()
      .where('pipeline_id', '=', slot<number>('pipeline_id'))
      .where(sql<boolean>`retried = 0`);
  const rows = await runCompiled(tx, 'jobs to count', build, { pipeline_id: pipelineId });
  return rows.map((row) => ({ status: row.status as JobStatus, allow_failure: row.allow_failure === 1 }));
}

/** The pipeline's jobs that no retry has replaced. The needs are those of created jobs only. */
export async function readProcessedJobs(
  tx: Transaction,
  pipelineId: number,
): Promise<(ProcessedJob & EnqueuedJob)[]> {
  const build = () =>
    tx
      .selectFrom('jobs')
      .select(['id', 'name', 'stage_idx', 'status', 'when', 'allow_failure', 'scheduling_type'])
      .select(['environment_id', 'resource_group_id'])
      .where('pipeline_id', '=', slot<number>('pipeline_id'))
      .where(sql<boolean>`retried = 0`)
      .orderBy('id');
  const rows = await runCompiled(tx, 'jobs to process', build, { pipeline_id: pipelineId });
  const asked = rows.some((job) => job.status === 'created' && job.scheduling_type === 'dag');
  const needs = asked ? await readNeeds(tx, pipelineId) : [];
  const byJob = Map.groupBy(needs, ({ job_id }) => job_id);
  return rows.map((row) => ({
    ...row,
    status: row.status as JobStatus,
    allow_failure: row.allow_failure === 1,
    needs: (byJob.get(row.id) ?? []).map(({ need }) => need),
  }));
}

/** Which of the pipeline's latest jobs needs what, by name. */
export async function readNeeds(
  tx: Transaction,
  pipelineId: number,
): Promise<{ job_id: number; name: string; need: string }[]> {
  return await tx
    .selectFrom('jobs')
    .innerJoin('job_needs', 'job_needs.job_id', 'jobs.id')
    .select(['job_needs.job_id', 'jobs.name', 'job_needs.name as need'])
    .where('jobs.pipeline_id', '=', pipelineId)
    .where(sql<boolean>`jobs.retried = 0`)
    .execute();
}

/** When the pipeline's jobs ran, retried ones too; those that still run do so until now. */
export async function readPeriods(tx: Transaction, pipelineId: number, now: number): Promise<Period[]> {
  const rows = await tx
    .selectFrom('jobs')
    .select(['started_at', 'finished_at'])
    .where('pipeline_id', '=', pipelineId)
    .where('started_at', 'is not', null)
    .execute();
  return rows.map(({ started_at, finished_at }) => ({
    started_at: started_at ?? now,
    finished_at: finished_at ?? now,
  }));
}
