import type { Kysely, Selectable } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { ProtectedBranches, ProtectedTags, Tables } from '../db/schema.ts';

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

/** Whether a name is what a rule speaks of: the name itself, or its pattern, in which `*` is any text. */
export function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

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
  const rules = (await protectedBranches(db, project_id)).filter((rule) => matchesPattern(rule.name, name));
  if (rules.length === 0) return null;
  return {
    push_access_level: mostGenerous(rules.map((rule) => rule.push_access_level)),
    merge_access_level: mostGenerous(rules.map((rule) => rule.merge_access_level)),
    allow_force_push: rules.some((rule) => rule.allow_force_push === 1) ? 1 : 0,
  };
}

/** From which level on a tag may be made; null when it is not protected. */
export async function tagRule(db: Read, project_id: number, name: string): Promise<number | null> {
  const rules = (await protectedTags(db, project_id)).filter((rule) => matchesPattern(rule.name, name));
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
