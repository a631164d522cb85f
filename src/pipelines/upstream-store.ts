import type { Kysely } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { COMPLETED } from '../jobs/job-state.ts';
import { DANGLING } from './pipeline-store.ts';

/** Pipelines that are looked at for a circle. */
const MOST_OF_A_CIRCLE = 1000;

/** The newest pipeline but one that says how a branch is, of whatever commit; null when there is none. */
export async function findLatestOfRef(
  db: Kysely<Tables>,
  project_id: number,
  ref: string,
  except: number,
): Promise<number | null> {
  const row = await db
    .selectFrom('pipelines')
    .select('id')
    .where('project_id', '=', project_id)
    .where('ref', '=', ref)
    .where('tag', '=', 0)
    .where('source', 'not in', DANGLING)
    .where('id', '!=', except)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The pipeline that a bridge mirrors; null as long as it is not known. */
export async function findUpstreamPipeline(db: Kysely<Tables>, job_id: number): Promise<number | null> {
  const row = await db
    .selectFrom('bridge_upstreams')
    .select('pipeline_id')
    .where('job_id', '=', job_id)
    .executeTakeFirst();
  return row?.pipeline_id ?? null;
}

/** The bridge mirrors this one from now on, unless it mirrors one already. */
export async function storeUpstream(tx: Transaction, job_id: number, pipeline_id: number): Promise<void> {
  await tx
    .insertInto('bridge_upstreams')
    .values({ job_id, pipeline_id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Whether a pipeline cannot end before another has: a bridge of it that has not ended mirrors that one, or has created
 * it, or a pipeline of which the same is true. A statement for each step.
 */
export async function waitsFor(db: Kysely<Tables>, pipeline_id: number, other: number): Promise<boolean> {
  const seen = new Set<number>();
  let next = [pipeline_id];
  while (next.length > 0 && seen.size < MOST_OF_A_CIRCLE) {
    for (const id of next) seen.add(id);
    const open = db
      .selectFrom('jobs')
      .where('jobs.pipeline_id', 'in', next)
      .where('jobs.kind', '=', 'bridge')
      .where('jobs.retried', '=', 0)
      .where('jobs.status', 'not in', COMPLETED);
    const mirrored = open
      .innerJoin('bridge_upstreams', 'bridge_upstreams.job_id', 'jobs.id')
      .select('bridge_upstreams.pipeline_id as id');
    const created = open
      .innerJoin('pipelines', 'pipelines.upstream_job_id', 'jobs.id')
      .select('pipelines.id as id');
    const found = (await mirrored.union(created).execute()).map(({ id }) => id);
    if (found.includes(other)) return true;
    next = found.filter((id) => !seen.has(id)).slice(0, MOST_OF_A_CIRCLE);
  }
  return false;
}
