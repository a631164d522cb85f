import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { COMPLETED } from '../jobs/job-state.ts';
import type { Pipeline } from './pipeline-store.ts';

/** A pipeline that a newer one of its ref may replace. */
export type ReplacedPipeline = Pick<Pipeline, 'id' | 'sha' | 'auto_cancel_on_new_commit'>;

/** Under way, or waiting for somebody. */
const ALIVE = [
  'created',
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'scheduled',
  'manual',
] as const;

/** What these begin says nothing about the ref, so a newer commit does not replace it. */
const APART = [
  'webide',
  'ondemand_dast_scan',
  'ondemand_dast_validation',
  'security_orchestration_policy',
  'container_registry_push',
];

/** So many at most are canceled for one newer pipeline, the newest of them. */
const AT_MOST = 3000;

/** The older pipelines of the same ref that have not ended, created after `since`; the oldest first. */
export async function olderPipelines(
  db: Kysely<Tables>,
  newer: Pick<Pipeline, 'id' | 'project_id' | 'ref' | 'tag'>,
  since: number,
): Promise<ReplacedPipeline[]> {
  const rows = await db
    .selectFrom('pipelines')
    .select(['id', 'sha', 'auto_cancel_on_new_commit'])
    .where('project_id', '=', newer.project_id)
    .where('ref', '=', newer.ref)
    .where('tag', '=', newer.tag)
    .where('status', 'in', ALIVE)
    .where('id', '<', newer.id)
    .where('created_at', '>=', since)
    .where('source', 'not in', APART)
    .orderBy('id', 'desc')
    .limit(AT_MOST)
    .execute();
  return rows.toReversed();
}

/**
 * Whether a job has begun that must not be interrupted, of the pipeline or of the children below it that would end with
 * it; a child that nothing is to cancel (`none`) counts as begun.
 */
export async function hasBegunForGood(db: Kysely<Tables>, pipelineId: number): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    WITH RECURSIVE below (id, mode) AS (
      SELECT id, 'conservative' FROM pipelines WHERE id = ${pipelineId}
      UNION ALL
      SELECT pipelines.id, CASE WHEN pipelines.status IN (${sql.join(COMPLETED)}) THEN 'conservative'
        ELSE pipelines.auto_cancel_on_new_commit END
      FROM below INNER JOIN pipelines ON pipelines.upstream_pipeline_id = below.id
      WHERE pipelines.source = 'parent_pipeline'
    )
    SELECT id FROM below WHERE mode = 'none' OR EXISTS (SELECT 1 FROM jobs
      WHERE pipeline_id = below.id AND kind = 'build' AND retried = 0 AND interruptible = 0
        AND status IN ('running', 'success', 'failed'))
    LIMIT 1`.execute(db);
  return rows.length > 0;
}
