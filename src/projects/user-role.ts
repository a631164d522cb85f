import type { Kysely } from 'kysely';
import { accessLevel } from '../access/access-store.ts';
import { allowsOnProject, type ProjectAbility, type Role, roleOfLevel } from '../access/permissions.ts';
import type { Visibility } from '../access/permissions.ts';
import type { Tables } from '../db/schema.ts';
import { mayUpdateRef, type Ref } from './may-update-ref.ts';
import type { Project } from './project-store.ts';

/** A user in whose name the server acts by itself. */
export interface Actor {
  id: number;
  admin: 0 | 1;
  state: string;
}

/** The user's role on the project: what a request of theirs would have. */
async function roleOfUser(db: Kysely<Tables>, user: Actor, project: Project, now: number): Promise<Role> {
  if (user.admin === 1) return 'admin';
  const today = new Date(now).toISOString().slice(0, 10);
  return roleOfLevel(await accessLevel(db, user.id, { project_id: project.id }, today));
}

/** What the user is on the project, in GitLab's words: `maintainer`; undefined: nothing. */
export async function accessLevelName(
  db: Kysely<Tables>,
  user_id: number,
  { id }: Pick<Project, 'id'>,
  now: number,
): Promise<string | undefined> {
  const today = new Date(now).toISOString().slice(0, 10);
  const role = roleOfLevel(await accessLevel(db, user_id, { project_id: id }, today));
  return role === 'outsider' ? undefined : role;
}

/** Whether a user has the ability on the project; nobody has it who may not sign in. */
export async function userMay(
  db: Kysely<Tables>,
  user: Actor,
  ability: ProjectAbility,
  project: Project,
  now: number,
): Promise<boolean> {
  if (user.state !== 'active') return false;
  const subject = { ...project, visibility: project.visibility as Visibility };
  return allowsOnProject(ability, await roleOfUser(db, user, project, now), subject);
}

/** Whether a user sees the project's files; nobody sees those that are public. */
export async function mayReadCode(
  db: Kysely<Tables>,
  user: Actor | null,
  project: Project,
  now: number,
): Promise<boolean> {
  if (user) return await userMay(db, user, 'read_code', project, now);
  const subject = { ...project, visibility: project.visibility as Visibility };
  return allowsOnProject('read_code', 'anonymous', subject);
}

/** Whether a user may have a pipeline run for this ref of the project. */
export async function userMayRun(
  db: Kysely<Tables>,
  user: Actor,
  project: Project,
  ref: Ref,
  now: number,
): Promise<boolean> {
  if (!(await userMay(db, user, 'create_pipeline', project, now))) return false;
  return await mayUpdateRef(db, project.id, await roleOfUser(db, user, project, now), ref);
}
