import { type Kysely, type Selectable, sql } from 'kysely';
import { digestToken } from '../access/token.ts';
import { inPortions, padded, runCompiled, slot } from '../db/compiled.ts';
import type { Database, Transaction } from '../db/database.ts';
import type { Jobs, JobVariables } from '../db/rows/jobs.ts';
import type { Tables } from '../db/schema.ts';
import { noteJobs } from '../events/change.ts';
import type { PlannedJob } from '../ci/plan.ts';
import type { JobStatus } from './job-state.ts';

/** A job's row. Its status is one of the table's, see job-state.ts. */
export type Job = Omit<Selectable<Jobs>, 'status'> & { status: JobStatus };

/** What a runner needs of a job besides its row. */
export type JobSpec = PlannedJob;

/** The job of this id in whatever project, or null. */
export async function findJobById(db: Kysely<Tables>, jobId: number): Promise<Job | null> {
  const build = () => db.selectFrom('jobs').selectAll().where('id', '=', slot<number>('id'));
  const [job] = await runCompiled(db, 'job', build, { id: jobId });
  return job ? asJob(job) : null;
}

/** The job whose token this is, while it is valid: the job is running, canceling or given to a runner. */
export async function findJobByToken(db: Kysely<Tables>, token: string): Promise<Job | null> {
  const job = await db
    .selectFrom('jobs')
    .selectAll()
    .where('token_digest', '=', digestToken(token))
    .executeTakeFirst();
  return job ? asJob(job) : null;
}

/** The row with its status as the type that only the table's statuses have. */
export const asJob = (row: Selectable<Jobs>): Job => row as Job;

/** The compiled job, as the runner's payload is made of it. */
export async function readJobSpec(db: Kysely<Tables>, jobId: number): Promise<JobSpec> {
  const spec = await findJobSpec(db, jobId);
  if (!spec) throw new Error(`job ${jobId} has no spec`);
  return spec;
}

/** The same; null: the job has been deleted meanwhile. */
export async function findJobSpec(db: Kysely<Tables>, jobId: number): Promise<JobSpec | null> {
  const build = () => db.selectFrom('job_specs').select('spec').where('job_id', '=', slot<number>('job_id'));
  const [row] = await runCompiled(db, 'spec of a job', build, { job_id: jobId });
  return row ? (JSON.parse(row.spec) as JobSpec) : null;
}

/** The compiled jobs by their ids. */
export async function readJobSpecs(
  db: Kysely<Tables>,
  jobs: readonly Pick<Job, 'id'>[],
): Promise<Map<number, JobSpec>> {
  const ids = jobs.map(({ id }) => id);
  const rows = await inPortions(ids, (some) =>
    db.selectFrom('job_specs').selectAll().where('job_id', 'in', some).execute(),
  );
  return new Map(rows.map(({ job_id, spec }) => [job_id, JSON.parse(spec) as JobSpec]));
}

/** When the delay of a scheduled job ends. */
export async function scheduleJob(tx: Transaction, jobId: number, scheduled_at: number): Promise<void> {
  await tx.updateTable('jobs').set({ scheduled_at }).where('id', '=', jobId).execute();
}

/** The delays of these scheduled jobs end so many milliseconds sooner, as far as they have not ended by now. */
export async function shortenDelays(
  tx: Transaction,
  jobIds: readonly number[],
  by: number,
  now: number,
): Promise<void> {
  await inPortions(jobIds, (some) =>
    tx
      .updateTable('jobs')
      .set((eb) => ({ scheduled_at: eb('scheduled_at', '-', by) }))
      .where('id', 'in', some)
      .where('scheduled_at', '>', now)
      .execute(),
  );
}

/** The coverage that the job's log states, in per cent. */
export async function setCoverage(tx: Transaction, jobId: number, coverage: number | null): Promise<void> {
  const changed = await tx
    .updateTable('jobs')
    .set({ coverage })
    .where('id', '=', jobId)
    .returning(['id', 'pipeline_id', 'project_id'])
    .execute();
  noteJobs(tx, changed);
}

/** From now on these jobs may fail. */
export async function allowFailure(tx: Transaction, jobs: readonly Pick<Job, 'id'>[]): Promise<void> {
  const ids = jobs.map(({ id }) => id);
  await inPortions(ids, (some) =>
    tx.updateTable('jobs').set({ allow_failure: 1 }).where('id', 'in', some).execute(),
  );
}

/** The variables given when the job was played or retried; values encrypted. */
export async function readJobVariables(
  db: Kysely<Tables>,
  jobId: number,
): Promise<Selectable<JobVariables>[]> {
  const build = () =>
    db.selectFrom('job_variables').selectAll().where('job_id', '=', slot<number>('job_id')).orderBy('id');
  return await runCompiled(db, 'variables of a job', build, { job_id: jobId });
}

/** Once in that many milliseconds a job's sign of life is written down; what looks for silence allows for it. */
const TOUCH_EVERY_MS = 60_000;

/**
 * Notes that the job's runner has given a sign of life. Costs nothing when the last one is not long ago,
 * but for the first: until then nobody knows that the runner was told of the job.
 */
export async function touchJob(
  db: Database,
  job: Pick<Job, 'id' | 'updated_at' | 'acknowledge_until'>,
  now: number,
): Promise<void> {
  if (now - job.updated_at < TOUCH_EVERY_MS && job.acknowledge_until === null) return;
  await db.write((tx) =>
    tx
      .updateTable('jobs')
      .set({ updated_at: now, acknowledge_until: null })
      .where('id', '=', job.id)
      .where((eb) => eb.or([eb('updated_at', '<', now), eb('acknowledge_until', 'is not', null)]))
      .where('status', 'in', ['running', 'canceling'])
      .execute(),
  );
}

/** Marks the job's log as one that shows secrets: only developers and up may read it. */
export async function markDebugTrace(db: Database, jobId: number): Promise<void> {
  await db.write((tx) => tx.updateTable('jobs').set({ debug_trace: 1 }).where('id', '=', jobId).execute());
}

/** The jobs of a pipeline that no retry has replaced and that have one of these statuses. */
export async function latestJobs(
  db: Kysely<Tables>,
  pipelineId: number,
  statuses: readonly JobStatus[],
): Promise<Job[]> {
  const rows = await db
    .selectFrom('jobs')
    .selectAll()
    .where('pipeline_id', '=', pipelineId)
    .where('status', 'in', statuses)
    .where(sql<boolean>`retried = 0`)
    .orderBy('id')
    .execute();
  return rows.map(asJob);
}

/** The pipeline's latest job of this name, or null. */
export async function findLatestJob(
  db: Kysely<Tables>,
  pipelineId: number,
  name: string,
): Promise<Job | null> {
  const row = await db
    .selectFrom('jobs')
    .selectAll()
    .where('pipeline_id', '=', pipelineId)
    .where('name', '=', name)
    .where(sql<boolean>`retried = 0`)
    .executeTakeFirst();
  return row ? asJob(row) : null;
}

/** Those of the jobs' runner managers that stop a job gracefully when it is canceled. */
export async function gracefulManagers(
  db: Kysely<Tables>,
  jobs: readonly Pick<Job, 'runner_manager_id'>[],
): Promise<Set<number | null>> {
  const ids = [...new Set(jobs.flatMap(({ runner_manager_id }) => runner_manager_id ?? []))];
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('runner_managers')
    .select(['id', 'features'])
    .where('id', 'in', padded(ids))
    .execute();
  return new Set(rows.filter(({ features }) => declares(features, 'cancel_gracefully')).map(({ id }) => id));
}

/** Whether a runner manager's features (a JSON object of booleans) name this one. */
export function declares(features: string, feature: string): boolean {
  return (JSON.parse(features) as Record<string, unknown>)[feature] === true;
}

/** All jobs of a pipeline, also those that a retry has replaced. */
export async function allJobs(db: Kysely<Tables>, pipelineId: number): Promise<Job[]> {
  const rows = await db
    .selectFrom('jobs')
    .selectAll()
    .where('pipeline_id', '=', pipelineId)
    .orderBy('id')
    .execute();
  return rows.map(asJob);
}

/** Whether the job has a log or an artifact. */
export async function hasFiles(db: Kysely<Tables>, jobId: number): Promise<boolean> {
  const trace = await db
    .selectFrom('job_traces')
    .select('job_id')
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  if (trace) return true;
  const artifact = await db
    .selectFrom('job_artifacts')
    .select('id')
    .where('job_id', '=', jobId)
    .limit(1)
    .executeTakeFirst();
  return artifact !== undefined;
}

/** Notes that the job was erased. Answers it as it is then. */
export async function markErased(tx: Transaction, jobId: number, userId: number, now: number): Promise<Job> {
  const row = await tx
    .updateTable('jobs')
    .set({ erased_at: now, erased_by_id: userId, artifacts_expire_at: null, updated_at: now })
    .where('id', '=', jobId)
    .returningAll()
    .executeTakeFirstOrThrow();
  noteJobs(tx, [row]);
  return asJob(row);
}

/** The jobs that runners have, behind the id `after`. */
export async function executingJobs(db: Kysely<Tables>, after: number, limit: number): Promise<Job[]> {
  const rows = await db
    .selectFrom('jobs')
    .selectAll()
    .where(sql<boolean>`status IN ('running', 'canceling')`)
    .where('kind', '=', 'build')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(asJob);
}
