import type { Kysely } from 'kysely';
import { accessLevel } from '../access/access-store.ts';
import { type Role, roleOfLevel } from '../access/permissions.ts';
import type { Tables } from '../db/schema.ts';
import { isInJobTokenScope } from './job-token-scope-store.ts';
import type { Project } from './project-store.ts';
import type { Actor } from './user-role.ts';

/** Whose token it is: a job of this project, for which this user stands. */
export interface TokenHolder {
  user: Pick<Actor, 'id' | 'admin'>;
  project_id: number;
}

/** What a job's token is on a project: its user where that lets it in, and elsewhere any user. */
export async function jobTokenRole(
  db: Kysely<Tables>,
  { user, project_id }: TokenHolder,
  project: Project,
  today: string,
): Promise<Role> {
  if (!(await isInJobTokenScope(db, project_id, project))) return 'outsider';
  if (user.admin === 1) return 'owner';
  return roleOfLevel(await accessLevel(db, user.id, { project_id: project.id }, today));
}
