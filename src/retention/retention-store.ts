import { type Kysely, sql } from 'kysely';
import type { Time } from '../db/rows/column.ts';
import type { Tables } from '../db/schema.ts';
import { COMPLETED, type JobStatus } from '../jobs/job-state.ts';
import { withOpenChildren } from '../pipelines/downstream-store.ts';
import type { Project } from '../projects/project-store.ts';
import type { Retained } from './retention-rules.ts';

type Read = Kysely<Tables>;

/** Nothing of such a pipeline is under way; people may still play what waits for them. */
const OVER = [...COMPLETED, 'manual'] as const satisfies JobStatus[];

/**
 * Where something stands in the order of age: that of their ids for pipelines and artifacts. A log's id is its
 * job's, and a job that somebody has played late ends long after newer ones: `since` comes first there.
 */
export interface Position {
  id: number;
  since: Time | null;
}

/** A pipeline, a log or an artifact, as retention sees it. */
export interface Candidate extends Position {
  /** Of the pipeline, of the log's job, of the artifact. */
  id: number;
  job_id: number | null;
  name: string;
  /** Bytes; null for a pipeline. */
  size: number | null;
  /** From when on its age counts. */
  since: Time;
  /** Whether something holds it: it is under way, or the latest of its ref. */
  held: boolean;
}

/** Projects with the ids after `after`; only those with rules of their own, unless `all` is asked for. */
export async function projectsToRetain(
  db: Read,
  after: number,
  limit: number,
  all: boolean,
): Promise<Project[]> {
  let query = db
    .selectFrom('projects')
    .selectAll()
    .where('id', '>', after)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(limit);
  if (!all)
    query = query.where(
      // As the index of projects with rules says it.
      sql<boolean>`(ci_delete_pipelines_in_seconds IS NOT NULL
        OR ci_delete_pipelines_above_count IS NOT NULL OR ci_delete_traces_in_seconds IS NOT NULL
        OR ci_delete_traces_above_count IS NOT NULL OR ci_delete_artifacts_in_seconds IS NOT NULL
        OR ci_delete_artifacts_above_count IS NOT NULL)`,
    );
  return await query.execute();
}

/** Whether the one is newer than the other. */
export const isNewer = (kind: Retained, one: Position, other: Position): boolean => {
  const first = kind === 'traces' ? (one.since ?? 0) - (other.since ?? 0) : 0;
  return first > 0 || (first === 0 && one.id > other.id);
};

/** The oldest of a kind in a project that are newer than `after`; logs that still grow are not among them. */
export async function oldest(
  db: Read,
  kind: Retained,
  project_id: number,
  after: Position,
  limit: number,
): Promise<Candidate[]> {
  if (kind === 'pipelines') {
    const rows = await db
      .selectFrom('pipelines')
      .select((eb) => [
        'id',
        'ref',
        'status',
        'created_at',
        eb
          .exists(
            eb
              .selectFrom('job_artifacts')
              .select('job_artifacts.id')
              .whereRef('job_artifacts.pipeline_id', '=', 'pipelines.id')
              .where('job_artifacts.locked_ref', 'is not', null),
          )
          .as('locked'),
      ])
      .where('project_id', '=', project_id)
      .where('id', '>', after.id)
      .orderBy('id')
      .limit(limit)
      .execute();
    const open = await openAmong(db, rows);
    return rows.map(({ id, ref, created_at, locked }) => {
      const held = open.has(id) || Boolean(locked);
      return { id, job_id: null, name: ref, size: null, since: created_at, held };
    });
  }
  if (kind === 'traces') {
    const rows = await db
      .selectFrom('job_traces')
      .innerJoin('jobs', 'jobs.id', 'job_traces.job_id')
      .select(['job_traces.job_id', 'jobs.name', 'job_traces.size', 'job_traces.finished_at'])
      .where('job_traces.project_id', '=', project_id)
      .where('job_traces.finished_at', 'is not', null)
      .where((eb) =>
        eb(
          eb.refTuple('job_traces.finished_at', 'job_traces.job_id'),
          '>',
          eb.tuple(after.since ?? 0, after.id),
        ),
      )
      .orderBy('job_traces.finished_at')
      .orderBy('job_traces.job_id')
      .limit(limit)
      .execute();
    return rows.map(({ job_id, name, size, finished_at }) => ({
      id: job_id,
      job_id,
      name,
      size,
      since: finished_at ?? 0,
      held: false,
    }));
  }
  const rows = await db
    .selectFrom('job_artifacts')
    .innerJoin('pipelines', 'pipelines.id', 'job_artifacts.pipeline_id')
    .select(['job_artifacts.id', 'job_artifacts.job_id', 'filename', 'size', 'job_artifacts.created_at'])
    .select(['locked_ref', 'job_artifacts.pipeline_id', 'pipelines.status'])
    .where('job_artifacts.project_id', '=', project_id)
    .where('job_artifacts.id', '>', after.id)
    .orderBy('job_artifacts.id')
    .limit(limit)
    .execute();
  const open = await openAmong(
    db,
    rows.map(({ pipeline_id: id, status }) => ({ id, status })),
  );
  return rows.map(({ id, job_id, filename, size, created_at, locked_ref, pipeline_id }) => ({
    id,
    job_id,
    name: filename,
    size,
    since: created_at,
    held: locked_ref !== null || open.has(pipeline_id),
  }));
}

/** Which of these pipelines are under way, by themselves or below them: what is theirs, later jobs may want. */
async function openAmong(
  db: Read,
  pipelines: readonly { id: number; status: string }[],
): Promise<ReadonlySet<number>> {
  const open = pipelines.filter(({ status }) => !OVER.some((one) => one === status)).map(({ id }) => id);
  const ids = new Set(pipelines.map(({ id }) => id));
  return new Set([...open, ...(await withOpenChildren(db, [...ids], OVER))]);
}

/** The newest of a kind that has `count` newer ones; null: there are not that many. */
export async function newestAbove(
  db: Read,
  kind: Retained,
  project_id: number,
  count: number,
): Promise<Position | null> {
  if (kind === 'traces') {
    const trace = await db
      .selectFrom('job_traces')
      .select(['job_id as id', 'finished_at as since'])
      .where('project_id', '=', project_id)
      .where('finished_at', 'is not', null)
      .orderBy('finished_at', 'desc')
      .orderBy('job_id', 'desc')
      .limit(1)
      .offset(count)
      .executeTakeFirst();
    return trace ?? null;
  }
  const row = await db
    .selectFrom(kind === 'artifacts' ? 'job_artifacts' : 'pipelines')
    .select('id')
    .where('project_id', '=', project_id)
    .orderBy('id', 'desc')
    .limit(1)
    .offset(count)
    .executeTakeFirst();
  return row ? { id: row.id, since: null } : null;
}

/** The unlocked artifacts of a project that expire next. */
export async function expiringNext(db: Read, project_id: number, limit: number) {
  return await db
    .selectFrom('job_artifacts')
    .select(['id', 'job_id', 'filename', 'size', 'expire_at'])
    .where('project_id', '=', project_id)
    .where('expire_at', 'is not', null)
    .where('locked_ref', 'is', null)
    .orderBy('expire_at')
    .orderBy('id')
    .limit(limit)
    .execute();
}
