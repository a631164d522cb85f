import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { Tables } from '../db/schema.ts';

type Ids = SelectQueryBuilder<Tables, 'pipelines', { id: number }>;

/**
 * A statement that can join `family`: each pipeline of `roots` as `root_id` beside itself and its child
 * pipelines of the same project, and theirs. A parent's id is below its children's.
 */
export const withFamily = (db: Kysely<Tables>, project_id: number, roots: Ids) =>
  db.withRecursive('family(root_id, id)', (cte) =>
    cte
      .selectFrom(roots.as('roots'))
      .select(['roots.id as root_id', 'roots.id'])
      .union(
        cte
          .selectFrom('family')
          .innerJoin('pipelines', 'pipelines.upstream_pipeline_id', 'family.id')
          .select(['family.root_id', 'pipelines.id'])
          .where('pipelines.project_id', '=', project_id),
      ),
  );

/** A pipeline and its child pipelines, and theirs: parents first. */
export async function familyOf(
  db: Kysely<Tables>,
  project_id: number,
  pipelineId: number,
): Promise<number[]> {
  const root = db.selectFrom('pipelines').select('id').where('id', '=', pipelineId);
  const rows = await withFamily(db, project_id, root)
    .selectFrom('family')
    .select('id')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The pipeline, its parent in the same project, and theirs. */
export async function ancestorsOf(
  db: Kysely<Tables>,
  pipeline: { id: number; project_id: number },
): Promise<number[]> {
  const rows = await withElders(db, pipeline).selectFrom('elders').select('id').execute();
  return rows.map(({ id }) => id);
}

/** A statement that can join `elders`: the pipeline and all above it. */
const withElders = (db: Kysely<Tables>, { id, project_id }: { id: number; project_id: number }) =>
  db.withRecursive('elders(id, upstream_pipeline_id)', (cte) =>
    cte
      .selectFrom('pipelines')
      .select(['pipelines.id', 'pipelines.upstream_pipeline_id'])
      .where('pipelines.id', '=', id)
      .union(
        cte
          .selectFrom('elders')
          .innerJoin('pipelines', 'pipelines.id', 'elders.upstream_pipeline_id')
          .select(['pipelines.id', 'pipelines.upstream_pipeline_id'])
          .where('pipelines.project_id', '=', project_id),
      ),
  );

/** The pipeline at the top, whose child this is or a child's child; the pipeline itself when it is none. */
export async function eldestOf(db: Kysely<Tables>, pipeline: { id: number; project_id: number }) {
  return await withElders(db, pipeline)
    .selectFrom('elders')
    .innerJoin('pipelines', 'pipelines.id', 'elders.id')
    .select(['pipelines.id', 'pipelines.project_id', 'pipelines.ref', 'pipelines.tag', 'pipelines.status'])
    .orderBy('elders.id')
    .limit(1)
    .executeTakeFirstOrThrow();
}
