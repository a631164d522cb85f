import type { Kysely } from 'kysely';
import { ACCESS_LEVELS, reaches, type Role, roleOfLevel } from '../access/permissions.ts';
import type { Tables } from '../db/schema.ts';
import {
  branchRule,
  branchRuleOf,
  type BranchRule,
  NO_ACCESS,
  protectedBranches,
  protectedTags,
  tagRule,
  tagRuleOf,
} from './protected-ref-store.ts';

/** A branch or tag by its short name. */
export interface Ref {
  name: string;
  tag: boolean;
}

/** Whether this role reaches a protected ref's access level. Level 0 lets nobody, not even administrators. */
export const reachesLevel = (role: Role, level: number) =>
  level !== NO_ACCESS && reaches(role, roleOfLevel(level));

/**
 * Whether a caller of this role may change what the ref stands for, by a push or a merge; running jobs for
 * it asks no less. An unprotected ref takes a developer.
 */
export async function mayUpdateRef(
  db: Kysely<Tables>,
  project_id: number,
  role: Role,
  ref: Ref,
): Promise<boolean> {
  if (!reaches(role, 'developer')) return false;
  if (ref.tag) return mayMakeTag(role, await tagRule(db, project_id, ref.name));
  return mayChangeBranch(role, await branchRule(db, project_id, ref.name));
}

/** The same for any number of refs of a project: two statements. */
export async function whichRefsMayBeUpdated(
  db: Kysely<Tables>,
  project_id: number,
  role: Role,
): Promise<(ref: Ref) => boolean> {
  if (!reaches(role, 'developer')) return () => false;
  const [branches, tags] = await Promise.all([
    protectedBranches(db, project_id),
    protectedTags(db, project_id),
  ]);
  return ({ name, tag }) =>
    tag ? mayMakeTag(role, tagRuleOf(tags, name)) : mayChangeBranch(role, branchRuleOf(branches, name));
}

const mayMakeTag = (role: Role, level: number | null) => level === null || reachesLevel(role, level);

const mayChangeBranch = (role: Role, rule: BranchRule | null) =>
  rule === null || reachesLevel(role, rule.push_access_level) || reachesLevel(role, rule.merge_access_level);

/** What GitLab says where a pipeline may not run for a ref. */
export const refusedRef = (ref: string) =>
  `You do not have sufficient permission to run a pipeline on '${ref}'. Please select a different branch or contact your administrator for assistance.`;

/** Whether a caller of this role may push to the branch. `force`: the push drops commits, or the branch. */
export async function mayPush(
  db: Kysely<Tables>,
  project_id: number,
  role: Role,
  branch: string,
  { force }: { force: boolean },
): Promise<boolean> {
  if (!reaches(role, 'developer')) return false;
  const rule = await branchRule(db, project_id, branch);
  if (!rule) return true;
  return reachesLevel(role, rule.push_access_level) && (!force || rule.allow_force_push === 1);
}

/** Whether the ref is protected: its jobs may go to protected runners and see protected variables. */
export async function isProtectedRef(db: Kysely<Tables>, project_id: number, ref: Ref): Promise<boolean> {
  if (ref.tag) return (await tagRule(db, project_id, ref.name)) !== null;
  return (await branchRule(db, project_id, ref.name)) !== null;
}

/** What a new project's default branch gets: maintainers push and merge. */
export const DEFAULT_BRANCH_RULE = {
  push_access_level: ACCESS_LEVELS.maintainer,
  merge_access_level: ACCESS_LEVELS.maintainer,
  allow_force_push: 0,
} as const;
