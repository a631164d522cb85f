import { type Kysely, type Selectable, sql } from 'kysely';
import { breather } from '../artifacts/breathe.ts';
import { inPortions, runCompiled, slot } from '../db/compiled.ts';
import type { Users } from '../db/rows/access.ts';
import type { Jobs } from '../db/rows/jobs.ts';
import type { Runners } from '../db/rows/runners.ts';
import type { Tables } from '../db/schema.ts';
import type { JobStatus } from './job-state.ts';

const JOB = [
  'id',
  'kind',
  'name',
  'stage',
  'stage_idx',
  'status',
  'when',
  'allow_failure',
  'scheduling_type',
  'retried',
  'retries_count',
  'protected',
  'user_id',
  'runner_id',
  'failure_reason',
  'exit_code',
  'coverage',
  'tag_list',
  'created_at',
  'queued_at',
  'started_at',
  'finished_at',
  'scheduled_at',
  'erased_at',
] as const;

/** A job of a pipeline with what stands around it there. */
export interface PipelineJob extends Omit<Pick<Selectable<Jobs>, (typeof JOB)[number]>, 'status'> {
  status: JobStatus;
  /** The name of its environment. */
  environment: string | null;
  /** What there is to say of its failure besides the reason. */
  message: string | null;
  has_files: 0 | 1;
  has_artifacts: 0 | 1;
  has_expiring: 0 | 1;
  /** What it needs; null: it follows its stage. */
  needs: { name: string; artifacts: 0 | 1; optional: 0 | 1 }[] | null;
  manual_confirmation: string | null;
}

/** Which jobs of a pipeline are wanted. */
export interface PipelineJobsOf {
  pipeline_id: number;
  /** Only those of this name. */
  name?: string;
  /** Those too in whose place another stands. */
  include_retried: boolean;
}

/** Jobs that are read at once: SQLite is in this thread, and more would hold up others. */
const AT_ONCE = 500;

/** The pipeline's jobs of every kind by id; a few statements for each 500. */
export async function readPipelineJobs(
  db: Kysely<Tables>,
  of: PipelineJobsOf,
  now: number,
): Promise<PipelineJob[]> {
  const breathe = breather();
  const jobs: PipelineJob[] = [];
  for (let after = 0; ;) {
    const some = await readRows(db, of, after, now);
    const last = some.at(-1)?.id;
    if (last === undefined) return jobs;
    const stretch = { ...of, after, last };
    await withNeeds(db, some, stretch);
    await withConfirmations(db, some, stretch);
    jobs.push(...some);
    if (some.length < AT_ONCE) return jobs;
    after = last;
    await breathe();
  }
}

type Stretch = PipelineJobsOf & { after: number; last: number };

const shapeOf = ({ name, include_retried }: PipelineJobsOf) =>
  `${name === undefined ? '' : 'of a name'} ${include_retried ? '' : 'latest'}`;

/** The jobs of `of` as a condition; its values fill the slots. */
const isOf = ({
  name,
  include_retried,
}: PipelineJobsOf) => sql<boolean>`jobs.pipeline_id = ${slot('pipeline_id')}
  AND jobs.id > ${slot('after')}${name === undefined ? sql`` : sql` AND jobs.name = ${slot('name')}`}${
    include_retried ? sql`` : sql` AND jobs.retried = 0`
  }`;

const flag = (condition: ReturnType<typeof sql>) => sql<0 | 1>`CASE WHEN ${condition} THEN 1 ELSE 0 END`;
const ARTIFACT = sql`SELECT 1 FROM job_artifacts WHERE job_artifacts.job_id = jobs.id`;

async function readRows(
  db: Kysely<Tables>,
  of: PipelineJobsOf,
  after: number,
  now: number,
): Promise<PipelineJob[]> {
  const build = () =>
    db
      .selectFrom('jobs')
      .leftJoin('environments', 'environments.id', 'jobs.environment_id')
      .leftJoin('job_messages', 'job_messages.job_id', 'jobs.id')
      .select(JOB.map((column) => `jobs.${column}` as const))
      .select(['environments.name as environment', 'job_messages.content as message'])
      .select(
        flag(
          sql`EXISTS (${ARTIFACT}) OR EXISTS (SELECT 1 FROM job_traces WHERE job_traces.job_id = jobs.id)`,
        ).as('has_files'),
      )
      .select(flag(sql`EXISTS (${ARTIFACT})`).as('has_artifacts'))
      .select(
        flag(sql`EXISTS (${ARTIFACT} AND file_type = 'archive' AND expire_at IS NOT NULL
          AND (expire_at > ${slot('now')} OR locked_ref IS NOT NULL))`).as('has_expiring'),
      )
      .where(isOf(of))
      .orderBy('jobs.id')
      .limit(AT_ONCE);
  const rows = await runCompiled(db, `jobs of a graph ${shapeOf(of)}`, build, { ...of, after, now }, [
    'needs',
    'manual_confirmation',
  ]);
  return rows as unknown as PipelineJob[];
}

async function withNeeds(db: Kysely<Tables>, jobs: readonly PipelineJob[], stretch: Stretch): Promise<void> {
  const asking = jobs.filter(({ scheduling_type }) => scheduling_type === 'dag');
  if (asking.length === 0) return;
  const build = () =>
    db
      .selectFrom('jobs')
      .innerJoin('job_needs', 'job_needs.job_id', 'jobs.id')
      .select(['job_needs.job_id', 'job_needs.name', 'job_needs.artifacts', 'job_needs.optional'])
      .where(isOf(stretch))
      .where('jobs.id', '<=', slot<number>('last'))
      .orderBy('job_needs.job_id')
      .orderBy('job_needs.name');
  const rows = await runCompiled(db, `needs of a graph ${shapeOf(stretch)}`, build, { ...stretch });
  const byJob = Map.groupBy(rows, ({ job_id }) => job_id);
  for (const job of asking)
    job.needs = (byJob.get(job.id) ?? []).map(({ name, artifacts, optional }) => ({
      name,
      artifacts,
      optional,
    }));
}

/** What is asked before a manual job is played stands in its specification, and in few of them. */
async function withConfirmations(
  db: Kysely<Tables>,
  jobs: readonly PipelineJob[],
  stretch: Stretch,
): Promise<void> {
  if (jobs.every(({ when }) => when !== 'manual')) return;
  const build = () =>
    db
      .selectFrom('jobs')
      .innerJoin('job_specs', 'job_specs.job_id', 'jobs.id')
      .select(['job_specs.job_id', 'job_specs.spec'])
      .where(isOf(stretch))
      .where('jobs.id', '<=', slot<number>('last'))
      .where('jobs.when', '=', 'manual')
      .where('job_specs.spec', 'like', '%"manual_confirmation":%');
  const rows = await runCompiled(db, `confirmations of a graph ${shapeOf(stretch)}`, build, { ...stretch });
  const specs = new Map(rows.map(({ job_id, spec }) => [job_id, spec]));
  for (const job of jobs) {
    const spec = specs.get(job.id);
    if (spec === undefined) continue;
    const { manual_confirmation } = JSON.parse(spec) as { manual_confirmation?: string };
    job.manual_confirmation = manual_confirmation ?? null;
  }
}

/** The pipeline's latest jobs of these names. */
export async function latestNamed(
  db: Kysely<Tables>,
  pipelineId: number,
  names: readonly string[],
): Promise<Pick<PipelineJob, 'id' | 'name' | 'retried'>[]> {
  if (names.length === 0) return [];
  return await db
    .selectFrom('jobs')
    .select(['id', 'name', 'retried'])
    .where('pipeline_id', '=', pipelineId)
    .where(sql<boolean>`retried = 0`)
    .where('name', 'in', [...new Set(names)])
    .execute();
}

/** Who began the jobs, and what ran them, by id. */
export interface Around {
  users: ReadonlyMap<number, Pick<Selectable<Users>, 'id' | 'username' | 'name' | 'state' | 'public_email'>>;
  runners: ReadonlyMap<number, Pick<Selectable<Runners>, 'id' | 'description' | 'runner_type'>>;
}

/** What the jobs share: two statements, for most pipelines are one person's and a few runners'. */
export async function readAroundJobs(db: Kysely<Tables>, jobs: readonly PipelineJob[]): Promise<Around> {
  const idsOf = (of: (job: PipelineJob) => number | null) => [
    ...new Set(jobs.flatMap((job) => of(job) ?? [])),
  ];
  const [users, runners] = await Promise.all([
    inPortions(
      idsOf(({ user_id }) => user_id),
      (some) =>
        db
          .selectFrom('users')
          .select(['id', 'username', 'name', 'state', 'public_email'])
          .where('id', 'in', some)
          .execute(),
    ),
    inPortions(
      idsOf(({ runner_id }) => runner_id),
      (some) =>
        db
          .selectFrom('runners')
          .select(['id', 'description', 'runner_type'])
          .where('id', 'in', some)
          .execute(),
    ),
  ]);
  return {
    users: new Map(users.map((user) => [user.id, user])),
    runners: new Map(runners.map((runner) => [runner.id, runner])),
  };
}
