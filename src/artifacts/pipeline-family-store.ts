import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';

/** Pipelines that one question looks through. */
const MOST = 1000;

/** These pipelines and, behind them, their child pipelines in the same project, and theirs: parents first. */
export async function familyOf(
  db: Kysely<Tables>,
  project_id: number,
  pipelineIds: readonly number[],
): Promise<number[]> {
  if (pipelineIds.length === 0) return [];
  const rows = await db
    .withRecursive('family', (cte) =>
      cte
        .selectFrom('pipelines')
        .select('pipelines.id')
        .where('pipelines.upstream_pipeline_id', 'in', pipelineIds)
        .where('pipelines.project_id', '=', project_id)
        .union(
          cte
            .selectFrom('family')
            .innerJoin('pipelines', 'pipelines.upstream_pipeline_id', 'family.id')
            .select('pipelines.id')
            .where('pipelines.project_id', '=', project_id),
        ),
    )
    .selectFrom('family')
    .select('id')
    .orderBy('id')
    .limit(MOST)
    .execute();
  return [...new Set([...pipelineIds, ...rows.map(({ id }) => id)])];
}
