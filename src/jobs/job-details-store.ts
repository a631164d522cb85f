import type { Kysely, RawBuilder, Selectable } from 'kysely';
import { sql } from 'kysely';
import { runCompiled, slot, slotList } from '../db/compiled.ts';
import type { Users } from '../db/rows/access.ts';
import type { JobArtifacts } from '../db/rows/artifacts.ts';
import type { Jobs } from '../db/rows/jobs.ts';
import type { Pipelines } from '../db/rows/pipelines.ts';
import type { RunnerManagers, Runners } from '../db/rows/runners.ts';
import type { Tables } from '../db/schema.ts';

const JOB = [
  'id',
  'kind',
  'project_id',
  'pipeline_id',
  'user_id',
  'runner_id',
  'runner_manager_id',
  'name',
  'stage',
  'status',
  'ref',
  'tag',
  'protected',
  'allow_failure',
  'failure_reason',
  'coverage',
  'tag_list',
  'debug_trace',
  'created_at',
  'queued_at',
  'started_at',
  'finished_at',
  'erased_at',
  'artifacts_expire_at',
] as const;

const PIPELINE = [
  'id',
  'iid',
  'project_id',
  'sha',
  'ref',
  'status',
  'source',
  'created_at',
  'updated_at',
] as const;
const USER = [
  'id',
  'username',
  'name',
  'state',
  'admin',
  'bot',
  'public_email',
  'profile',
  'created_at',
] as const;
const RUNNER = ['id', 'runner_type', 'name', 'description', 'active', 'contacted_at', 'created_at'] as const;
const MANAGER = [
  'id',
  'system_id',
  'version',
  'revision',
  'platform',
  'architecture',
  'ip_address',
  'contacted_at',
  'created_at',
] as const;
const ARTIFACT = [
  'job_id',
  'file_type',
  'file_format',
  'filename',
  'size',
  'locked_ref',
  'expire_at',
] as const;

type Row<T, Column extends keyof Selectable<T>> = Pick<Selectable<T>, Column>;

/** A job with all that its page of the API shows, read in a constant number of statements. */
export interface JobDetails extends Row<Jobs, (typeof JOB)[number]> {
  pipeline: Row<Pipelines, (typeof PIPELINE)[number]>;
  user: Row<Users, (typeof USER)[number]> | null;
  /** The Commit object of the API without web_url, as JSON; null when it is not known here. */
  commit: string | null;
  runner: (Row<Runners, (typeof RUNNER)[number]> & Busy) | null;
  runner_manager: (Row<RunnerManagers, (typeof MANAGER)[number]> & Busy) | null;
  /** Bytes of its log, known once the job has ended; null before, and without a log. */
  trace_size: number | null;
  /** In the order of their upload. */
  artifacts: Row<JobArtifacts, (typeof ARTIFACT)[number]>[];
}

interface Busy {
  job_execution_status: 'active' | 'idle';
}

const selectJobs = (db: Kysely<Tables>) => db.selectFrom('jobs').select(JOB).select(TRACE_SIZE);
const TRACE_SIZE = sql<number | null>`(SELECT job_traces.size FROM job_traces
  WHERE job_traces.job_id = jobs.id)`.as('trace_size');

/** What is read besides. */
const AROUND = ['pipeline', 'user', 'commit', 'runner', 'runner_manager', 'artifacts'];

type JobRows = ReturnType<typeof selectJobs>;

/**
 * The jobs that `narrow` leaves, in its order, with everything around them: six statements, in two turns, however many there
 * are. `shape` names the text of what it does, and `values` fills its slots. Of rows behind the first `limit` it is
 * only told that there are such.
 */
export async function readJobDetails(
  db: Kysely<Tables>,
  shape: string,
  narrow: (rows: JobRows) => JobRows,
  values: Record<string, unknown>,
  limit = Infinity,
): Promise<{ jobs: JobDetails[]; hasMore: boolean }> {
  const found = await runCompiled(db, shape, () => narrow(selectJobs(db)), values, AROUND);
  const hasMore = found.length > limit;
  const rows = hasMore ? found.slice(0, limit) : found;
  if (rows.length === 0) return { jobs: [], hasMore };
  const jobIds: number[] = [];
  const ids = {
    pipelines: new Set<number>(),
    users: new Set<number>(),
    runners: new Set<number>(),
    managers: new Set<number>(),
  };
  for (const { id, pipeline_id, user_id, runner_id, runner_manager_id } of rows) {
    jobIds.push(id);
    ids.pipelines.add(pipeline_id);
    if (user_id !== null) ids.users.add(user_id);
    if (runner_id !== null) ids.runners.add(runner_id);
    if (runner_manager_id !== null) ids.managers.add(runner_manager_id);
  }
  // The jobs of a page share most of what is around them: each is read once.
  const [artifacts, pipelines, users, runners, managers] = await Promise.all([
    readArtifacts(db, jobIds),
    readAround(db, ids.pipelines, readPipelines),
    readAround(db, ids.users, readUsers),
    readAround(db, ids.runners, readRunners),
    readAround(db, ids.managers, readManagers),
  ]);
  const jobs: JobDetails[] = [];
  for (const row of rows) {
    const pipeline = pipelines.get(row.pipeline_id);
    // Deleted between the statements.
    if (!pipeline) continue;
    const job = row as unknown as JobDetails;
    job.pipeline = pipeline;
    job.user = users.get(row.user_id) ?? null;
    job.commit = pipeline.commit;
    job.runner = runners.get(row.runner_id) ?? null;
    job.runner_manager = managers.get(row.runner_manager_id) ?? null;
    job.artifacts = artifacts.get(row.id) ?? [];
    jobs.push(job);
  }
  return { jobs, hasMore };
}

/** The rows of these ids, by id. */
async function readAround<T extends { id: number }>(
  db: Kysely<Tables>,
  ids: ReadonlySet<number>,
  read: (db: Kysely<Tables>, ids: number[]) => Promise<T[]>,
): Promise<Map<number | null, T>> {
  const found = new Map<number | null, T>();
  if (ids.size > 0) for (const row of await read(db, [...ids])) found.set(row.id, row);
  return found;
}

async function readPipelines(db: Kysely<Tables>, ids: number[]) {
  const { isOneOf, values, shape } = slotList(db, ids);
  const build = () =>
    db
      .selectFrom('pipelines')
      .leftJoin('commits', (join) =>
        join
          .onRef('commits.project_id', '=', 'pipelines.project_id')
          .onRef('commits.sha', '=', 'pipelines.sha'),
      )
      .select(PIPELINE.map((column) => `pipelines.${column}` as const))
      .select('commits.data as commit')
      .where(isOneOf('pipelines.id'));
  return await runCompiled(db, `${shape} pipelines of jobs`, build, values);
}

async function readUsers(db: Kysely<Tables>, ids: number[]) {
  const { isOneOf, values, shape } = slotList(db, ids);
  const build = () => db.selectFrom('users').select(USER).where(isOneOf('id'));
  return await runCompiled(db, `${shape} users of jobs`, build, values);
}

const EXECUTING = sql`jobs.status IN ('running', 'canceling')`;
const executionStatus = (isBusy: RawBuilder<unknown>) =>
  sql<Busy['job_execution_status']>`CASE WHEN EXISTS (${isBusy}) THEN 'active' ELSE 'idle' END`.as(
    'job_execution_status',
  );

async function readRunners(db: Kysely<Tables>, ids: number[]) {
  const { isOneOf, values, shape } = slotList(db, ids);
  const isBusy = sql`SELECT 1 FROM jobs WHERE jobs.runner_id = runners.id AND ${EXECUTING}`;
  const build = () =>
    db.selectFrom('runners').select(RUNNER).select(executionStatus(isBusy)).where(isOneOf('id'));
  return await runCompiled(db, `${shape} runners of jobs`, build, values);
}

async function readManagers(db: Kysely<Tables>, ids: number[]) {
  const { isOneOf, values, shape } = slotList(db, ids);
  const isBusy = sql`SELECT 1 FROM jobs WHERE jobs.runner_id = runner_managers.runner_id
    AND jobs.runner_manager_id = runner_managers.id AND ${EXECUTING}`;
  const build = () =>
    db.selectFrom('runner_managers').select(MANAGER).select(executionStatus(isBusy)).where(isOneOf('id'));
  return await runCompiled(db, `${shape} managers of jobs`, build, values);
}

async function readArtifacts(
  db: Kysely<Tables>,
  ids: number[],
): Promise<Map<number, JobDetails['artifacts']>> {
  const { isOneOf, values, shape } = slotList(db, ids);
  const build = () => db.selectFrom('job_artifacts').select(ARTIFACT).where(isOneOf('job_id')).orderBy('id');
  const rows = await runCompiled(db, `artifacts of ${shape} jobs`, build, values);
  return Map.groupBy(rows, ({ job_id }) => job_id);
}

const oneJob = (rows: JobRows) =>
  rows.where('id', '=', slot<number>('id')).where('project_id', '=', slot<number>('project_id'));

/** The job of this project with all that its page shows, or null. */
export async function findJobDetails(
  db: Kysely<Tables>,
  projectId: number,
  jobId: number,
): Promise<JobDetails | null> {
  const { jobs } = await readJobDetails(db, 'one job', oneJob, { id: jobId, project_id: projectId });
  return jobs[0] ?? null;
}

/** These jobs with all that their pages show, by their ids. */
export async function findJobsDetails(
  db: Kysely<Tables>,
  jobIds: readonly number[],
): Promise<Map<number, JobDetails>> {
  if (jobIds.length === 0) return new Map();
  const { isOneOf, values, shape } = slotList(db, jobIds);
  const byId = (rows: JobRows) => rows.where(isOneOf('id'));
  const { jobs } = await readJobDetails(db, `${shape} jobs`, byId, values);
  return new Map(jobs.map((job) => [job.id, job]));
}
