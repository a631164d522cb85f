import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { COMPLETED, type JobStatus } from '../jobs/job-state.ts';
import { asPipeline, type Pipeline } from './pipeline-store.ts';

/** The pipeline that this bridge has created, or null. */
export async function findDownstream(db: Kysely<Tables>, bridgeId: number): Promise<Pipeline | null> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('upstream_job_id', '=', bridgeId)
    .executeTakeFirst();
  return row ? asPipeline(row) : null;
}

/** A pipeline on the way up from another. */
export interface Upstream {
  id: number;
  project_id: number;
  ref: string;
  source: string;
}

/** The pipeline, the one whose job created it, and so on up to the first; as far as they are still there. */
export async function selfAndUpstreams(db: Kysely<Tables>, pipelineId: number): Promise<Upstream[]> {
  const { rows } = await sql<Upstream>`
    WITH RECURSIVE chain (id, project_id, ref, source, upstream_pipeline_id, step) AS (
      SELECT id, project_id, ref, source, upstream_pipeline_id, 0 FROM pipelines WHERE id = ${pipelineId}
      UNION ALL
      SELECT up.id, up.project_id, up.ref, up.source, up.upstream_pipeline_id, chain.step + 1
      FROM chain INNER JOIN pipelines AS up ON up.id = chain.upstream_pipeline_id
    )
    SELECT id, project_id, ref, source FROM chain ORDER BY step`.execute(db);
  return rows;
}

/** How many pipelines the tree below (and with) this root holds, over all projects; counted up to `most`. */
export async function hierarchySize(db: Kysely<Tables>, rootId: number, most: number): Promise<number> {
  const below = db.selectFrom('pipelines').select('id').where('root_pipeline_id', '=', rootId).limit(most);
  const row = await db
    .selectFrom(below.as('below'))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count) + 1;
}

/** How many pipelines jobs of one commit have created for this user since then. */
export async function countTriggered(
  db: Kysely<Tables>,
  by: { project_id: number; sha: string; user_id: number },
  since: number,
): Promise<number> {
  const row = await db
    .selectFrom('pipelines as upstream')
    .innerJoin('pipelines', 'pipelines.upstream_pipeline_id', 'upstream.id')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('upstream.project_id', '=', by.project_id)
    .where('upstream.sha', '=', by.sha)
    .where('pipelines.user_id', '=', by.user_id)
    .where('pipelines.created_at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** The pipeline's child pipelines. */
export async function childrenOf(db: Kysely<Tables>, pipelineId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('pipelines')
    .select('id')
    .where('upstream_pipeline_id', '=', pipelineId)
    .where('source', '=', 'parent_pipeline')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The child pipelines below this one that have not ended, however deep: one may run on below another that has. */
export async function openBelow(db: Kysely<Tables>, pipelineId: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    WITH RECURSIVE below (id, status) AS (
      SELECT id, status FROM pipelines
        WHERE upstream_pipeline_id = ${pipelineId} AND source = 'parent_pipeline'
      UNION ALL
      SELECT pipelines.id, pipelines.status
      FROM below INNER JOIN pipelines ON pipelines.upstream_pipeline_id = below.id
      WHERE pipelines.source = 'parent_pipeline'
    )
    SELECT id FROM below WHERE status NOT IN (${sql.join(COMPLETED)}) ORDER BY id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Which of these pipelines have a child pipeline, or one of that, whose status is none of `over`. */
export async function withOpenChildren(
  db: Kysely<Tables>,
  pipelineIds: readonly number[],
  over: readonly JobStatus[],
): Promise<Set<number>> {
  if (pipelineIds.length === 0) return new Set();
  const rows = await db
    .withRecursive('below(root_id, id, status)', (cte) =>
      cte
        .selectFrom('pipelines')
        .select(['pipelines.upstream_pipeline_id as root_id', 'pipelines.id', 'pipelines.status'])
        .where('pipelines.upstream_pipeline_id', 'in', pipelineIds)
        .where('pipelines.source', '=', 'parent_pipeline')
        .unionAll(
          cte
            .selectFrom('below')
            .innerJoin('pipelines', 'pipelines.upstream_pipeline_id', 'below.id')
            .select(['below.root_id', 'pipelines.id', 'pipelines.status'])
            .where('pipelines.source', '=', 'parent_pipeline'),
        ),
    )
    .selectFrom('below')
    .select('root_id')
    .where('status', 'not in', over)
    .execute();
  return new Set(rows.flatMap(({ root_id }) => root_id ?? []));
}
