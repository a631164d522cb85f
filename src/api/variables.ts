import { Type } from 'typebox';
import { pageParams } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { groupRoute, projectRoute, route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { CiVariable, ciVariable, InstanceVariable, instanceVariable } from './entities/variable.ts';
import {
  changeParams,
  changeScopedParams,
  keyParams,
  newParams,
  newScopedParams,
  scopedKeyParams,
  variableCalls,
} from './variable-calls.ts';

const id = { id: subjectId };

/** The variables that projects, groups and the server give to jobs. */
export function variableRoutes(parts: Parts): Route[] {
  return [...ofProjects(parts), ...ofGroups(parts), ...ofServer(parts)];
}

const ownerOf = (project: { id: number }) => ({ project_id: project.id, namespace_id: null });

function ofProjects(parts: Parts): Route[] {
  const common = { tag: 'Project-level CI/CD variables', ability: 'admin_cicd_variables' } as const;
  const reads = { ...common, method: 'GET', authenticate: true } as const;
  const most = { most: parts.limits.project_ci_variables, name: 'project ci variables' };
  const calls = variableCalls(parts, 'Variable', most, ciVariable);
  return [
    projectRoute({
      ...reads,
      path: '/projects/:id/variables',
      summary: 'List the variables of a project',
      params: Type.Object({ ...pageParams, ...id }),
      reply: Type.Array(CiVariable),
      handler: (call) => calls.list(ownerOf(call.project), call),
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/variables/:key',
      summary: 'Get a variable of a project',
      params: Type.Object({ ...id, ...scopedKeyParams }),
      reply: CiVariable,
      handler: ({ project, params }) => calls.get(ownerOf(project), params),
    }),
    projectRoute({
      ...common,
      method: 'POST',
      path: '/projects/:id/variables',
      summary: 'Give a project a variable',
      params: Type.Object({ ...id, ...newScopedParams }),
      reply: CiVariable,
      handler: ({ project, params }) => calls.create(ownerOf(project), params),
    }),
    projectRoute({
      ...common,
      method: 'PUT',
      path: '/projects/:id/variables/:key',
      summary: 'Change a variable of a project',
      params: Type.Object({ ...id, ...scopedKeyParams, ...changeScopedParams }),
      reply: CiVariable,
      handler: ({ project, params }) => calls.change(ownerOf(project), params),
    }),
    projectRoute({
      ...common,
      method: 'DELETE',
      path: '/projects/:id/variables/:key',
      summary: 'Take a variable from a project',
      params: Type.Object({ ...id, ...scopedKeyParams }),
      reply: null,
      handler: ({ project, params }) => calls.remove(ownerOf(project), params),
    }),
  ];
}

const ownerOfGroup = (group: { id: number }) => ({ project_id: null, namespace_id: group.id });

function ofGroups(parts: Parts): Route[] {
  const common = { tag: 'Group-level CI/CD variables', ability: 'admin_group_cicd_variables' } as const;
  const reads = { ...common, method: 'GET', authenticate: true } as const;
  const most = { most: parts.limits.group_ci_variables, name: 'group ci variables' };
  const calls = variableCalls(parts, 'GroupVariable', most, ciVariable);
  return [
    groupRoute({
      ...reads,
      path: '/groups/:id/variables',
      summary: 'List the variables of a group',
      params: Type.Object({ ...pageParams, ...id }),
      reply: Type.Array(CiVariable),
      handler: (call) => calls.list(ownerOfGroup(call.group), call),
    }),
    groupRoute({
      ...reads,
      path: '/groups/:id/variables/:key',
      summary: 'Get a variable of a group',
      params: Type.Object({ ...id, ...scopedKeyParams }),
      reply: CiVariable,
      handler: ({ group, params }) => calls.get(ownerOfGroup(group), params),
    }),
    groupRoute({
      ...common,
      method: 'POST',
      path: '/groups/:id/variables',
      summary: 'Give a group a variable, and so all projects below',
      params: Type.Object({ ...id, ...newScopedParams }),
      reply: CiVariable,
      handler: ({ group, params }) => calls.create(ownerOfGroup(group), params),
    }),
    groupRoute({
      ...common,
      method: 'PUT',
      path: '/groups/:id/variables/:key',
      summary: 'Change a variable of a group',
      params: Type.Object({ ...id, ...scopedKeyParams, ...changeScopedParams }),
      reply: CiVariable,
      handler: ({ group, params }) => calls.change(ownerOfGroup(group), params),
    }),
    groupRoute({
      ...common,
      method: 'DELETE',
      path: '/groups/:id/variables/:key',
      summary: 'Take a variable from a group',
      params: Type.Object({ ...id, ...scopedKeyParams }),
      reply: null,
      handler: ({ group, params }) => calls.remove(ownerOfGroup(group), params),
    }),
  ];
}

const SERVER = { project_id: null, namespace_id: null };

function ofServer(parts: Parts): Route[] {
  const common = { tag: 'Instance-level CI/CD variables', ability: 'admin_instance_variables' } as const;
  const reads = { ...common, method: 'GET', authenticate: true } as const;
  const most = { most: parts.limits.ci_instance_level_variables, name: 'ci instance level variables' };
  const calls = variableCalls(parts, 'InstanceVariable', most, instanceVariable);
  return [
    route({
      ...reads,
      path: '/admin/ci/variables',
      summary: 'List the variables of the server',
      params: Type.Object(pageParams),
      reply: Type.Array(InstanceVariable),
      handler: (call) => calls.list(SERVER, call),
    }),
    route({
      ...reads,
      path: '/admin/ci/variables/:key',
      summary: 'Get a variable of the server',
      params: Type.Object(keyParams),
      reply: InstanceVariable,
      handler: ({ params }) => calls.get(SERVER, params),
    }),
    route({
      ...common,
      method: 'POST',
      path: '/admin/ci/variables',
      summary: 'Give the server a variable, and so all projects',
      params: Type.Object(newParams),
      reply: InstanceVariable,
      handler: ({ params }) => calls.create(SERVER, params),
    }),
    route({
      ...common,
      method: 'PUT',
      path: '/admin/ci/variables/:key',
      summary: 'Change a variable of the server',
      params: Type.Object({ ...keyParams, ...changeParams }),
      reply: InstanceVariable,
      handler: ({ params }) => calls.change(SERVER, params),
    }),
    route({
      ...common,
      method: 'DELETE',
      path: '/admin/ci/variables/:key',
      summary: 'Take a variable from the server',
      params: Type.Object(keyParams),
      reply: null,
      handler: ({ params }) => calls.remove(SERVER, params),
    }),
  ];
}
