import { type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import { contains, type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Transaction } from '../db/database.ts';
import { forUpdate } from '../db/dialect.ts';
import type { Namespaces } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';
import { inMine, openTo, type Viewer, withMine } from './reach-store.ts';

type Read = Kysely<Tables>;
/** A group, or a person's own namespace: see `kind`. */
export type Namespace = Selectable<Namespaces>;
export type Group = Namespace;

/** The group of a number or a full path. */
export async function findGroup(db: Read, id: string): Promise<Group | null> {
  const found = await findNamespace(db, id);
  return found?.kind === 'group' ? found : null;
}

/** The group or own namespace of a number or a full path. */
export async function findNamespace(db: Read, id: string): Promise<Namespace | null> {
  const all = db.selectFrom('namespaces').selectAll().where('deleted_at', 'is', null);
  if (/^\d{1,15}$/.test(id)) return (await all.where('id', '=', Number(id)).executeTakeFirst()) ?? null;
  const query = all.where((where) => where(where.fn<string>('lower', ['full_path']), '=', id.toLowerCase()));
  return (await query.executeTakeFirst()) ?? null;
}

/** The namespace, held until the transaction ends, so that nobody else puts something into it meanwhile. */
export async function lockNamespace(tx: Transaction, id: number): Promise<Namespace | null> {
  const query = tx.selectFrom('namespaces').selectAll().where('id', '=', id).where('deleted_at', 'is', null);
  return (await forUpdate(tx, query).executeTakeFirst()) ?? null;
}

/** Namespaces by id, in no order. */
export async function findNamespaces(db: Read, ids: readonly number[]): Promise<Namespace[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom('namespaces')
    .selectAll()
    .where('id', 'in', [...new Set(ids)])
    .execute();
}

/** The ids of a namespace and all below it, deleted ones too. */
export async function findSubtree(db: Read, id: number): Promise<number[]> {
  const rows = await db
    .withRecursive('below', (cte) =>
      cte
        .selectFrom('namespaces')
        .select('namespaces.id')
        .where('namespaces.id', '=', id)
        .unionAll(
          cte
            .selectFrom('namespaces')
            .innerJoin('below', 'below.id', 'namespaces.parent_id')
            .select('namespaces.id'),
        ),
    )
    .selectFrom('below')
    .select('id')
    .execute();
  return rows.map((row) => row.id);
}

/**
 * The ids of a namespace and all below it, held until the transaction ends: nothing is put into any of them
 * meanwhile.
 */
export async function lockSubtree(tx: Transaction, id: number): Promise<number[]> {
  for (let held = 0; ;) {
    const ids = await findSubtree(tx, id);
    if (ids.length === held) return ids;
    const rows = tx.selectFrom('namespaces').select('id').where('id', 'in', ids).orderBy('id');
    await forUpdate(tx, rows).execute();
    held = ids.length;
  }
}

/** Which groups a list shows; what is absent does not filter. */
export interface GroupFilter {
  /** Only direct subgroups of this one. */
  parent_id?: number;
  /** Only groups below these, but not they themselves. */
  below?: number;
  search?: string;
  top_level_only?: boolean;
  /** Only those where the viewer is a member with this level or more. */
  least?: number;
  visibility?: string;
  skip_groups?: number[];
  /** Own namespaces of people too, instead of groups only. */
  kinds?: readonly Namespace['kind'][];
}

/** The groups that the viewer may see. */
export async function listGroups(
  db: Read,
  filter: GroupFilter,
  viewer: Viewer,
  request: PageRequest,
  order?: 'name' | 'path',
): Promise<Page<Namespace>> {
  let groups = withMine(db, viewer, filter.least)
    .selectFrom('namespaces')
    .selectAll('namespaces')
    .where('deleted_at', 'is', null)
    .where('kind', 'in', filter.kinds ?? ['group']);
  if (filter.least !== undefined) groups = groups.where(inMine('namespaces.id'));
  else if (!viewer.admin)
    groups = groups.where((where) =>
      where.or([where('visibility', 'in', openTo(viewer)), inMine('namespaces.id')]),
    );
  if (filter.parent_id !== undefined) groups = groups.where('parent_id', '=', filter.parent_id);
  if (filter.below !== undefined) {
    const ids = (await findSubtree(db, filter.below)).filter((id) => id !== filter.below);
    groups = groups.where('namespaces.id', 'in', ids.length > 0 ? ids : [0]);
  }
  if (filter.search)
    groups = groups.where(contains(['namespaces.name', 'namespaces.full_path'], filter.search));
  if (filter.top_level_only) groups = groups.where('parent_id', 'is', null);
  if (filter.visibility !== undefined) groups = groups.where('visibility', '=', filter.visibility);
  if (filter.skip_groups?.length) groups = groups.where('namespaces.id', 'not in', filter.skip_groups);
  const id = { column: 'namespaces.id', of: (group: Namespace) => group.id };
  return readPage(db, groups, request, id, order && `namespaces.${order}`);
}

export async function updateNamespace(
  tx: Transaction,
  id: number,
  values: Updateable<Namespaces>,
): Promise<void> {
  await tx.updateTable('namespaces').set(values).where('id', '=', id).execute();
  noteChange(tx, { type: 'group', id });
  if (values.visibility !== undefined) noteChange(tx, { type: 'access' });
}

/** A text that began with `old` and begins with `fresh` now. */
const renamed = (column: string, old: string, fresh: string) =>
  sql<string>`${fresh} || substr(${sql.ref(column)}, CAST(${[...old].length + 1} AS INTEGER))`;

/** Writes what the full path and full name begin with anew, in all that lies below a namespace. */
export async function renameBelow(
  tx: Transaction,
  namespace: Pick<Namespace, 'id' | 'full_path' | 'full_name'>,
  to: { full_path: string; full_name: string },
): Promise<void> {
  const subtree = await lockSubtree(tx, namespace.id);
  const below = subtree.filter((id) => id !== namespace.id);
  if (below.length > 0)
    await tx
      .updateTable('namespaces')
      .set({
        full_path: renamed('full_path', namespace.full_path, to.full_path),
        full_name: renamed('full_name', namespace.full_name, to.full_name),
      })
      .where('id', 'in', below)
      .execute();
  for (const id of below) noteChange(tx, { type: 'group', id });
  const moved = await tx
    .updateTable('projects')
    .set({
      path_with_namespace: renamed('path_with_namespace', namespace.full_path, to.full_path),
      name_with_namespace: renamed('name_with_namespace', namespace.full_name, to.full_name),
    })
    .where('namespace_id', 'in', subtree)
    .returning('id')
    .execute();
  for (const { id } of moved) noteChange(tx, { type: 'project', id });
}

/** Whether a group or project has this full path, whatever the case. */
export async function isFullPathTaken(
  tx: Transaction,
  full_path: string,
  except: { namespace_id?: number; project_id?: number } = {},
): Promise<boolean> {
  const path = full_path.toLowerCase();
  const namespace = await tx
    .selectFrom('namespaces')
    .select('id')
    .where((where) => where(where.fn<string>('lower', ['full_path']), '=', path))
    .where('id', '!=', except.namespace_id ?? 0)
    .executeTakeFirst();
  if (namespace) return true;
  const project = await tx
    .selectFrom('projects')
    .select('id')
    .where((where) => where(where.fn<string>('lower', ['path_with_namespace']), '=', path))
    .where('id', '!=', except.project_id ?? 0)
    .executeTakeFirst();
  return project !== undefined;
}

/** The visibilities of what lies directly in a group. */
export async function visibilitiesIn(
  tx: Transaction,
  namespace_id: number,
): Promise<{ groups: string[]; projects: string[] }> {
  const groups = await tx
    .selectFrom('namespaces')
    .select('visibility')
    .distinct()
    .where('parent_id', '=', namespace_id)
    .where('deleted_at', 'is', null)
    .execute();
  const projects = await tx
    .selectFrom('projects')
    .select('visibility')
    .distinct()
    .where('namespace_id', '=', namespace_id)
    .where('deleted_at', 'is', null)
    .execute();
  return { groups: groups.map((row) => row.visibility), projects: projects.map((row) => row.visibility) };
}

/** Marks namespaces as being deleted and frees their paths; nobody owns them any longer. */
export async function markNamespacesDeleted(
  tx: Transaction,
  ids: readonly number[],
  now: number,
): Promise<void> {
  await tx
    .updateTable('namespaces')
    .set({
      deleted_at: now,
      owner_id: null,
      full_path: sql<string>`'-/deleted/' || CAST(id AS TEXT)`,
    })
    .where('id', 'in', ids)
    .execute();
  // Whose they were is not known for long, so nobody could be asked whether they may hear of each.
  noteChange(tx, { type: 'access' });
}

/** Deletes those marked namespaces that hold nothing any longer, from this one upwards. */
export async function sweepNamespaces(tx: Transaction, id: number): Promise<void> {
  for (let next: number | null = id; next !== null;) {
    const row = await forUpdate(
      tx,
      tx.selectFrom('namespaces').selectAll().where('id', '=', next),
    ).executeTakeFirst();
    if (!row?.deleted_at) return;
    const child = await tx
      .selectFrom('namespaces')
      .select('id')
      .where('parent_id', '=', next)
      .executeTakeFirst();
    const project = await tx
      .selectFrom('projects')
      .select('id')
      .where('namespace_id', '=', next)
      .executeTakeFirst();
    if (child || project) return;
    await tx.deleteFrom('namespaces').where('id', '=', next).execute();
    next = row.parent_id;
  }
}
