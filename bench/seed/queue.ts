import { type Kysely, sql } from 'kysely';
import { digestToken } from '../../src/access/token.ts';
import type { PlannedJob } from '../../src/ci/plan.ts';
import type { Tables } from '../../src/db/schema.ts';
import { planned } from '../../test/support/pipelines.ts';
import { insertRows, sha, text } from './insert-rows.ts';
import { EPOCH, PROJECT } from './people.ts';

/** The tag of the jobs that the runners take, and those of jobs that they do not. */
const OURS = '["bench"]';
const OTHER_TAGS = 99;

/** So many jobs stand one behind the other in each pipeline: when one ends, the next becomes pending. */
export const CHAIN = 20;

const STAGES = JSON.stringify(Array.from({ length: CHAIN }, (_, index) => `stage ${index}`));

/** The numbers that the next rows get. */
export interface Numbers {
  pipeline: number;
  job: number;
}

/** Runners that take any project's jobs with our tag; answers their tokens. */
export async function seedRunners(db: Kysely<Tables>, count: number): Promise<string[]> {
  const tokens = Array.from({ length: count }, (_, index) => `glrt-of-the-benchmark-${index}`);
  for (const token of tokens)
    await db
      .insertInto('runners')
      .values({
        runner_type: 'instance_type',
        token_digest: digestToken(token),
        run_untagged: 0,
        tag_list: OURS,
        created_at: EPOCH,
        updated_at: EPOCH,
      })
      .execute();
  return tokens;
}

/** Pipelines of one pending job each, with tags that none of the runners has. */
export async function seedOthers(db: Kysely<Tables>, at: Numbers, count: number): Promise<Numbers> {
  const tags = `'["other ' || CAST(i % ${OTHER_TAGS} AS TEXT) || '"]'`;
  return await seedPipelines(db, at, count, 1, tags);
}

/** So many pipelines of CHAIN jobs, the first of each pending; jobs are numbered so that all advance together. */
export const seedChains = (db: Kysely<Tables>, at: Numbers, count: number): Promise<Numbers> =>
  seedPipelines(db, at, count, CHAIN, text(OURS));

async function seedPipelines(
  db: Kysely<Tables>,
  at: Numbers,
  count: number,
  length: number,
  tag_list: string,
): Promise<Numbers> {
  const now = Date.now();
  const project_id = PROJECT.id;
  const pipelines = [at.pipeline, at.pipeline + count - 1] as const;
  const jobs = [at.job, at.job + count * length - 1] as const;
  const pipeline_id = `(${at.pipeline} + (i - ${at.job}) % ${count})`;
  const stage = `((i - ${at.job}) / ${count})`;
  await insertRows(db, 'commits', pipelines, { project_id, sha: sha('i'), data: text(COMMIT) });
  await insertRows(db, 'pipelines', pipelines, {
    id: 'i',
    iid: 'i',
    project_id,
    user_id: 1,
    sha: sha('i'),
    before_sha: sha('0'),
    ref: text('main'),
    tag: 0,
    source: text('push'),
    status: text('pending'),
    protected: 0,
    stages: text(STAGES),
    created_at: now,
    updated_at: now,
  });
  await insertRows(db, 'jobs', jobs, {
    id: 'i',
    kind: text('build'),
    project_id,
    pipeline_id,
    user_id: 1,
    name: `'job ' || CAST(${stage} AS TEXT)`,
    stage: `'stage ' || CAST(${stage} AS TEXT)`,
    stage_idx: stage,
    status: `CASE WHEN ${stage} = 0 THEN 'pending' ELSE 'created' END`,
    ref: text('main'),
    tag: 0,
    sha: sha(pipeline_id),
    protected: 0,
    allow_failure: 0,
    when: text('on_success'),
    scheduling_type: text('stage'),
    tag_list,
    timeout: 3600,
    created_at: now,
    updated_at: now,
    queued_at: `CASE WHEN ${stage} = 0 THEN CAST(${now} AS BIGINT) END`,
  });
  await insertRows(db, 'job_specs', jobs, { job_id: 'i', spec: text(SPEC) });
  await insertRows(db, 'job_queue', [at.job, at.job + count - 1], {
    job_id: 'i',
    pipeline_id,
    project_id,
    tag_list,
    protected: 0,
    since: now,
  });
  await sql`INSERT INTO queued_projects
      (project_id, namespace_id, shared_runners_enabled, tag_list, protected, priority, turn)
    SELECT DISTINCT CAST(${project_id} AS BIGINT), CAST(${PROJECT.namespace_id} AS BIGINT), 1, tag_list, 0, 0, 1
    FROM job_queue WHERE true ON CONFLICT DO NOTHING`.execute(db);
  return { pipeline: pipelines[1] + 1, job: jobs[1] + 1 };
}

/** What is left of the pipelines from this one on is canceled. */
export async function cancelChains(db: Kysely<Tables>, from: Numbers): Promise<void> {
  await db.deleteFrom('job_queue').where('pipeline_id', '>=', from.pipeline).execute();
  for (const table of ['jobs', 'pipelines'] as const)
    await db
      .updateTable(table)
      .set({ status: 'canceled' })
      .where(table === 'jobs' ? 'pipeline_id' : 'id', '>=', from.pipeline)
      .where('status', 'in', ['created', 'pending', 'running'])
      .execute();
}

const SPEC = JSON.stringify({
  ...planned('job', { stage: 'stage', stage_idx: 0, tag_list: ['bench'] }),
  steps: [{ name: 'script', script: ['make', 'make test'], when: 'on_success', allow_failure: false }],
} satisfies PlannedJob);

const person = { name: 'Ann Example', email: 'ann@example.com', date: '2026-01-01T01:00:00.000+01:00' };
const COMMIT = JSON.stringify({
  id: '0'.repeat(40),
  short_id: '00000000',
  created_at: person.date,
  parent_ids: ['0'.repeat(40)],
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
});
