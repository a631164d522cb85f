import type { Kysely, Selectable } from 'kysely';
import type { Commit } from '../git/commit.ts';
import type { Pipelines, PipelineVariables, Projects, Runners, Tables, Users } from '../db/schema.ts';
import type { JobVariables } from '../db/schema.ts';
import { type Dependency, readDependencies } from '../jobs/hand-out-store.ts';
import { type Job, type JobSpec, readJobSpec, readJobVariables } from '../jobs/job-store.ts';
import { type JobDotenvVariable, readDotenvVariables } from '../reports/dotenv-store.ts';
import { readPipelineVariables } from './pipeline-store.ts';

/** All that is stored of a job and that its runner is told. */
export interface PayloadParts {
  spec: JobSpec;
  project: Selectable<Projects>;
  pipeline: Selectable<Pipelines>;
  user: Pick<Selectable<Users>, 'id' | 'email' | 'username' | 'name'> | null;
  runner: Pick<Selectable<Runners>, 'id' | 'description' | 'tag_list'> | null;
  commit: Commit | null;
  dependencies: Dependency[];
  /** Values encrypted. */
  pipelineVariables: Selectable<PipelineVariables>[];
  jobVariables: Selectable<JobVariables>[];
  /** What the jobs left whose artifacts it fetches. */
  dotenvVariables: JobDotenvVariable[];
}

/** The parts of the job's payload, in a constant number of statements. */
export async function readPayloadParts(db: Kysely<Tables>, job: Job): Promise<PayloadParts> {
  const spec = await readJobSpec(db, job.id);
  const [project, pipeline, user, runner, commit, dependencies, pipelineVariables, jobVariables] =
    await Promise.all([
      db.selectFrom('projects').selectAll().where('id', '=', job.project_id).executeTakeFirstOrThrow(),
      db.selectFrom('pipelines').selectAll().where('id', '=', job.pipeline_id).executeTakeFirstOrThrow(),
      db
        .selectFrom('users')
        .select(['id', 'email', 'username', 'name'])
        .where('id', '=', job.user_id)
        .executeTakeFirst(),
      db
        .selectFrom('runners')
        .select(['id', 'description', 'tag_list'])
        .where('id', '=', job.runner_id)
        .executeTakeFirst(),
      db
        .selectFrom('commits')
        .select('data')
        .where('project_id', '=', job.project_id)
        .where('sha', '=', job.sha)
        .executeTakeFirst(),
      readDependencies(db, job, spec),
      readPipelineVariables(db, job.pipeline_id),
      readJobVariables(db, job.id),
    ]);
  const dotenvVariables = await readDotenvVariables(
    db,
    dependencies.map(({ id }) => id),
  );
  return {
    spec,
    project,
    pipeline,
    user: user ?? null,
    runner: runner ?? null,
    commit: commit ? (JSON.parse(commit.data) as Commit) : null,
    dependencies,
    pipelineVariables,
    jobVariables,
    dotenvVariables,
  };
}
