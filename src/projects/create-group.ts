import { insertNamespace } from '../access/access-store.ts';
import { insertMember } from '../access/member-store.ts';
import { nameProblems, namespacePathProblems } from '../access/namespace-path.ts';
import type { Database, Transaction } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { ApiError, notFound } from '../errors.ts';
import { findNamespaces, type Group, isFullPathTaken, lockNamespace } from './group-store.ts';
import { isWider } from './visibility.ts';

export interface NewGroup {
  name: string;
  path: string;
  description: string;
  visibility: string;
  /** Checked by the caller: who may make a subgroup there. */
  parent_id: number | null;
}

/**
 * Makes a group, whose creator becomes its owner.
 * @throws 400 in GitLab's words
 */
export async function createGroup(
  db: Database,
  given: NewGroup,
  creator_id: number,
  now: number,
): Promise<Group> {
  return writeUnique(db, async (tx) => {
    const parent = given.parent_id === null ? null : await lockNamespace(tx, given.parent_id);
    if (given.parent_id !== null && !parent) throw notFound('Group');
    const problems = await groupProblems(tx, given, parent, null);
    if (Object.keys(problems).length > 0)
      throw new ApiError(400, { message: `Failed to save group ${inspect(problems)}` });
    const { name, path, description, visibility, parent_id } = given;
    const id = await insertNamespace(tx, {
      kind: 'group',
      name,
      path,
      full_path: parent ? `${parent.full_path}/${path}` : path,
      full_name: parent ? `${parent.full_name} / ${name}` : name,
      parent_id,
      owner_id: null,
      description,
      visibility,
      created_at: now,
      updated_at: now,
    });
    await insertMember(tx, {
      namespace_id: id,
      project_id: null,
      user_id: creator_id,
      access_level: 50,
      expires_at: null,
      created_by_id: creator_id,
      created_at: now,
    });
    const [group] = await findNamespaces(tx, [id]);
    if (!group) throw new Error(`group ${id} is not there`);
    return group;
  });
}

/** What is wrong with a group's fields, by field, in GitLab's words. `id` is its own when it exists. */
export async function groupProblems(
  tx: Transaction,
  given: Pick<NewGroup, 'name' | 'path' | 'visibility'>,
  parent: Group | null,
  id: number | null,
): Promise<Record<string, string[]>> {
  const problems: Record<string, string[]> = {};
  const name = nameProblems(given.name);
  if (name.length > 0) problems.name = name;
  const path = namespacePathProblems(given.path, parent !== null);
  const full_path = parent ? `${parent.full_path}/${given.path}` : given.path;
  if (await isFullPathTaken(tx, full_path, { namespace_id: id ?? 0 })) path.push('has already been taken');
  if (path.length > 0) problems.path = path;
  if (parent && isWider(given.visibility, parent.visibility))
    problems.visibility_level = [
      `${given.visibility} is not allowed since the parent group has a ${parent.visibility} visibility.`,
    ];
  return problems;
}

/** The problems as GitLab prints them here: `{:path=>["has already been taken"]}`. */
const inspect = (problems: Record<string, string[]>) =>
  `{${Object.entries(problems)
    .map(([field, texts]) => `:${field}=>[${texts.map((text) => JSON.stringify(text)).join(', ')}]`)
    .join(', ')}}`;
