import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import { contains, type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Transaction } from '../db/database.ts';
import type { Projects } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';
import { inMine, isDirectMember, openTo, type Viewer, withMine } from './reach-store.ts';

type Read = Kysely<Tables>;
export type Project = Selectable<Projects>;

/** The project of a number or a full path; a name without a slash never is one. */
export async function findProject(db: Read, id: string): Promise<Project | null> {
  const isNumber = /^\d{1,15}$/.test(id);
  if (!isNumber && !id.includes('/')) return null;
  const build = () => {
    const projects = db.selectFrom('projects').selectAll().where('deleted_at', 'is', null);
    return isNumber
      ? projects.where('id', '=', slot<number>('id'))
      : projects.where((where) =>
          where(where.fn<string>('lower', ['path_with_namespace']), '=', slot<string>('path')),
        );
  };
  const values = isNumber ? { id: Number(id) } : { path: id.toLowerCase() };
  const [project] = await runCompiled(db, isNumber ? 'project' : 'project by path', build, values);
  return project ?? null;
}

/** Which projects a list shows; what is absent does not filter. */
export interface ProjectFilter {
  /** In any of these namespaces. */
  namespace_ids?: readonly number[];
  /** Part of the name or path, or of the full path when it has a slash. */
  search?: string;
  visibility?: string;
  archived?: boolean;
  /** Only those where the viewer is a member with this level or more. */
  least?: number;
  /** Only those in this user's own namespace. */
  owner_namespace_id?: number;
}

export type ProjectOrder = 'name' | 'path' | 'created_at' | 'updated_at' | 'last_activity_at';

/** The projects that the viewer may see. */
export async function listProjects(
  db: Read,
  filter: ProjectFilter,
  viewer: Viewer,
  request: PageRequest,
  order?: ProjectOrder,
): Promise<Page<Project>> {
  let projects = withMine(db, viewer, filter.least)
    .selectFrom('projects')
    .selectAll('projects')
    .where('deleted_at', 'is', null);
  const mine = [inMine('projects.namespace_id'), isDirectMember(viewer, filter.least)];
  if (filter.least !== undefined) projects = projects.where((where) => where.or(mine));
  else if (!viewer.admin)
    projects = projects.where((where) => where.or([where('visibility', 'in', openTo(viewer)), ...mine]));
  const { namespace_ids, search, visibility, archived, owner_namespace_id } = filter;
  if (namespace_ids) projects = projects.where('namespace_id', 'in', namespace_ids);
  if (owner_namespace_id !== undefined) projects = projects.where('namespace_id', '=', owner_namespace_id);
  if (search)
    projects = projects.where(
      contains(search.includes('/') ? ['path_with_namespace'] : ['name', 'path'], search),
    );
  if (visibility !== undefined) projects = projects.where('visibility', '=', visibility);
  if (archived !== undefined) projects = projects.where('archived', '=', archived ? 1 : 0);
  const id = { column: 'projects.id', of: (project: Project) => project.id };
  return readPage(db, projects, request, id, order && `projects.${order}`);
}

/** Whether another project of this namespace has the name. */
export async function isProjectNameTaken(
  tx: Transaction,
  namespace_id: number,
  name: string,
  except = 0,
): Promise<boolean> {
  const row = await tx
    .selectFrom('projects')
    .select('id')
    .where('namespace_id', '=', namespace_id)
    .where('name', '=', name)
    .where('deleted_at', 'is', null)
    .where('id', '!=', except)
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertProject(tx: Transaction, values: Insertable<Projects>): Promise<Project> {
  const project = await tx.insertInto('projects').values(values).returningAll().executeTakeFirstOrThrow();
  noteChange(tx, { type: 'project', id: project.id });
  return project;
}

/** Lets the server's own runner, if there is one, run the project's jobs. */
export async function assignBuiltInRunner(tx: Transaction, project_id: number): Promise<void> {
  await tx
    .insertInto('runner_projects')
    .columns(['runner_id', 'project_id'])
    .expression((from) =>
      from
        .selectFrom('runners')
        .select(['runners.id', sql<number>`CAST(${project_id} AS BIGINT)`.as('project_id')])
        .where('runners.built_in', '=', 1),
    )
    .onConflict((conflict) => conflict.columns(['runner_id', 'project_id']).doNothing())
    .execute();
}

/** Changes a project that is not being deleted; null when it is gone. */
export async function updateProjectRow(
  tx: Transaction,
  id: number,
  values: Updateable<Projects>,
): Promise<Project | null> {
  const row = await tx
    .updateTable('projects')
    .set(values)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (!row) return null;
  noteChange(tx, { type: 'project', id });
  if (OF_ACCESS.some((column) => values[column] !== undefined))
    noteChange(tx, { type: 'access', project_id: id });
  return row;
}

/** What says who may see what of a project. */
const OF_ACCESS = ['visibility', 'public_jobs', 'builds_access_level', 'archived'] as const;

/** The ids of the projects in these namespaces. */
export async function findProjectIds(db: Read, namespace_ids: readonly number[]): Promise<number[]> {
  if (namespace_ids.length === 0) return [];
  const rows = await db
    .selectFrom('projects')
    .select('id')
    .where('namespace_id', 'in', namespace_ids)
    .where('deleted_at', 'is', null)
    .execute();
  return rows.map((row) => row.id);
}

/** Marks a project as being deleted, and frees its path. False: it is deleted already. */
export async function markProjectDeleted(tx: Transaction, id: number, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('projects')
    .set({
      deleted_at: now,
      path_with_namespace: sql<string>`'-/deleted/projects/' || CAST(id AS TEXT)`,
    })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  noteChange(tx, { type: 'project', id });
  noteChange(tx, { type: 'access', project_id: id });
  return numUpdatedRows > 0n;
}

/** The project that is marked as being deleted; null when there is none such. */
export async function findDeletedProject(db: Read, id: number): Promise<Project | null> {
  const row = await db
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is not', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Deletes what is left of a project; its jobs and their files are gone by then. */
export async function deleteProjectRow(tx: Transaction, id: number): Promise<void> {
  await tx.deleteFrom('projects').where('id', '=', id).execute();
}
