import type { Kysely, Selectable } from 'kysely';
import { accessLevel } from '../access/access-store.ts';
import { type Caller, isAdmin } from '../access/caller.ts';
import {
  allowsOnGroup,
  allowsOnProject,
  GROUP,
  type GroupAbility,
  leastOnProject,
  type ProjectAbility,
  type Role,
  roleOfLevel,
  type Visibility,
} from '../access/permissions.ts';
import type { Namespaces, Projects } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';
import { type ApiError, apiError, forbiddenBelow, notFound } from '../errors.ts';
import { jobTokenRole } from '../projects/job-token-role.ts';
import { isInJobTokenScope } from '../projects/job-token-scope-store.ts';
import { findProject } from '../projects/project-store.ts';
import { findGroup } from '../projects/group-store.ts';

export type Project = Selectable<Projects>;
export type Group = Selectable<Namespaces>;

type Read = Kysely<Tables>;

/**
 * The project of `:id` (a number or a full path), when the caller may see it and has the ability.
 * @throws 404 when it does not exist or the caller may not know, 403 without the ability, with the role that has it
 */
export async function authorizeProject(
  db: Read,
  caller: Caller,
  id: string,
  ability: ProjectAbility,
  today: string,
): Promise<{ project: Project; role: Role }> {
  const [project, known] = await Promise.all([findProject(db, id), memberRole(db, caller, id, today)]);
  if (!project) throw notFound('Project');
  const role = known ?? (await projectRole(db, caller, project, today));
  const subject = project as Project & { visibility: Visibility };
  if (!allowsOnProject('read_project', role, subject)) {
    if (caller.kind === 'job' && !(await isInJobTokenScope(db, caller.job.project_id, project)))
      throw await refusedJobToken(db, caller.job.project_id, project);
    throw notFound('Project');
  }
  if (!allowsOnProject(ability, role, subject))
    throw caller.kind === 'anonymous' && !isRead(ability)
      ? apiError('unauthorized')
      : forbiddenBelow(leastOnProject(ability, subject));
  return { project, role };
}

const isRead = (ability: string) => ability.startsWith('read_');

/** The caller's role on a project. A job token is its user where that lets it in, and elsewhere any user. */
export async function projectRole(db: Read, caller: Caller, project: Project, today: string): Promise<Role> {
  if (caller.kind === 'anonymous') return 'anonymous';
  if (isAdmin(caller)) return 'admin';
  if (caller.kind === 'job') {
    const { user, job } = caller;
    return await jobTokenRole(db, { user, project_id: job.project_id }, project, today);
  }
  return roleOfLevel(await accessLevel(db, caller.user.id, { project_id: project.id }, today));
}

/** The role of a user on the project of this number, whether or not there is one; null where it is not that simple. */
async function memberRole(db: Read, caller: Caller, id: string, today: string): Promise<Role | null> {
  if (caller.kind !== 'user' || isAdmin(caller) || !/^\d{1,15}$/.test(id)) return null;
  return roleOfLevel(await accessLevel(db, caller.user.id, { project_id: Number(id) }, today));
}

async function refusedJobToken(db: Read, from: number, to: Project): Promise<ApiError> {
  const source = await findProject(db, String(from));
  const detail = `Authentication by CI/CD job token not allowed from ${source?.path_with_namespace} to ${to.path_with_namespace}.`;
  return apiError('forbidden_because', detail);
}

/** The group of `:id`, as authorizeProject. */
export async function authorizeGroup(
  db: Read,
  caller: Caller,
  id: string,
  ability: GroupAbility,
  today: string,
): Promise<{ group: Group; role: Role }> {
  const group = await findGroup(db, id);
  if (!group) throw notFound('Group');
  const role = await groupRole(db, caller, group, today);
  const visibility = group.visibility as Visibility;
  if (!allowsOnGroup('read_group', role, visibility)) throw notFound('Group');
  if (!allowsOnGroup(ability, role, visibility)) throw forbiddenBelow(GROUP[ability][visibility]);
  return { group, role };
}

/** The caller's role on a group. */
export async function groupRole(db: Read, caller: Caller, group: Group, today: string): Promise<Role> {
  if (caller.kind === 'anonymous') return 'anonymous';
  if (isAdmin(caller)) return 'admin';
  if (caller.kind === 'job') return 'outsider';
  return roleOfLevel(await accessLevel(db, caller.user.id, { namespace_id: group.id }, today));
}
