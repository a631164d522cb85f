import { digestToken } from '../../src/access/token.ts';
import type { Plan, PlannedJob, TriggerSpec } from '../../src/ci/plan.ts';
import type { Database } from '../../src/db/database.ts';
import type { Commit } from '../../src/git/commit.ts';
import { asJob, type Job } from '../../src/jobs/job-store.ts';
import { changeAndAdvance } from '../../src/pipelines/advance-pipeline.ts';
import { insertPipeline, type NewPipeline } from '../../src/pipelines/pipeline-create-store.ts';
import { draftPipeline } from '../../src/pipelines/pipeline-draft.ts';

/** When the tests' pipelines are created. */
export const START = Date.UTC(2026, 0, 1);

const person = { name: 'Ann', email: 'ann@example.com', date: '2026-01-01T01:00:00.000+01:00' };
/** The commit of the tests' pipelines, as it is stored. */
const COMMIT: Commit = {
  id: 'a'.repeat(40),
  short_id: 'a'.repeat(8),
  created_at: person.date,
  parent_ids: [],
  title: 'Begin',
  message: 'Begin\n',
  author_name: person.name,
  author_email: person.email,
  authored_date: person.date,
  committer_name: person.name,
  committer_email: person.email,
  committed_date: person.date,
  trailers: {},
  extended_trailers: {},
};

let count = 0;

/** A user with a project of their own. */
export async function createProject(
  db: Database,
  settings: { shared_runners_enabled?: 0 | 1; archived?: 0 | 1; builds_access_level?: string } = {},
): Promise<{ id: number; user_id: number; namespace_id: number }> {
  const name = `p${++count}`;
  const times = { created_at: START, updated_at: START };
  return await db.write(async (tx) => {
    const user = await tx
      .insertInto('users')
      .values({ username: name, email: `${name}@example.com`, name, password_digest: null, ...times })
      .returning('id')
      .executeTakeFirstOrThrow();
    const namespace = await tx
      .insertInto('namespaces')
      .values({
        kind: 'user',
        name,
        path: name,
        full_path: name,
        full_name: name,
        parent_id: null,
        owner_id: user.id,
        visibility: 'public',
        ...times,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const project = await tx
      .insertInto('projects')
      .values({
        namespace_id: namespace.id,
        creator_id: user.id,
        name,
        path: name,
        path_with_namespace: `${name}/${name}`,
        name_with_namespace: `${name} / ${name}`,
        description: null,
        visibility: 'private',
        default_branch: 'main',
        ci_config_path: null,
        deleted_at: null,
        last_activity_at: START,
        ...times,
        ...settings,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id: project.id, user_id: user.id, namespace_id: namespace.id };
  });
}

/** A job as the compiler plans it; `stage_idx` is also its stage's name. */
export function planned(name: string, over: Partial<PlannedJob> = {}): PlannedJob {
  return {
    kind: 'build',
    name,
    stage: `stage ${over.stage_idx ?? 1}`,
    stage_idx: 1,
    when: 'on_success',
    start_in: null,
    allow_failure: false,
    allow_failure_exit_codes: [],
    retry: { max: 0, when: [], exit_codes: [] },
    interruptible: false,
    resource_group: null,
    environment: null,
    coverage: null,
    instance: null,
    trigger: null,
    scheduling_type: over.needs ? 'dag' : 'stage',
    needs: [],
    dependencies: null,
    tag_list: [],
    variables: [],
    steps: [{ name: 'script', script: ['true'], when: 'on_success', allow_failure: false }],
    image: null,
    services: [],
    artifacts: null,
    reports: [],
    cache: [],
    timeout: null,
    position: { file: '.gitlab-ci.yml', line: 1, column: 1 },
    ...over,
  };
}

export const needing = (...names: string[]) => ({
  needs: names.map((name) => ({ name, artifacts: true, optional: false })),
});

/** A job that creates a pipeline downstream. */
export function bridge(
  name: string,
  trigger: Partial<TriggerSpec>,
  over: Partial<PlannedJob> = {},
): PlannedJob {
  const forward = { yaml_variables: true, pipeline_variables: false };
  const whole = { project: null, branch: null, include: null, strategy: null, forward, ...trigger };
  return planned(name, { kind: 'bridge', steps: [], trigger: whole, ...over });
}

/** How a pipeline differs from one of a push to main. */
export type PipelineDetails = Partial<NewPipeline> & { auto_cancel?: Plan['auto_cancel'] };

/**
 * A pipeline of these jobs, started at `now`: those of its first stage are pending. Answers its id. Where a server's
 * clock goes, `RunnerHouse.start` does it by that.
 */
export async function startedPipeline(
  db: Database,
  project: { id: number; user_id: number },
  jobs: PlannedJob[],
  { auto_cancel, ...over }: PipelineDetails = {},
  now = START,
): Promise<number> {
  const stages = Array.from(
    { length: 1 + Math.max(...jobs.map(({ stage_idx }) => stage_idx)) },
    (_, index) => `stage ${index}`,
  );
  const plan: Plan = {
    name: null,
    stages,
    variables: [],
    auto_cancel: auto_cancel ?? { on_new_commit: 'conservative', on_job_failure: 'none' },
    jobs,
  };
  return await db.write(async (tx) => {
    const { id } = await insertPipeline(
      tx,
      {
        project_id: project.id,
        user_id: project.user_id,
        push_id: null,
        sha: 'a'.repeat(40),
        before_sha: '0'.repeat(40),
        ref: 'main',
        tag: 0,
        source: 'push',
        protected: 0,
        variables: [],
        commit: JSON.stringify(COMMIT),
        ...over,
      },
      { status: 'created', plan: draftPipeline(plan, { predefined: [], variables: [] }) },
      now,
    );
    await changeAndAdvance(tx, id, now, async () => {});
    return id;
  });
}

/** The pipeline's jobs by name, the latest of each. */
export async function jobsOf(db: Database, pipelineId: number): Promise<Record<string, Job>> {
  const rows = await db.read
    .selectFrom('jobs')
    .selectAll()
    .where('pipeline_id', '=', pipelineId)
    .orderBy('id')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.name, asJob(row)]));
}

/** The statuses of the pipeline and its latest jobs in one line: `running: build success, test running`. */
export async function statusesOf(db: Database, pipelineId: number): Promise<string> {
  const pipeline = await db.read
    .selectFrom('pipelines')
    .select('status')
    .where('id', '=', pipelineId)
    .executeTakeFirstOrThrow();
  const jobs = Object.values(await jobsOf(db, pipelineId));
  return `${pipeline.status}: ${jobs.map(({ name, status }) => `${name} ${status}`).join(', ')}`;
}

/** What jobs may ask of a runner. */
const JOB_FEATURES = {
  artifacts_exclude: true,
  upload_multiple_artifacts: true,
  return_exit_code: true,
  fallback_cache_keys: true,
};

/** A runner with one machine. */
export async function createTestRunner(
  db: Database,
  over: {
    runner_type?: 'instance_type' | 'group_type' | 'project_type';
    tag_list?: string[];
    run_untagged?: 0 | 1;
    access_level?: string;
    active?: 0 | 1;
    maximum_timeout?: number | null;
    contacted_at?: number | null;
    features?: Record<string, boolean>;
    projects?: number[];
    namespaces?: number[];
  } = {},
) {
  const { tag_list = [], features = {}, projects = [], namespaces = [], ...columns } = over;
  return await db.write(async (tx) => {
    const runner = await tx
      .insertInto('runners')
      .values({
        runner_type: 'instance_type',
        token_digest: digestToken(`runner ${++count}`),
        token_expires_at: null,
        name: null,
        description: null,
        maintenance_note: null,
        maximum_timeout: null,
        creator_id: null,
        contacted_at: START,
        created_at: START,
        updated_at: START,
        tag_list: JSON.stringify(tag_list.toSorted()),
        ...columns,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    for (const project_id of projects)
      await tx.insertInto('runner_projects').values({ runner_id: runner.id, project_id }).execute();
    for (const namespace_id of namespaces)
      await tx.insertInto('runner_namespaces').values({ runner_id: runner.id, namespace_id }).execute();
    const manager = await tx
      .insertInto('runner_managers')
      .values({
        runner_id: runner.id,
        system_id: `r_${runner.id}`,
        version: null,
        revision: null,
        platform: null,
        architecture: null,
        executor: null,
        ip_address: null,
        features: JSON.stringify({ ...JOB_FEATURES, ...features }),
        contacted_at: START,
        created_at: START,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { runner, manager };
  });
}
