import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/schema.ts';
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

/** Whether a job of the pipeline has begun that must not be interrupted. */
export async function hasBegunForGood(db: Kysely<Tables>, pipelineId: number): Promise<boolean> {
  const begun = await db
    .selectFrom('jobs')
    .select('id')
    .where('pipeline_id', '=', pipelineId)
    .where('kind', '=', 'build')
    .where('status', 'in', ['running', 'success', 'failed'])
    .where('interruptible', '=', 0)
    .where(sql<boolean>`retried = 0`)
    .limit(1)
    .executeTakeFirst();
  return begun !== undefined;
}
