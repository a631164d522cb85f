import type { Database, Transaction } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { invalidRecord, notFound } from '../errors.ts';
import { groupProblems } from './create-group.ts';
import {
  findNamespaces,
  type Group,
  lockNamespace,
  renameBelow,
  updateNamespace,
  visibilitiesIn,
} from './group-store.ts';
import { isWider } from './visibility.ts';

export type GroupChanges = Partial<
  Pick<
    Group,
    | 'name'
    | 'path'
    | 'description'
    | 'visibility'
    | 'storage_limit'
    | 'runner_token_expiration_interval'
    | 'subgroup_runner_token_expiration_interval'
    | 'project_runner_token_expiration_interval'
  >
>;

/**
 * Changes a group. A new path moves all that lies below; the old path answers 404 from then on.
 * @throws 400 with the texts by field
 */
export async function updateGroup(
  db: Database,
  id: number,
  changes: GroupChanges,
  now: number,
): Promise<Group> {
  return writeUnique(db, async (tx) => {
    const group = await lockNamespace(tx, id);
    if (!group) throw notFound('Group');
    const [parent = null] = group.parent_id === null ? [] : await findNamespaces(tx, [group.parent_id]);
    const changed = { ...group, ...changes };
    const problems = await groupProblems(tx, changed, parent, id);
    const hidden = await hides(tx, group, changed.visibility);
    if (hidden) problems.visibility_level = [hidden];
    if (Object.keys(problems).length > 0) throw invalidRecord(problems);
    const { name, path } = changed;
    const { name: _name, path: _path, ...settings } = changes;
    await moveNamespace(tx, group, parent, { name, path });
    await updateNamespace(tx, id, { ...settings, updated_at: now });
    const [updated] = await findNamespaces(tx, [id]);
    if (!updated) throw notFound('Group');
    return updated;
  });
}

/** Gives a namespace another name or path, and writes what depends on them. */
export async function moveNamespace(
  tx: Transaction,
  namespace: Group,
  parent: Group | null,
  { name, path }: { name: string; path: string },
): Promise<void> {
  const full_path = parent ? `${parent.full_path}/${path}` : path;
  const full_name = parent ? `${parent.full_name} / ${name}` : name;
  if (full_path === namespace.full_path && full_name === namespace.full_name) return;
  await renameBelow(tx, namespace, { full_path, full_name });
  await updateNamespace(tx, namespace.id, { name, path, full_path, full_name });
}

/** Why the group cannot become so narrow: something in it is open to more people. */
async function hides(tx: Transaction, group: Group, visibility: string): Promise<string | null> {
  if (!isWider(group.visibility, visibility)) return null;
  const inside = await visibilitiesIn(tx, group.id);
  if (inside.projects.some((one) => isWider(one, visibility)))
    return `${visibility} is not allowed since this group contains projects with higher visibility.`;
  if (inside.groups.some((one) => isWider(one, visibility)))
    return `${visibility} is not allowed since there are sub-groups with higher visibility.`;
  return null;
}
