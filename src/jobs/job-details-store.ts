import type { Expression, Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import { runCompiled, slot, slotList } from '../db/compiled.ts';
import type { JobArtifacts, Jobs, Pipelines, RunnerManagers, Runners, Tables, Users } from '../db/schema.ts';

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
  'stage_idx',
  'status',
  'ref',
  'tag',
  'sha',
  'protected',
  'allow_failure',
  'when',
  'retried',
  'failure_reason',
  'exit_code',
  'coverage',
  'tag_list',
  'timeout',
  'debug_trace',
  'created_at',
  'updated_at',
  'queued_at',
  'started_at',
  'finished_at',
  'erased_at',
  'erased_by_id',
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
const RUNNER = [
  'id',
  'runner_type',
  'name',
  'description',
  'active',
  'creator_id',
  'contacted_at',
  'created_at',
] as const;
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
  'id',
  'job_id',
  'file_type',
  'file_format',
  'filename',
  'size',
  'accessibility',
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
  /** There is a log; its size in bytes is known once the job has ended. */
  trace: { size: number | null } | null;
  /** In the order of their upload. */
  artifacts: Row<JobArtifacts, (typeof ARTIFACT)[number]>[];
}

interface Busy {
  job_execution_status: 'active' | 'idle';
}

/** Where the ids of a page come from: a query that selects `id`. */
type PageQuery = Expression<{ id: number }>;

/**
 * The jobs whose ids `page` selects, with everything around them: three statements however many there
 * are. `shape` names the text of `page`, whose slots `values` fills.
 */
export async function readJobDetails(
  db: Kysely<Tables>,
  shape: string,
  page: () => PageQuery,
  values: Record<string, unknown>,
  order: readonly (readonly ['created_at' | 'id', 'asc' | 'desc'])[] = [['id', 'desc']],
): Promise<JobDetails[]> {
  const joined = () =>
    db
      .with('page', () => page())
      .selectFrom('page')
      .innerJoin('jobs', 'jobs.id', 'page.id')
      .innerJoin('pipelines', 'pipelines.id', 'jobs.pipeline_id')
      .leftJoin('users', 'users.id', 'jobs.user_id')
      .leftJoin('runners', 'runners.id', 'jobs.runner_id')
      .leftJoin('runner_managers', 'runner_managers.id', 'jobs.runner_manager_id')
      .leftJoin('job_traces', 'job_traces.job_id', 'jobs.id')
      .leftJoin('commits', (join) =>
        join.onRef('commits.project_id', '=', 'jobs.project_id').onRef('commits.sha', '=', 'jobs.sha'),
      )
      .select(JOB.map((column) => `jobs.${column}` as const))
      .select(PIPELINE.map((column) => `pipelines.${column} as pipeline.${column}` as const))
      .select(USER.map((column) => `users.${column} as user.${column}` as const))
      .select(RUNNER.map((column) => `runners.${column} as runner.${column}` as const))
      .select(MANAGER.map((column) => `runner_managers.${column} as manager.${column}` as const))
      .select([
        'commits.data as commit',
        'job_traces.job_id as trace.job_id',
        'job_traces.size as trace.size',
      ]);
  const build = () =>
    order.reduce((query, [column, sort]) => query.orderBy(`jobs.${column}`, sort), joined());
  const rows = await runCompiled(db, shape, build, values);
  if (rows.length === 0) return [];
  const [artifacts, busy] = await Promise.all([
    readArtifacts(
      db,
      rows.map(({ id }) => id),
    ),
    readBusy(
      db,
      rows.flatMap(({ runner_id }) => runner_id ?? []),
    ),
  ]);
  // The jobs of a page share most of what is around them: each is made once.
  const pipelines = new Map<number, JobDetails['pipeline']>();
  const users = new Map<number, JobDetails['user']>();
  const runners = new Map<number, JobDetails['runner']>();
  const managers = new Map<number, JobDetails['runner_manager']>();
  return rows.map((row) => {
    const { user_id: user, runner_id: runner, runner_manager_id: manager } = row;
    return {
      ...jobColumns(row),
      pipeline: once(pipelines, row.pipeline_id, () => pipelineColumns(row)),
      user: user === null ? null : once(users, user, () => userColumns(row)),
      commit: row.commit,
      runner:
        runner === null
          ? null
          : once(runners, runner, () => ({ ...runnerColumns(row), ...active(busy.runners.has(runner)) })),
      runner_manager:
        manager === null
          ? null
          : once(managers, manager, () => ({
              ...managerColumns(row),
              ...active(busy.managers.has(manager)),
            })),
      trace: row['trace.job_id'] === null ? null : { size: row['trace.size'] },
      artifacts: artifacts.get(row.id) ?? [],
    };
  });
}

const active = (is: boolean): Busy => ({ job_execution_status: is ? 'active' : 'idle' });

function once<T>(made: Map<number, T>, id: number, make: () => T): T {
  const known = made.get(id);
  if (known !== undefined) return known;
  const value = make();
  made.set(id, value);
  return value;
}

/** Takes the columns of one table out of a joined row, under their own names. The types are those of the statement above. */
function columnsOf<T>(prefix: string, columns: readonly string[]): (row: object) => T {
  const names = columns.map((column) => [column, prefix + column] as const);
  return (row) => {
    const values: Record<string, unknown> = {};
    for (const [column, name] of names) values[column] = (row as Record<string, unknown>)[name];
    return values as T;
  };
}

const jobColumns = columnsOf<Row<Jobs, (typeof JOB)[number]>>('', JOB);
const pipelineColumns = columnsOf<JobDetails['pipeline']>('pipeline.', PIPELINE);
const userColumns = columnsOf<NonNullable<JobDetails['user']>>('user.', USER);
const runnerColumns = columnsOf<Row<Runners, (typeof RUNNER)[number]>>('runner.', RUNNER);
const managerColumns = columnsOf<Row<RunnerManagers, (typeof MANAGER)[number]>>('manager.', MANAGER);

async function readArtifacts(
  db: Kysely<Tables>,
  ids: number[],
): Promise<Map<number, JobDetails['artifacts']>> {
  const { slots, values, length } = slotList(ids);
  const build = () =>
    db.selectFrom('job_artifacts').select(ARTIFACT).where('job_id', 'in', slots).orderBy('id');
  const rows = await runCompiled(db, `artifacts of ${length} jobs`, build, values);
  return Map.groupBy(rows, ({ job_id }) => job_id);
}

async function readBusy(
  db: Kysely<Tables>,
  runnerIds: number[],
): Promise<{ runners: Set<number | null>; managers: Set<number | null> }> {
  if (runnerIds.length === 0) return { runners: new Set(), managers: new Set() };
  const { slots, values, length } = slotList([...new Set(runnerIds)]);
  const build = () =>
    db
      .selectFrom('jobs')
      .select(['runner_id', 'runner_manager_id'])
      .distinct()
      .where('runner_id', 'in', slots)
      .where(sql<boolean>`status IN ('running', 'canceling')`);
  const rows = await runCompiled(db, `busy of ${length} runners`, build, values);
  return {
    runners: new Set(rows.map((row) => row.runner_id)),
    managers: new Set(rows.map((row) => row.runner_manager_id)),
  };
}

/** The job of this project with all that its page shows, or null. */
export async function findJobDetails(
  db: Kysely<Tables>,
  projectId: number,
  jobId: number,
): Promise<JobDetails | null> {
  const page = () =>
    db
      .selectFrom('jobs')
      .select('id')
      .where('id', '=', slot<number>('id'))
      .where('project_id', '=', slot<number>('project_id'));
  const [job] = await readJobDetails(db, 'one job', page, { id: jobId, project_id: projectId });
  return job ?? null;
}
