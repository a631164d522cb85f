import type { Compilable, Kysely, Selectable } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import { type Environment, findEnvironmentById } from '../environments/environment-store.ts';
import type { Commit } from '../git/commit.ts';
import type { Users } from '../db/rows/access.ts';
import type { JobVariables } from '../db/rows/jobs.ts';
import type { Pipelines, PipelineVariables } from '../db/rows/pipelines.ts';
import type { Projects } from '../db/rows/projects.ts';
import type { Runners } from '../db/rows/runners.ts';
import type { Tables } from '../db/schema.ts';
import { readCrossDependencies } from '../jobs/cross-dependency-store.ts';
import { type Dependency, readDependencies } from '../jobs/hand-out-store.ts';
import { type Job, type JobSpec, readJobSpec, readJobVariables } from '../jobs/job-store.ts';
import { findRelease } from '../releases/release-store.ts';
import { type JobDotenvVariable, readDotenvVariables } from '../reports/dotenv-store.ts';
import { type GivenRow, readGivenVariables } from '../variables/variable-store.ts';
import { selfAndUpstreams } from './downstream-store.ts';
import { isBelowMergeRequest, isMergeRequestVariable } from './merge-request.ts';
import { readPipelineVariables } from './pipeline-store.ts';

/** All that is stored of a job and that its runner is told. */
export interface PayloadParts {
  spec: JobSpec;
  project: Selectable<Projects>;
  /** The outermost of the namespaces that the project is in. */
  root_namespace_id: number;
  pipeline: Selectable<Pipelines>;
  user: Pick<Selectable<Users>, 'id' | 'email' | 'username' | 'name'> | null;
  runner: Pick<Selectable<Runners>, 'id' | 'description' | 'tag_list'> | null;
  commit: Commit | null;
  dependencies: Dependency[];
  environment: Environment | null;
  /** Of the trigger token that began the pipeline; null for others, and once the token is deleted. */
  short_token: string | null;
  /** Of the schedule that has begun the pipeline, should it still be there. */
  schedule_description: string | null;
  /** Of the release of its tag, should there be one. */
  release_description: string | null;
  /** Of the server, the groups and the project, whatever the environment. Values encrypted, as in the next ones. */
  givenVariables: GivenRow[];
  pipelineVariables: Selectable<PipelineVariables>[];
  jobVariables: Selectable<JobVariables>[];
  /** What the jobs left whose artifacts it fetches. */
  dotenvVariables: JobDotenvVariable[];
  below_merge_request: boolean;
}

const PROJECT = slot<number>('project_id');
const PIPELINE = slot<number>('pipeline_id');
const USER = slot<number>('user_id');
const RUNNER = slot<number>('runner_id');
const SHA = slot<string>('sha');

/** The parts of the job's payload, in a constant number of statements. */
export async function readPayloadParts(db: Kysely<Tables>, job: Job, now: number): Promise<PayloadParts> {
  const values = { ...job };
  const one = async <Row>(shape: string, build: () => Compilable<Row>) =>
    (await runCompiled(db, shape, build, values))[0];
  const spec = await readJobSpec(db, job.id);
  const [
    project,
    pipeline,
    user,
    runner,
    commit,
    own,
    cross,
    givenVariables,
    pipelineVariables,
    jobVariables,
  ] = await Promise.all([
    one('project of a payload', () => db.selectFrom('projects').selectAll().where('id', '=', PROJECT)),
    one('pipeline of a payload', () => db.selectFrom('pipelines').selectAll().where('id', '=', PIPELINE)),
    one('user of a payload', () =>
      db.selectFrom('users').select(['id', 'email', 'username', 'name']).where('id', '=', USER),
    ),
    one('runner of a payload', () =>
      db.selectFrom('runners').select(['id', 'description', 'tag_list']).where('id', '=', RUNNER),
    ),
    one('commit of a payload', () =>
      db.selectFrom('commits').select('data').where('project_id', '=', PROJECT).where('sha', '=', SHA),
    ),
    readDependencies(db, job, spec),
    readCrossDependencies(db, job, spec.cross_dependencies ?? [], now),
    readGivenVariables(db, job),
    readPipelineVariables(db, job.pipeline_id),
    readJobVariables(db, job.id),
  ]);
  const dependencies = [...own, ...cross.filter((each) => each !== null)];
  const environment = await findEnvironmentById(db, job.environment_id);
  const dotenvVariables = await readDotenvVariables(
    db,
    dependencies.map(({ id }) => id),
  );
  if (!project || !pipeline) throw new Error(`job ${job.id} is gone`);
  return {
    spec,
    project,
    root_namespace_id: await readRootNamespace(db, project),
    pipeline,
    user: user ?? null,
    runner: runner ?? null,
    commit: commit ? (JSON.parse(commit.data) as Commit) : null,
    dependencies,
    givenVariables,
    pipelineVariables,
    jobVariables,
    dotenvVariables,
    environment,
    short_token: await readShortToken(db, pipeline.trigger_id),
    schedule_description: await readScheduleDescription(db, pipeline.pipeline_schedule_id),
    release_description:
      job.tag === 1 ? ((await findRelease(db, job.project_id, job.ref))?.description ?? null) : null,
    below_merge_request:
      pipeline.source === 'parent_pipeline' &&
      pipelineVariables.some(isMergeRequestVariable) &&
      isBelowMergeRequest(await selfAndUpstreams(db, pipeline.id)),
  };
}

/** A project that is not in a group below another one asks nothing. */
async function readRootNamespace(
  db: Kysely<Tables>,
  { namespace_id, path_with_namespace }: Pick<Selectable<Projects>, 'namespace_id' | 'path_with_namespace'>,
): Promise<number> {
  const [root = '', ...below] = path_with_namespace.split('/');
  if (below.length === 1) return namespace_id;
  const build = () =>
    db
      .selectFrom('namespaces')
      .select('id')
      .where((where) => where(where.fn<string>('lower', ['full_path']), '=', slot<string>('root')));
  const [namespace] = await runCompiled(db, 'root namespace of a payload', build, {
    root: root.toLowerCase(),
  });
  return namespace?.id ?? namespace_id;
}

async function readShortToken(db: Kysely<Tables>, trigger_id: number | null): Promise<string | null> {
  if (trigger_id === null) return null;
  const trigger = await db
    .selectFrom('pipeline_triggers')
    .select('short_token')
    .where('id', '=', trigger_id)
    .executeTakeFirst();
  return trigger?.short_token ?? null;
}

async function readScheduleDescription(db: Kysely<Tables>, id: number | null): Promise<string | null> {
  if (id === null) return null;
  const row = await db
    .selectFrom('pipeline_schedules')
    .select('description')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.description ?? null;
}
