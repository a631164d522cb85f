import type { Kysely, Selectable } from 'kysely';
import { matchesPattern } from '../ci/pattern.ts';
import type { Transaction } from '../db/database.ts';
import { contains, type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { ProtectedBranches, ProtectedTags } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';

type Read = Kysely<Tables>;
export type ProtectedBranch = Selectable<ProtectedBranches>;
export type ProtectedTag = Selectable<ProtectedTags>;

/** The access levels from which a protected branch may be changed. */
export interface BranchRule {
  push_access_level: number;
  merge_access_level: number;
  allow_force_push: 0 | 1;
}

/** Nobody: GitLab's level of a branch that no one pushes to. */
export const NO_ACCESS = 0;

export async function protectedBranches(db: Read, project_id: number): Promise<ProtectedBranch[]> {
  return await db
    .selectFrom('protected_branches')
    .selectAll()
    .where('project_id', '=', project_id)
    .orderBy('id')
    .execute();
}

export async function protectedTags(db: Read, project_id: number): Promise<ProtectedTag[]> {
  return await db
    .selectFrom('protected_tags')
    .selectAll()
    .where('project_id', '=', project_id)
    .orderBy('id')
    .execute();
}

/** What holds for a branch: of several rules that speak of it the most generous counts. Null: unprotected. */
export async function branchRule(db: Read, project_id: number, name: string): Promise<BranchRule | null> {
  return branchRuleOf(await protectedBranches(db, project_id), name);
}

/** As branchRule, among rules that are known already. */
export function branchRuleOf(all: readonly ProtectedBranch[], name: string): BranchRule | null {
  const rules = all.filter((rule) => matchesPattern(rule.name, name));
  if (rules.length === 0) return null;
  return {
    push_access_level: mostGenerous(rules.map((rule) => rule.push_access_level)),
    merge_access_level: mostGenerous(rules.map((rule) => rule.merge_access_level)),
    allow_force_push: rules.some((rule) => rule.allow_force_push === 1) ? 1 : 0,
  };
}

/** From which level on a tag may be made; null when it is not protected. */
export async function tagRule(db: Read, project_id: number, name: string): Promise<number | null> {
  return tagRuleOf(await protectedTags(db, project_id), name);
}

/** As tagRule, among rules that are known already. */
export function tagRuleOf(all: readonly ProtectedTag[], name: string): number | null {
  const rules = all.filter((rule) => matchesPattern(rule.name, name));
  return rules.length === 0 ? null : mostGenerous(rules.map((rule) => rule.create_access_level));
}

/** The lowest level that is one: 0 lets nobody. */
function mostGenerous(levels: number[]): number {
  const given = levels.filter((level) => level !== NO_ACCESS);
  return given.length === 0 ? NO_ACCESS : Math.min(...given);
}

/** Protects a branch; answers null when it is already. */
export async function insertProtectedBranch(
  tx: Transaction,
  rule: Omit<ProtectedBranch, 'id'>,
): Promise<ProtectedBranch | null> {
  const row = await tx
    .insertInto('protected_branches')
    .values(rule)
    .onConflict((conflict) => conflict.columns(['project_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Protects tags; answers null when this name is protected already. */
export async function insertProtectedTag(
  tx: Transaction,
  rule: Omit<ProtectedTag, 'id'>,
): Promise<ProtectedTag | null> {
  const row = await tx
    .insertInto('protected_tags')
    .values(rule)
    .onConflict((conflict) => conflict.columns(['project_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Changes the rule of exactly this name or pattern; null when there is none. */
export async function updateProtectedBranch(
  tx: Transaction,
  { project_id, name }: RuleName,
  changes: Partial<BranchRule>,
): Promise<ProtectedBranch | null> {
  const row = await tx
    .updateTable('protected_branches')
    // A change of nothing is none, and still answers the row.
    .set({ ...changes, name })
    .where('project_id', '=', project_id)
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** The rule's own name, which is a pattern where it has a `*`. */
interface RuleName {
  project_id: number;
  name: string;
}
type RuleTable = 'protected_branches' | 'protected_tags';

/** False: there is no rule of this name. */
export async function deleteProtection(
  tx: Transaction,
  table: RuleTable,
  { project_id, name }: RuleName,
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom(table)
    .where('project_id', '=', project_id)
    .where('name', '=', name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The rules for branches of which the name has `search` in it, by id. */
export async function listProtectedBranches(
  db: Read,
  project_id: number,
  search: string | undefined,
  request: PageRequest,
): Promise<Page<ProtectedBranch>> {
  let rows = db.selectFrom('protected_branches').selectAll().where('project_id', '=', project_id);
  if (search) rows = rows.where(contains(['name'], search));
  return readPage(db, rows, request, { column: 'id', of: ({ id }) => id });
}

/** The rules for tags, by id. */
export async function listProtectedTags(
  db: Read,
  project_id: number,
  request: PageRequest,
): Promise<Page<ProtectedTag>> {
  const rows = db.selectFrom('protected_tags').selectAll().where('project_id', '=', project_id);
  return readPage(db, rows, request, { column: 'id', of: ({ id }) => id });
}
