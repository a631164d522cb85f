import { type Kysely, type Selectable, sql } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import { forUpdate } from '../db/dialect.ts';
import type { Projects } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';
import { readCrossDependencies } from './cross-dependency-store.ts';
import { dependenciesOf } from './dependencies.ts';
import { EXECUTING, type JobStatus } from './job-state.ts';
import { asJob, findJobSpec, type Job, type JobSpec } from './job-store.ts';

/** A job at its hand-out, with what decides whether a runner may have it. */
export interface HandOut {
  job: Job;
  spec: JobSpec;
  project: Pick<
    Selectable<Projects>,
    'id' | 'build_timeout' | 'builds_access_level' | 'archived' | 'deleted_at'
  >;
  user_state: string | null;
  dependencies: Dependency[];
  /** Whether a job of another pipeline is not there whose artifacts it wants. */
  lacksDependency: boolean;
}

/** A job whose artifacts another one fetches. */
export interface Dependency {
  id: number;
  name: string;
  stage_idx: number;
  erased_at: number | null;
  artifacts_expire_at: number | null;
  archive: { filename: string; size: number; expire_at: number | null; locked_ref: string | null } | null;
}

/** All that a hand-out looks at, in four statements, unless it wants artifacts of other pipelines. */
export async function readHandOut(db: Kysely<Tables>, jobId: number, now: number): Promise<HandOut | null> {
  const build = () =>
    db
      .selectFrom('jobs')
      .innerJoin('projects', 'projects.id', 'jobs.project_id')
      .leftJoin('users', 'users.id', 'jobs.user_id')
      .selectAll('jobs')
      .select([
        'projects.build_timeout',
        'projects.builds_access_level',
        'projects.archived',
        'projects.deleted_at',
        'users.state as user_state',
      ])
      .where('jobs.id', '=', slot<number>('id'));
  const [row] = await runCompiled(db, 'hand-out', build, { id: jobId });
  if (!row) return null;
  const { build_timeout, builds_access_level, archived, deleted_at, user_state, ...columns } = row;
  const job = asJob(columns);
  const spec = await findJobSpec(db, jobId);
  if (!spec) return null;
  const project = { id: job.project_id, build_timeout, builds_access_level, archived, deleted_at };
  const cross = await readCrossDependencies(db, job, spec.cross_dependencies ?? [], now);
  return {
    job,
    spec,
    project,
    user_state,
    dependencies: [...(await readDependencies(db, job, spec)), ...cross.filter((one) => one !== null)],
    lacksDependency: cross.includes(null),
  };
}

/** The jobs of its pipeline whose artifacts this one fetches, with their archives. */
export async function readDependencies(
  db: Kysely<Tables>,
  job: Job,
  spec: Pick<JobSpec, 'dependencies'>,
): Promise<Dependency[]> {
  if (spec.dependencies?.length === 0) return [];
  const ofJob = () =>
    db.selectFrom('job_needs').select(['name', 'artifacts']).where('job_id', '=', slot<number>('job_id'));
  const needs = await runCompiled(db, 'needs of a job', ofJob, { job_id: job.id });
  const isDag = job.scheduling_type === 'dag';
  const producers = () => {
    const latest = db
      .selectFrom('jobs')
      .leftJoin('job_artifacts', (join) =>
        join.onRef('job_artifacts.job_id', '=', 'jobs.id').on('job_artifacts.file_type', '=', 'archive'),
      )
      .select(['jobs.id', 'jobs.name', 'jobs.stage_idx', 'jobs.erased_at', 'jobs.artifacts_expire_at'])
      .select(['filename', 'size', 'expire_at', 'locked_ref'])
      .where('jobs.pipeline_id', '=', slot<number>('pipeline_id'))
      .where(sql<boolean>`jobs.retried = 0`)
      .orderBy('jobs.id');
    return isDag
      ? latest.where('jobs.name', 'in', (eb) =>
          eb.selectFrom('job_needs').select('name').where('job_id', '=', slot<number>('id')),
        )
      : latest.where('jobs.stage_idx', '<', slot<number>('stage_idx'));
  };
  const rows = await runCompiled(db, `producers of a job, ${isDag ? 'needed' : 'earlier'}`, producers, {
    ...job,
  });
  const consumer = {
    stage_idx: job.stage_idx,
    scheduling_type: job.scheduling_type,
    needs: needs.map(({ name, artifacts }) => ({ name, artifacts: artifacts === 1 })),
    dependencies: spec.dependencies,
  };
  return dependenciesOf(consumer, rows).map(({ filename, size, expire_at, locked_ref, ...producer }) => ({
    ...producer,
    archive: filename === null || size === null ? null : { filename, size, expire_at, locked_ref },
  }));
}

/** What of a job is given to a runner with it. */
export interface Assignment {
  runner_id: number;
  runner_manager_id: number;
  /** Seconds. */
  timeout: number;
  token_digest: string;
  /** Encrypted; null: it offers no terminal. */
  runner_session: string | null;
}

/**
 * Gives a pending job to a runner that has yet to acknowledge it. The job stays pending but leaves the
 * queue (see leaveQueue). False: it is not pending any more.
 */
export async function offerJob(
  tx: Transaction,
  jobId: number,
  assignment: Assignment,
  acknowledge_until: number,
): Promise<boolean> {
  const build = () =>
    tx
      .updateTable('jobs')
      .set({
        runner_id: slot<number>('runner_id'),
        runner_manager_id: slot<number>('runner_manager_id'),
        timeout: slot<number>('timeout'),
        token_digest: slot<string>('token_digest'),
        runner_session: slot<string | null>('runner_session'),
        acknowledge_until: slot<number>('acknowledge_until'),
      })
      .where('id', '=', slot<number>('id'))
      .where('status', '=', 'pending')
      .returning('id');
  const values = { ...assignment, acknowledge_until, id: jobId };
  return (await runCompiled(tx, 'offer a job', build, values)).length > 0;
}

/** Gives the holder of an offer more time. False: it is too late. */
export async function renewOffer(
  tx: Transaction,
  jobId: number,
  digest: string,
  acknowledge_until: number,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('jobs')
    .set({ acknowledge_until })
    .where('id', '=', jobId)
    .where('status', '=', 'pending')
    .where('token_digest', '=', digest)
    .where('acknowledge_until', '>', now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Whether any job was offered to a runner that has let the time pass. */
export async function hasLapsedOffer(db: Kysely<Tables>, now: number): Promise<boolean> {
  const build = () =>
    db
      .selectFrom('jobs')
      .select('id')
      .where('acknowledge_until', '<=', slot<number>('now'))
      .limit(sql.lit(1));
  return (await runCompiled(db, 'a lapsed offer', build, { now })).length > 0;
}

/** All offers end so many milliseconds sooner, as far as they have not ended by now. */
export async function shortenOffers(tx: Transaction, by: number, now: number): Promise<void> {
  await tx
    .updateTable('jobs')
    .set((eb) => ({ acknowledge_until: eb('acknowledge_until', '-', by) }))
    .where('acknowledge_until', '>', now)
    .execute();
}

/** Until when an offer stands that is over whatever the clock shows, or showed when it was made. */
export const LAPSED = 0;

/** Lets the time of a hand-out that nobody has read be over. */
export async function lapse(
  tx: Transaction,
  { id, token_digest }: Pick<Job, 'id' | 'token_digest'>,
): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ acknowledge_until: LAPSED })
    .where('id', '=', id)
    .where('token_digest', '=', token_digest)
    .where('acknowledge_until', 'is not', null)
    .execute();
}

/** The jobs in these statuses whose runner was not heard of in time since they were handed out. */
export async function lapsedJobs(
  db: Kysely<Tables>,
  statuses: readonly JobStatus[],
  now: number,
): Promise<Job[]> {
  const rows = await db
    .selectFrom('jobs')
    .selectAll()
    .where('acknowledge_until', '<=', now)
    .where('status', 'in', statuses)
    .execute();
  return rows.map(asJob);
}

/** Whether the job is still executing unheard of, held until the transaction ends. */
export async function holdUnheard(tx: Transaction, jobId: number, now: number): Promise<boolean> {
  const query = tx
    .selectFrom('jobs')
    .select('id')
    .where('id', '=', jobId)
    .where('status', 'in', EXECUTING)
    .where('acknowledge_until', '<=', now);
  return (await forUpdate(tx, query).executeTakeFirst()) !== undefined;
}

/** Takes a lapsed offer back: the runner's token is worth nothing any more. Answers the job, pending for anyone. */
export async function withdrawOffer(tx: Transaction, jobId: number, now: number): Promise<Job | null> {
  const row = await tx
    .updateTable('jobs')
    .set({
      runner_id: null,
      runner_manager_id: null,
      timeout: null,
      token_digest: null,
      acknowledge_until: null,
      runner_session: null,
    })
    .where('id', '=', jobId)
    .where('acknowledge_until', '<=', now)
    .where('status', '=', 'pending')
    .returningAll()
    .executeTakeFirst();
  return row ? asJob(row) : null;
}

/**
 * Whether the job is offered to the holder of this token's digest and may still be acknowledged. If so the
 * offer cannot be withdrawn until the transaction ends.
 */
export async function holdOffer(
  tx: Transaction,
  jobId: number,
  digest: string,
  now: number,
): Promise<boolean> {
  const query = tx
    .selectFrom('jobs')
    .select('id')
    .where('id', '=', jobId)
    .where('token_digest', '=', digest)
    .where('acknowledge_until', '>', now);
  return (await forUpdate(tx, query).executeTakeFirst()) !== undefined;
}
