import { sql } from 'kysely';
import { breather } from '../artifacts/breathe.ts';
import { padded } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import { insertRows } from '../db/insert-rows.ts';
import { portions } from '../db/portions.ts';
import { noteJobs } from '../events/change.ts';
import { deploymentsOfJobs, insertDeployments } from '../environments/deployment-store.ts';
import { type Job, readJobSpecs } from './job-store.ts';

/** A variable given to one job; the value encrypted. */
export interface NewJobVariable {
  key: string;
  value: string;
}

export interface CloneOptions {
  /** Whose job the new one is. */
  user_id: number | null;
  /** Instead of those of the old job, which it has unless they are said; values encrypted. */
  variables?: readonly NewJobVariable[];
}

/** Jobs that are cloned by the same few statements. */
const AT_ONCE = 256;

/**
 * A new created job in the place of each of these jobs of one pipeline, with its name, stage, needs, tags and
 * specification, for another user; with the variables given, or else the old ones. The old jobs are marked retried.
 * Answers the new ids, in the order of the jobs.
 */
export async function cloneJobs(
  tx: Transaction,
  jobs: readonly Job[],
  options: CloneOptions,
  now: number,
): Promise<number[]> {
  // SQLite is in this thread: a thousand jobs at one go would hold up everybody, those who only read too.
  const breathe = breather();
  const ids: number[] = [];
  for (const some of portions(jobs, AT_ONCE)) {
    ids.push(...(await cloneSome(tx, some, options, now)));
    await breathe();
  }
  return ids;
}

/** The same for one job. */
export async function cloneJob(
  tx: Transaction,
  job: Job,
  options: CloneOptions,
  now: number,
): Promise<number> {
  const [id] = await cloneJobs(tx, [job], options, now);
  if (id === undefined) throw new Error(`job ${job.id} has no clone`);
  return id;
}

async function cloneSome(
  tx: Transaction,
  jobs: readonly Job[],
  { user_id, variables }: CloneOptions,
  now: number,
): Promise<number[]> {
  const old = jobs.map(({ id }) => id);
  await tx
    .updateTable('jobs')
    .set({ retried: 1 })
    .where('id', 'in', padded(old))
    .where(sql<boolean>`retried = 0`)
    .execute();
  // A failure that was allowed for its exit code says nothing about the next try.
  const specs = await readJobSpecs(
    tx,
    jobs.filter(({ exit_code }) => exit_code !== null),
  );
  const rows = jobs.map((job) => ({
    kind: job.kind,
    project_id: job.project_id,
    pipeline_id: job.pipeline_id,
    user_id,
    name: job.name,
    stage: job.stage,
    stage_idx: job.stage_idx,
    status: 'created' as const,
    ref: job.ref,
    tag: job.tag,
    sha: job.sha,
    protected: job.protected,
    allow_failure:
      (specs.get(job.id)?.allow_failure ?? job.allow_failure === 1) ? (1 as const) : (0 as const),
    when: job.when,
    scheduling_type: job.scheduling_type,
    tag_list: job.tag_list,
    interruptible: job.interruptible,
    retries_count: job.retries_count + 1,
    resource_group_id: job.resource_group_id,
    environment_id: job.environment_id,
    created_at: now,
    updated_at: now,
  }));
  const inserted = new Map(
    (await insertRows(tx, 'jobs', rows, ['id', 'name'])).map(({ id, name }) => [name, id]),
  );
  const cloneOf = new Map(jobs.map(({ id, name }) => [id, inserted.get(name) ?? 0]));
  await copyRows(tx, old, cloneOf, variables === undefined);
  await deployAgain(tx, jobs, cloneOf, user_id, now);
  noteJobs(
    tx,
    jobs.flatMap(({ id, pipeline_id, project_id }) =>
      [id, cloneOf.get(id) ?? 0].map((one) => ({ id: one, pipeline_id, project_id })),
    ),
  );
  if (variables) for (const id of cloneOf.values()) await insertJobVariables(tx, id, variables);
  return [...cloneOf.values()];
}

/** What stands of a job in other tables stands of its clone too. */
async function copyRows(
  tx: Transaction,
  old: readonly number[],
  cloneOf: ReadonlyMap<number, number>,
  withVariables: boolean,
): Promise<void> {
  const ofClones = <Row extends { job_id: number }>(rows: readonly Row[]) =>
    rows.map((row) => ({ ...row, job_id: cloneOf.get(row.job_id) ?? 0 }));
  const specs = tx.selectFrom('job_specs').select(['job_id', 'spec']).where('job_id', 'in', padded(old));
  await insertRows(tx, 'job_specs', ofClones(await specs.execute()), ['job_id']);
  const needs = tx
    .selectFrom('job_needs')
    .select(['job_id', 'name', 'artifacts', 'optional'])
    .where('job_id', 'in', padded(old));
  await insertRows(tx, 'job_needs', ofClones(await needs.execute()), ['job_id']);
  if (!withVariables) return;
  const variables = tx
    .selectFrom('job_variables')
    .select(['job_id', 'key', 'value'])
    .where('job_id', 'in', padded(old))
    .orderBy('id');
  await insertRows(tx, 'job_variables', ofClones(await variables.execute()), ['job_id']);
}

/** Clones of jobs that deploy have deployments of their own. */
async function deployAgain(
  tx: Transaction,
  jobs: readonly Job[],
  cloneOf: ReadonlyMap<number, number>,
  user_id: number | null,
  now: number,
): Promise<void> {
  const [first] = jobs;
  const deploying = jobs.filter(({ environment_id }) => environment_id !== null).map(({ id }) => id);
  if (!first || deploying.length === 0) return;
  const again = (await deploymentsOfJobs(tx, deploying)).map(
    ({ job_id, environment_id, ref, tag, sha, on_stop }) => ({
      environment_id,
      ref,
      tag,
      sha,
      on_stop,
      user_id,
      job_id: cloneOf.get(job_id ?? 0) ?? 0,
      status: 'created' as const,
    }),
  );
  await insertDeployments(tx, first.project_id, again, now);
}

/** Gives the job variables of its own. */
export async function insertJobVariables(
  tx: Transaction,
  jobId: number,
  variables: readonly NewJobVariable[],
): Promise<void> {
  const rows = variables.map(({ key, value }) => ({ job_id: jobId, key, value }));
  await insertRows(tx, 'job_variables', rows, ['job_id']);
}
