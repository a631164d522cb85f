import type { Kysely, Selectable } from 'kysely';
import {
  allowsOnProject,
  type ProjectAbility,
  type Role,
  roleOfLevel,
  type Visibility,
} from '../access/permissions.ts';
import { padded } from '../db/compiled.ts';
import type { Projects } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';
import { namespaceLevels, projectLevels, type Viewer } from './reach-store.ts';

type Row = Selectable<Projects>;
/** What decides who may do what in a project. */
type Facts = Pick<
  Row,
  'id' | 'namespace_id' | 'visibility' | 'archived' | 'public_jobs' | 'builds_access_level'
>;

/** The viewer's role on each of these projects: two statements, however many they are. */
async function projectRoles(
  db: Kysely<Tables>,
  viewer: Viewer,
  projects: readonly Pick<Row, 'id' | 'namespace_id'>[],
): Promise<Map<number, Role>> {
  if (viewer.user_id === null || viewer.admin)
    return new Map(projects.map(({ id }) => [id, viewer.admin ? 'admin' : 'anonymous']));
  const namespaces = [...new Set(projects.map(({ namespace_id }) => namespace_id))];
  const [direct, inherited] = await Promise.all([
    projectLevels(
      db,
      viewer,
      projects.map(({ id }) => id),
    ),
    namespaceLevels(db, viewer, namespaces),
  ]);
  return new Map(
    projects.map(({ id, namespace_id }) => {
      const level = Math.max(direct.get(id) ?? 0, inherited.get(namespace_id) ?? 0);
      return [id, roleOfLevel(level)];
    }),
  );
}

/** Whether somebody of this role sees the project, and has the ability there. */
export function opensTo(project: Facts, role: Role | undefined, ability: ProjectAbility): boolean {
  if (role === undefined) return false;
  const subject = { ...project, visibility: project.visibility as Visibility };
  return allowsOnProject('read_project', role, subject) && allowsOnProject(ability, role, subject);
}

/** Of a project, what is told where one of its pipelines or jobs is. */
export type NamedProject = Facts & Pick<Row, 'path_with_namespace' | 'name_with_namespace'>;

/** Those of the projects in which the viewer has the ability, by id: three statements. */
export async function projectsOpenTo(
  db: Kysely<Tables>,
  viewer: Viewer,
  ids: readonly number[],
  ability: ProjectAbility,
): Promise<Map<number, NamedProject>> {
  if (ids.length === 0) return new Map();
  const projects = await db
    .selectFrom('projects')
    .select(['id', 'namespace_id', 'visibility', 'archived', 'public_jobs', 'builds_access_level'])
    .select(['path_with_namespace', 'name_with_namespace'])
    .where('id', 'in', padded(ids))
    .where('deleted_at', 'is', null)
    .execute();
  const roles = await projectRoles(db, viewer, projects);
  const open = projects.filter((project) => opensTo(project, roles.get(project.id), ability));
  return new Map(open.map((project) => [project.id, project]));
}
