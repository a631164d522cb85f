import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Members } from '../db/rows/access.ts';
import type { Tables } from '../db/schema.ts';

type Read = Kysely<Tables>;

/** For whom a list of projects or groups is made. */
export interface Viewer {
  /** Null: nobody. */
  user_id: number | null;
  /** An administrator sees all. */
  admin: boolean;
  /** `YYYY-MM-DD`: memberships that ended by then do not count. */
  today: string;
}

const counts = (where: ExpressionBuilder<{ members: Members }, 'members'>, viewer: Viewer, least: number) =>
  where.and([
    where('members.user_id', '=', viewer.user_id ?? 0),
    where('members.access_level', '>=', least),
    where.or([where('members.expires_at', 'is', null), where('members.expires_at', '>', viewer.today)]),
  ]);

/**
 * A statement that begins with `mine`: the namespaces that the viewer is a member of with `least` or more,
 * theirs, and all below. Follow it with inMine and projectsInMine.
 */
export function withMine(db: Read, viewer: Viewer, least = 0) {
  return db.withRecursive('mine', (cte) =>
    cte
      .selectFrom('namespaces')
      .select('namespaces.id')
      .where((where) =>
        where.or([
          where('owner_id', '=', viewer.user_id ?? 0),
          where(
            'namespaces.id',
            'in',
            where
              .selectFrom('members')
              .select('members.namespace_id')
              .where('members.namespace_id', 'is not', null)
              .where((member) => counts(member, viewer, least))
              .$castTo<{ namespace_id: number }>(),
          ),
        ]),
      )
      .union(
        cte
          .selectFrom('namespaces')
          .innerJoin('mine', 'mine.id', 'namespaces.parent_id')
          .select('namespaces.id'),
      ),
  );
}

/** Whether a column holds the id of a namespace in `mine`. */
export const inMine = (column: string) => sql<boolean>`${sql.ref(column)} IN (SELECT id FROM mine)`;

/** Whether the viewer is a member of the project itself. */
export const isDirectMember = (viewer: Viewer, least = 0) =>
  sql<boolean>`projects.id IN (SELECT project_id FROM members WHERE project_id IS NOT NULL
    AND user_id = ${viewer.user_id ?? 0} AND access_level >= ${least}
    AND (expires_at IS NULL OR expires_at > ${viewer.today}))`;

/** The visibilities that are open to a viewer who is no member. */
export const openTo = ({ user_id }: Viewer) => (user_id === null ? ['public'] : ['public', 'internal']);

/** The viewer's direct levels on these projects. */
export async function projectLevels(
  db: Read,
  viewer: Viewer,
  project_ids: readonly number[],
): Promise<Map<number, number>> {
  if (viewer.user_id === null || project_ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('members')
    .select(['members.project_id', 'members.access_level'])
    .where('members.project_id', 'in', project_ids)
    .where((where) => counts(where, viewer, 0))
    .execute();
  return new Map(rows.map(({ project_id, access_level }) => [project_id ?? 0, access_level]));
}

/** The viewer's highest levels on these namespaces, through those above them too. */
export async function namespaceLevels(
  db: Read,
  viewer: Viewer,
  namespace_ids: readonly number[],
): Promise<Map<number, number>> {
  if (viewer.user_id === null || namespace_ids.length === 0) return new Map();
  const rows = await db
    .withRecursive('above', (cte) =>
      cte
        .selectFrom('namespaces')
        .select(['id as of', 'id', 'parent_id', 'owner_id'])
        .where('id', 'in', namespace_ids)
        .unionAll(
          cte
            .selectFrom('namespaces')
            .innerJoin('above', 'above.parent_id', 'namespaces.id')
            .select(['above.of', 'namespaces.id', 'namespaces.parent_id', 'namespaces.owner_id']),
        ),
    )
    .selectFrom('above')
    .leftJoin('members', (join) =>
      join.onRef('members.namespace_id', '=', 'above.id').on((on) => counts(on, viewer, 0)),
    )
    .select(['above.of', 'above.owner_id', 'members.access_level'])
    .execute();
  const levels = new Map<number, number>();
  for (const row of rows) {
    const level = row.owner_id === viewer.user_id ? 50 : (row.access_level ?? 0);
    if (level > (levels.get(row.of) ?? 0)) levels.set(row.of, level);
  }
  return levels;
}
