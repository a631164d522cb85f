import type { Database, Transaction } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { invalidRecord, notFound } from '../errors.ts';
import { projectProblems, type ProjectSettings } from './create-project.ts';
import { lockNamespace } from './group-store.ts';
import { findProject, type Project, updateProjectRow } from './project-store.ts';

export type ProjectChanges = ProjectSettings & Partial<Pick<Project, 'name' | 'path' | 'default_branch'>>;

/**
 * Changes a project. The old path answers 404 from then on. `follow` brings what is kept elsewhere of its
 * settings up to them, in the same transaction.
 * @throws 400 with the texts by field
 */
export async function updateProject(
  db: Database,
  id: number,
  changes: ProjectChanges,
  now: number,
  follow: (tx: Transaction, id: number) => Promise<void>,
): Promise<Project> {
  return writeUnique(db, async (tx) => {
    const before = await findProject(tx, String(id));
    const namespace = before && (await lockNamespace(tx, before.namespace_id));
    if (!before || !namespace) throw notFound('Project');
    const { name, path, visibility } = { ...before, ...changes };
    const problems = await projectProblems(tx, { ...changes, name, path, visibility }, namespace, id);
    if (path === before.path) delete problems.path;
    if (name === before.name) delete problems.name;
    if (Object.keys(problems).length > 0) throw invalidRecord(problems);
    const updated = await updateProjectRow(tx, id, {
      ...changes,
      path_with_namespace: `${namespace.full_path}/${path}`,
      name_with_namespace: `${namespace.full_name} / ${name}`,
      updated_at: now,
    });
    if (!updated) throw notFound('Project');
    await follow(tx, id);
    return updated;
  });
}

/** Closes a project to every change of code and CI, or opens it again. */
export async function archiveProject(
  db: Database,
  id: number,
  archived: 0 | 1,
  now: number,
): Promise<Project> {
  const updated = await db.write((tx) => updateProjectRow(tx, id, { archived, updated_at: now }));
  if (!updated) throw notFound('Project');
  return updated;
}
