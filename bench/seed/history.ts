import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import type { Tables } from '../../src/db/schema.ts';
import { insertRows, oneOf, sha, text } from './insert-rows.ts';
import { EPOCH, PROJECT, seedProject, USERS } from './people.ts';

const JOBS_A_PIPELINE = 20;
const PIPELINES_A_TRANSACTION = 1000;
const RUNNERS = 20;
/** So many jobs, spread evenly over the whole history, have what is rare. */
const RARE_JOBS = 25;

const STAGES = ['build', 'test', 'test', 'test', 'deploy'];
const NAMES = Array.from({ length: JOBS_A_PIPELINE }, (_, index) => `job ${index}`);

/** What few jobs have, and what many have, by the API's parameters. */
export const RARE = {
  scope: 'waiting_for_resource',
  name: 'migrate once',
  stage: 'rescue',
  ref: 'hotfix',
  failure_reason: 'job_execution_timeout',
  runner_id: String(RUNNERS + 1),
  user: String(USERS),
};
export const COMMON = {
  scope: 'success',
  name: 'job 7',
  stage: 'test',
  ref: 'main',
  tag: 'true',
  failure_reason: 'script_failure',
  runner_id: '3',
  user: '2',
};

/** When the job of this number was created. */
export const createdAt = (job: number) => EPOCH + job * 1000;

/**
 * Fills an empty database with a project of so many jobs, as years of pushes leave them: most succeeded, some
 * failed, each with its log, every fourth with artifacts. Answers an access token of a developer.
 */
export async function seedHistory(
  db: Database,
  jobs: number,
  progress: (message: string) => void,
): Promise<string> {
  const pipelines = Math.ceil(jobs / JOBS_A_PIPELINE);
  const token = await db.write(async (tx) => {
    const made = await seedProject(tx);
    await seedRunners(tx);
    return made;
  });
  const begun = performance.now();
  for (let first = 1; first <= pipelines; first += PIPELINES_A_TRANSACTION) {
    const last = Math.min(first + PIPELINES_A_TRANSACTION - 1, pipelines);
    await seedPipelines(db, [first, last], Math.max(1, Math.floor(jobs / RARE_JOBS)));
    const done = last * JOBS_A_PIPELINE;
    if (done % 200_000 === 0) progress(`${done} jobs after ${seconds(begun)} s`);
  }
  // As PostgreSQL does by itself sooner or later.
  if (db.kind === 'postgres') await sql`ANALYZE`.execute(db.read);
  progress(`${jobs} jobs in ${seconds(begun)} s`);
  return token;
}

const seconds = (begun: number) => ((performance.now() - begun) / 1000).toFixed(1);

async function seedRunners(db: Kysely<Tables>): Promise<void> {
  const range = [1, RUNNERS + 1] as const;
  await insertRows(db, 'runners', range, {
    id: 'i',
    runner_type: text('instance_type'),
    token_digest: `'runner ' || CAST(i AS TEXT)`,
    description: `'runner ' || CAST(i AS TEXT)`,
    contacted_at: EPOCH,
    created_at: EPOCH,
    updated_at: EPOCH,
  });
  await insertRows(db, 'runner_managers', range, {
    id: 'i',
    runner_id: 'i',
    system_id: `'r_' || CAST(i AS TEXT)`,
    version: text('19.4.0'),
    revision: text('0000000'),
    platform: text('linux'),
    architecture: text('amd64'),
    executor: text('docker'),
    ip_address: text('10.0.0.1'),
    contacted_at: EPOCH,
    created_at: EPOCH,
  });
}

// SQL of what the pipeline of this number has, as SQL.
const isTag = (number: string) => `(${number}) % 50 = 0`;
const refOf = (number: string) =>
  `CASE WHEN ${isTag(number)} THEN 'v' || CAST(${number} AS TEXT)
    WHEN (${number}) % 5 < 3 THEN 'main' ELSE 'feature-' || CAST((${number}) % 200 AS TEXT) END`;
const tagOf = (number: string) => `CASE WHEN ${isTag(number)} THEN 1 ELSE 0 END`;
const userOf = (number: string) => `(${number}) % ${USERS - 1} + 1`;

async function seedPipelines(
  db: Database,
  [first, last]: readonly [number, number],
  rareEvery: number,
): Promise<void> {
  const project_id = PROJECT.id;
  const jobs = [(first - 1) * JOBS_A_PIPELINE + 1, last * JOBS_A_PIPELINE] as const;
  // The pipeline and the place in it, of the job i.
  const pipeline = `((i - 1) / ${JOBS_A_PIPELINE} + 1)`;
  const place = `((i - 1) % ${JOBS_A_PIPELINE})`;
  // Each rare thing has jobs of its own.
  const rare = (index: number, value: string, otherwise: string) =>
    `CASE WHEN i % ${rareEvery} = ${index % rareEvery} THEN ${value} ELSE ${otherwise} END`;
  const isFailed = `(i * 7) % 25 < 2`;
  const created = `${EPOCH} + i * 1000`;
  await db.write(async (tx) => {
    await insertRows(tx, 'commits', [first, last], {
      project_id,
      sha: sha('i'),
      data: `'{"id":"' || ${sha('i')} || ${text(COMMIT)}`,
    });
    const times = Object.fromEntries(
      ['created_at', 'updated_at', 'started_at', 'finished_at'].map((column) => [
        column,
        `${EPOCH} + i * ${JOBS_A_PIPELINE * 1000}`,
      ]),
    );
    await insertRows(tx, 'pipelines', [first, last], {
      id: 'i',
      iid: 'i',
      project_id,
      user_id: userOf('i'),
      sha: sha('i'),
      before_sha: sha('i - 1'),
      ref: refOf('i'),
      tag: tagOf('i'),
      source: text('push'),
      status: text('success'),
      protected: 0,
      stages: text('["build","test","deploy","rescue"]'),
      ...times,
    });
    await insertRows(tx, 'jobs', jobs, {
      id: 'i',
      kind: text('build'),
      project_id,
      pipeline_id: pipeline,
      user_id: rare(1, RARE.user, userOf(pipeline)),
      runner_id: rare(2, RARE.runner_id, `i % ${RUNNERS} + 1`),
      runner_manager_id: rare(2, RARE.runner_id, `i % ${RUNNERS} + 1`),
      name: rare(3, text(RARE.name), oneOf(NAMES, place)),
      stage: rare(4, text(RARE.stage), oneOf(STAGES, place)),
      stage_idx: `${place} % ${STAGES.length}`,
      status: rare(
        5,
        text(RARE.scope),
        rare(
          6,
          text('failed'),
          `CASE WHEN ${isFailed} THEN 'failed' WHEN i % 97 = 0 THEN 'canceled' ELSE 'success' END`,
        ),
      ),
      ref: rare(7, text(RARE.ref), refOf(pipeline)),
      tag: tagOf(pipeline),
      sha: sha(pipeline),
      protected: 0,
      allow_failure: 0,
      when: text('on_success'),
      scheduling_type: text('stage'),
      failure_reason: rare(
        6,
        text(RARE.failure_reason),
        `CASE WHEN ${isFailed} THEN ${text(COMMON.failure_reason)} END`,
      ),
      tag_list: oneOf(['[]', '["docker"]', '["docker","linux"]'], 'i'),
      timeout: 3600,
      created_at: created,
      updated_at: `${created} + 90000`,
      queued_at: `${created} + 1000`,
      started_at: `${created} + 3000`,
      finished_at: `${created} + 90000`,
    });
    await insertRows(tx, 'job_traces', jobs, {
      job_id: 'i',
      project_id,
      state: text('sealed'),
      blob_key: `'log ' || CAST(i AS TEXT)`,
      size: '2000 + i % 10000',
      sha256: sha('i'),
      finished_at: `${created} + 90000`,
    });
    const archived = [jobs[0], jobs[0] - 1 + (jobs[1] - jobs[0] + 1) / 4] as const;
    const job = `${jobs[0]} + (i - ${jobs[0]}) * 4`;
    await insertRows(tx, 'job_artifacts', archived, {
      project_id,
      pipeline_id: `((${job} - 1) / ${JOBS_A_PIPELINE} + 1)`,
      job_id: job,
      file_type: text('archive'),
      file_format: text('zip'),
      filename: text('artifacts.zip'),
      size: '100000 + i % 10000',
      sha256: sha('i'),
      blob_key: `'archive ' || CAST(i AS TEXT)`,
      created_at: EPOCH,
    });
  });
}

const person = { name: 'Ann Example', email: 'ann@example.com', date: '2026-01-01T01:00:00.000+01:00' };
/** A commit's Commit object without its id, which comes before it. */
const COMMIT = `","${JSON.stringify({
  short_id: '00000000',
  created_at: person.date,
  parent_ids: ['0'.repeat(40)],
  title: 'Make the list of jobs as quick as the eye',
  message: 'Make the list of jobs as quick as the eye\n\nIt was slow where a project is old.\n',
  author_name: person.name,
  author_email: person.email,
  authored_date: person.date,
  committer_name: person.name,
  committer_email: person.email,
  committed_date: person.date,
  trailers: {},
  extended_trailers: {},
}).slice(2)}`;
