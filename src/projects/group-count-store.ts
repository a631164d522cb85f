import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { inMine, isDirectMember, openTo, type Viewer, withMine } from './reach-store.ts';

export interface GroupCounts {
  projects_count: number;
  subgroups_count: number;
}

/** How much lies directly in each of these groups, of what the viewer may see: two statements. */
export async function countInGroups(
  db: Kysely<Tables>,
  viewer: Viewer,
  groupIds: readonly number[],
): Promise<Map<number, GroupCounts>> {
  if (groupIds.length === 0) return new Map();
  let projects = withMine(db, viewer)
    .selectFrom('projects')
    .select((eb) => ['projects.namespace_id as of', eb.fn.countAll<number>().as('count')])
    .where('projects.namespace_id', 'in', groupIds)
    .where('projects.deleted_at', 'is', null)
    .groupBy('projects.namespace_id');
  let groups = withMine(db, viewer)
    .selectFrom('namespaces')
    .select((eb) => ['namespaces.parent_id as of', eb.fn.countAll<number>().as('count')])
    .where('namespaces.parent_id', 'in', groupIds)
    .where('namespaces.deleted_at', 'is', null)
    .groupBy('namespaces.parent_id');
  if (!viewer.admin) {
    projects = projects.where((where) =>
      where.or([
        where('projects.visibility', 'in', openTo(viewer)),
        inMine('projects.namespace_id'),
        isDirectMember(viewer),
      ]),
    );
    groups = groups.where((where) =>
      where.or([where('namespaces.visibility', 'in', openTo(viewer)), inMine('namespaces.id')]),
    );
  }
  const [inProjects, inGroups] = await Promise.all([projects.execute(), groups.execute()]);
  return new Map(
    groupIds.map((id) => [
      id,
      { projects_count: countOf(inProjects, id), subgroups_count: countOf(inGroups, id) },
    ]),
  );
}

const countOf = (rows: readonly { of: number | null; count: number }[], id: number) =>
  Number(rows.find(({ of }) => of === id)?.count ?? 0);
