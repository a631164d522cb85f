import type { Kysely } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { DANGLING } from './pipeline-store.ts';

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
