import { Type } from 'typebox';
import { allowsOnGroup, allowsOnProject, type Role, type Visibility } from '../access/permissions.ts';
import { pageParams } from '../http/paging.ts';
import { commaList, subjectId } from '../http/parameters.ts';
import { groupRoute, projectRoute, type Route } from '../http/route.ts';
import type { Group, Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { Member } from './entities/member.ts';
import { Added, type At, memberActions } from './member-actions.ts';

const tag = 'Members';
const one = { id: subjectId, user_id: Type.Integer() };
const end = Type.Optional(Type.String({ description: '`YYYY-MM-DD`' }));
const listParams = {
  ...pageParams,
  id: subjectId,
  query: Type.Optional(Type.String()),
  user_ids: Type.Optional(commaList()),
};
const newMember = {
  id: subjectId,
  user_id: Type.Optional(Type.String({ description: 'A number, or several with commas' })),
  username: Type.Optional(Type.String()),
  access_level: Type.Integer(),
  expires_at: end,
};
const changed = {
  ...one,
  access_level: Type.Integer(),
  expires_at: Type.Optional(Type.Union([Type.String(), Type.Null()])),
};
const removed = { ...one, skip_subresources: Type.Boolean({ default: false }) };
const inProject = ({ project, role }: { project: Project; role: Role }): At => ({
  at: { project_id: project.id },
  inherits_from: project.namespace_id,
  project_id: project.id,
  namespace_id: project.namespace_id,
  role,
  administers: allowsOnProject('admin_project_member', role, {
    ...project,
    visibility: project.visibility as Visibility,
  }),
});

const inGroup = ({ group, role }: { group: Group; role: Role }): At => ({
  at: { namespace_id: group.id },
  inherits_from: group.parent_id,
  project_id: null,
  namespace_id: group.id,
  role,
  administers: allowsOnGroup('admin_group_member', role, group.visibility as Visibility),
});

/** The members of projects and of groups. */
export function memberRoutes(parts: Parts): Route[] {
  const act = memberActions(parts);
  const of = { authenticate: true, tag } as const;
  const read = { ...of, method: 'GET' } as const;
  const list = { ...read, params: Type.Object(listParams), reply: Type.Array(Member) };
  const show = { ...read, params: Type.Object(one), reply: Member };
  const add = { ...of, method: 'POST', params: Type.Object(newMember), reply: Added } as const;
  const change = { ...of, method: 'PUT', params: Type.Object(changed), reply: Member } as const;
  const remove = { ...of, method: 'DELETE', params: Type.Object(removed), reply: null } as const;
  const all = ' with those of the groups above it';
  return [
    projectRoute({
      ...list,
      path: '/projects/:id/members',
      summary: 'List the members of a project',
      ability: 'read_member',
      handler: async (call) => act.list(inProject(call), call, false),
    }),
    projectRoute({
      ...list,
      path: '/projects/:id/members/all',
      summary: `List the members of a project${all}`,
      ability: 'read_member',
      handler: async (call) => act.list(inProject(call), call, true),
    }),
    projectRoute({
      ...show,
      path: '/projects/:id/members/:user_id',
      summary: 'One member of a project',
      ability: 'read_member',
      handler: async (call) => act.show(inProject(call), call.params.user_id, false),
    }),
    projectRoute({
      ...show,
      path: '/projects/:id/members/all/:user_id',
      summary: 'One member of a project, inherited or not',
      ability: 'read_member',
      handler: async (call) => act.show(inProject(call), call.params.user_id, true),
    }),
    projectRoute({
      ...add,
      path: '/projects/:id/members',
      summary: 'Add members to a project',
      ability: 'admin_project_member',
      handler: async (call) => act.add(inProject(call), call),
    }),
    projectRoute({
      ...change,
      path: '/projects/:id/members/:user_id',
      summary: 'Change a member of a project',
      ability: 'admin_project_member',
      handler: async (call) => act.change(inProject(call), call),
    }),
    projectRoute({
      ...remove,
      path: '/projects/:id/members/:user_id',
      summary: 'Remove a member from a project, or leave it',
      ability: 'read_member',
      handler: async (call) => act.remove(inProject(call), call),
    }),
    groupRoute({
      ...list,
      path: '/groups/:id/members',
      summary: 'List the members of a group',
      ability: 'read_group_member',
      handler: async (call) => act.list(inGroup(call), call, false),
    }),
    groupRoute({
      ...list,
      path: '/groups/:id/members/all',
      summary: `List the members of a group${all}`,
      ability: 'read_group_member',
      handler: async (call) => act.list(inGroup(call), call, true),
    }),
    groupRoute({
      ...show,
      path: '/groups/:id/members/:user_id',
      summary: 'One member of a group',
      ability: 'read_group_member',
      handler: async (call) => act.show(inGroup(call), call.params.user_id, false),
    }),
    groupRoute({
      ...show,
      path: '/groups/:id/members/all/:user_id',
      summary: 'One member of a group, inherited or not',
      ability: 'read_group_member',
      handler: async (call) => act.show(inGroup(call), call.params.user_id, true),
    }),
    groupRoute({
      ...add,
      path: '/groups/:id/members',
      summary: 'Add members to a group',
      ability: 'admin_group_member',
      handler: async (call) => act.add(inGroup(call), call),
    }),
    groupRoute({
      ...change,
      path: '/groups/:id/members/:user_id',
      summary: 'Change a member of a group',
      ability: 'admin_group_member',
      handler: async (call) => act.change(inGroup(call), call),
    }),
    groupRoute({
      ...remove,
      path: '/groups/:id/members/:user_id',
      summary: 'Remove a member from a group, or leave it',
      ability: 'read_group_member',
      handler: async (call) => act.remove(inGroup(call), call),
    }),
  ];
}
