import { Type } from 'typebox';
import {
  allowsOnGroup,
  allowsOnInstance,
  allowsOnProject,
  GROUP,
  type GroupAbility,
  INSTANCE,
  type InstanceAbility,
  PROJECT,
  type ProjectAbility,
  ROLES,
  type Role,
  type Visibility,
} from '../access/permissions.ts';
import { isAdmin } from '../access/caller.ts';
import { subjectId } from '../http/parameters.ts';
import { groupRoute, projectRoute, route, type Route } from '../http/route.ts';
import { entity } from './entities/entity.ts';

const ROLE = Type.Enum([...ROLES]);
const PROJECT_ABILITIES = Object.keys(PROJECT) as ProjectAbility[];
const GROUP_ABILITIES = Object.keys(GROUP) as GroupAbility[];
const INSTANCE_ABILITIES = Object.keys(INSTANCE) as InstanceAbility[];

const ProjectAbilities = entity({ role: ROLE, abilities: Type.Array(Type.Enum(PROJECT_ABILITIES)) });
const GroupAbilities = entity({ role: ROLE, abilities: Type.Array(Type.Enum(GROUP_ABILITIES)) });
const InstanceAbilities = entity({ role: ROLE, abilities: Type.Array(Type.Enum(INSTANCE_ABILITIES)) });

const tag = 'Abilities';

/** What the caller may do: on the server, in a group, in a project. */
export function abilityRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/abilities',
      summary: 'List what the caller may do on the server',
      tag,
      ability: 'read_public',
      params: Type.Object({}),
      reply: InstanceAbilities,
      handler: async ({ caller }) => {
        const role: Role = caller.user === null ? 'anonymous' : isAdmin(caller) ? 'admin' : 'outsider';
        return { role, abilities: INSTANCE_ABILITIES.filter((ability) => allowsOnInstance(ability, role)) };
      },
    }),
    groupRoute({
      method: 'GET',
      path: '/groups/:id/abilities',
      summary: 'List what the caller may do in a group',
      tag,
      ability: 'read_group',
      params: Type.Object({ id: subjectId }),
      reply: GroupAbilities,
      handler: async ({ group, role }) => {
        const visibility = group.visibility as Visibility;
        return { role, abilities: GROUP_ABILITIES.filter((each) => allowsOnGroup(each, role, visibility)) };
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/abilities',
      summary: 'List what the caller may do in a project as it is now',
      tag,
      ability: 'read_project',
      params: Type.Object({ id: subjectId }),
      reply: ProjectAbilities,
      handler: async ({ project, role }) => {
        const subject = { ...project, visibility: project.visibility as Visibility };
        return { role, abilities: PROJECT_ABILITIES.filter((each) => allowsOnProject(each, role, subject)) };
      },
    }),
  ];
}
