import type { Selectable } from 'kysely';
import { breather } from '../artifacts/breathe.ts';
import type { Transaction } from '../db/database.ts';
import { insertRows } from '../db/insert-rows.ts';
import { portions } from '../db/portions.ts';
import type { Bit } from '../db/rows/column.ts';
import type { PipelineOrigin, Pipelines } from '../db/rows/pipelines.ts';
import { noteChange } from '../events/change.ts';
import { followChanges } from './follow-changes.ts';
import { ensurePlaces, type JobPlace, openDeployments } from './job-places.ts';
import { insertKept, type Kept } from './kept-store.ts';
import type { JobDraft, PipelineDraft } from './pipeline-draft.ts';
import { lockPipeline } from './process-store.ts';

/** A variable given to a whole pipeline; the value encrypted. */
export interface NewPipelineVariable {
  key: string;
  value: string;
  variable_type: string;
  raw: Bit;
}

/** What began a pipeline, besides a push. */
export type Origin = Selectable<PipelineOrigin>;

/** What a pipeline is, before it has an id. */
export type NewPipeline = Pick<
  Selectable<Pipelines>,
  'project_id' | 'user_id' | 'push_id' | 'sha' | 'before_sha' | 'ref' | 'tag' | 'source' | 'protected'
> &
  Partial<Origin> & {
    /** Undefined: the project's. */
    priority?: number | undefined;
    variables: readonly NewPipelineVariable[];
    /** The Commit object of the API without web_url, as JSON. */
    commit: string;
  };

/** With its jobs; or without any, and why. */
export type PipelineContent =
  | { status: 'created'; plan: PipelineDraft; kept?: Kept | undefined }
  | {
      status: 'failed';
      failure_reason: string;
      yaml_errors: string | null;
      kept?: Kept | undefined;
    }
  | { status: 'skipped'; kept: Kept };

/** A pipeline that is stored: the one given, or the one that there was already. */
type Stored = Found & { isNew: boolean };
type Found = Pick<Selectable<Pipelines>, 'id' | 'sha'>;

/** Jobs after which others may have their turn. */
const AT_ONCE = 128;

/**
 * Stores the pipeline with its stages, jobs, needs, variables, commit and what it keeps of how it was made; all jobs are
 * created, none has begun. Of one push, ref and kind of ref there is one pipeline, and so of one bridge and of
 * one run of a schedule: a second is not stored, and the answer is the first.
 */
export async function insertPipeline(
  tx: Transaction,
  pipeline: NewPipeline,
  content: PipelineContent,
  now: number,
): Promise<Stored> {
  const { variables, commit, ...columns } = pipeline;
  // Locks the project's row: whoever creates its other pipelines waits here.
  const { iid, priority } = await tx
    .updateTable('projects')
    .set((eb) => ({ last_pipeline_iid: eb('last_pipeline_iid', '+', 1) }))
    .where('id', '=', pipeline.project_id)
    .returning(['last_pipeline_iid as iid', 'priority'])
    .executeTakeFirstOrThrow();
  const earlier =
    (await findOfPush(tx, pipeline)) ?? (await findOfBridge(tx, pipeline)) ?? (await findOfRun(tx, pipeline));
  if (earlier) return { ...earlier, isNew: false };
  const { id } = await tx
    .insertInto('pipelines')
    .values({
      ...columns,
      priority: columns.priority ?? priority,
      iid,
      status: content.status,
      name: content.status === 'created' ? content.plan.name : null,
      stages: JSON.stringify(content.status === 'created' ? content.plan.stages : []),
      failure_reason: content.status === 'failed' ? content.failure_reason : null,
      yaml_errors: content.status === 'failed' ? content.yaml_errors : null,
      ...(content.status === 'created' && {
        auto_cancel_on_new_commit: content.plan.auto_cancel.on_new_commit,
        auto_cancel_on_job_failure: content.plan.auto_cancel.on_job_failure,
      }),
      finished_at: content.status === 'created' ? null : now,
      created_at: now,
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('commits')
    .values({ project_id: pipeline.project_id, sha: pipeline.sha, data: commit })
    .onConflict((conflict) => conflict.columns(['project_id', 'sha']).doNothing())
    .execute();
  noteChange(tx, { type: 'pipeline', project_id: pipeline.project_id, id });
  const given = variables.map((each) => ({ ...each, pipeline_id: id }));
  await insertRows(tx, 'pipeline_variables', given, ['pipeline_id']);
  if (content.kept) await insertKept(tx, id, content.kept);
  if (content.status === 'created') {
    const { jobs } = content.plan;
    // SQLite is in this thread: a thousand jobs at one go would hold up everybody, those who only read too.
    const breathe = breather();
    let hasFailed = false;
    for (const some of portions(jobs, AT_ONCE)) {
      if (await insertJobs(tx, id, pipeline, some, now)) hasFailed = true;
      await breathe();
    }
    const locked = hasFailed && (await lockPipeline(tx, id));
    if (locked) await followChanges(tx, locked, now);
  }
  return { id, sha: pipeline.sha, isNew: true };
}

async function findOfBridge(
  tx: Transaction,
  { upstream_job_id = null }: NewPipeline,
): Promise<Found | undefined> {
  if (upstream_job_id === null) return undefined;
  return await tx
    .selectFrom('pipelines')
    .select(['id', 'sha'])
    .where('upstream_job_id', '=', upstream_job_id)
    .executeTakeFirst();
}

async function findOfRun(
  tx: Transaction,
  { pipeline_schedule_run = null }: NewPipeline,
): Promise<Found | undefined> {
  if (pipeline_schedule_run === null) return undefined;
  return await tx
    .selectFrom('pipelines')
    .select(['id', 'sha'])
    .where('pipeline_schedule_run', '=', pipeline_schedule_run)
    .executeTakeFirst();
}

async function findOfPush(tx: Transaction, pipeline: NewPipeline): Promise<Found | undefined> {
  if (pipeline.push_id === null) return undefined;
  return await tx
    .selectFrom('pipelines')
    .select(['id', 'sha'])
    .where('push_id', '=', pipeline.push_id)
    .where('ref', '=', pipeline.ref)
    .where('tag', '=', pipeline.tag)
    .executeTakeFirst();
}

const NOWHERE: JobPlace = { environment_id: null, resource_group_id: null };

/** Answers whether some have failed right away. */
async function insertJobs(
  tx: Transaction,
  pipelineId: number,
  pipeline: NewPipeline,
  jobs: readonly JobDraft[],
  now: number,
): Promise<boolean> {
  const places = await ensurePlaces(tx, pipeline.project_id, jobs, now);
  const placeOf = ({ columns }: JobDraft) => places.get(columns.name) ?? NOWHERE;
  const rows = await insertRows(
    tx,
    'jobs',
    jobs.map((job) => ({
      ...job.columns,
      project_id: pipeline.project_id,
      pipeline_id: pipelineId,
      user_id: pipeline.user_id,
      status: 'created',
      ref: pipeline.ref,
      tag: pipeline.tag,
      sha: pipeline.sha,
      protected: pipeline.protected,
      ...placeOf(job),
      created_at: now,
      updated_at: now,
    })),
    ['id', 'name'],
  );
  const ids = new Map(rows.map(({ id, name }) => [name, id]));
  const placed = jobs.map((job) => ({ ...job, ...placeOf(job), id: ids.get(job.columns.name) ?? 0 }));
  const specs = placed.map(({ id, spec }) => ({ job_id: id, spec }));
  await insertRows(tx, 'job_specs', specs, ['job_id']);
  const needs = placed.flatMap((job) => job.needs.map((need) => ({ ...need, job_id: job.id })));
  await insertRows(tx, 'job_needs', needs, ['job_id']);
  if (pipeline.tag === 0) await insertRows(tx, 'pages_jobs', pagesOf(pipelineId, pipeline, jobs), ['name']);
  return await openDeployments(tx, pipeline, placed, now);
}

/** The jobs that make sites of a branch. */
const pagesOf = (
  pipeline_id: number,
  { project_id, ref }: Pick<NewPipeline, 'project_id' | 'ref'>,
  jobs: readonly JobDraft[],
) =>
  jobs.flatMap(({ columns: { name }, pages }) =>
    pages ? { pipeline_id, name, project_id, ref, ...pages } : [],
  );
