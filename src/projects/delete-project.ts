import type { Database, Transaction } from '../db/database.ts';
import { addWork } from '../work/work-store.ts';
import { lockSubtree, markNamespacesDeleted, sweepNamespaces } from './group-store.ts';
import { findProjectIds, markProjectDeleted } from './project-store.ts';

/** The kind of work that makes a deleted project go with its pipelines, files and repository. */
export const ERASE_PROJECT = 'erase_project';

/** Makes a project invisible at once and its path free; the rest goes as durable work. */
export async function deleteProject(db: Database, id: number, now: number): Promise<void> {
  await db.write((tx) => markAndErase(tx, id, now));
}

/** The same with a group, its subgroups and all their projects. */
export async function deleteGroup(db: Database, id: number, now: number): Promise<void> {
  await db.write((tx) => deleteNamespace(tx, id, now));
}

/** Deletes a namespace within a transaction: the rows go with the last of its projects. */
export async function deleteNamespace(tx: Transaction, id: number, now: number): Promise<void> {
  const namespaces = await lockSubtree(tx, id);
  for (const project of await findProjectIds(tx, namespaces)) await markAndErase(tx, project, now);
  await markNamespacesDeleted(tx, namespaces, now);
  // The deepest first, so that an empty tree goes whole.
  for (const namespace of namespaces.toReversed()) await sweepNamespaces(tx, namespace);
}

async function markAndErase(tx: Transaction, id: number, now: number): Promise<void> {
  if (!(await markProjectDeleted(tx, id, now))) return;
  await addWork(tx, { kind: ERASE_PROJECT, key: String(id), due_at: now });
}
