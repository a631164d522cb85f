import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { pageParams } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import {
  type Call,
  groupRoute,
  type Handler,
  type Method,
  projectRoute,
  route,
  type Route,
} from '../http/route.ts';
import type { Parts } from '../parts.ts';
import type { Owner } from '../variables/variable-store.ts';
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
const owned = {
  list: Type.Object({ ...pageParams, ...id }),
  one: Type.Object({ ...id, ...scopedKeyParams }),
  create: Type.Object({ ...id, ...newScopedParams }),
  change: Type.Object({ ...id, ...scopedKeyParams, ...changeScopedParams }),
  reply: CiVariable,
};
const instance = {
  list: Type.Object(pageParams),
  one: Type.Object(keyParams),
  create: Type.Object(newParams),
  change: Type.Object({ ...keyParams, ...changeParams }),
  reply: InstanceVariable,
};

/** The variables that projects, groups and the server give to jobs. */
export function variableRoutes(parts: Parts): Route[] {
  const { project_ci_variables, group_ci_variables, ci_instance_level_variables } = parts.limits;
  const ofProject = { most: project_ci_variables, name: 'project ci variables' };
  const ofGroup = { most: group_ci_variables, name: 'group ci variables' };
  const ofInstance = { most: ci_instance_level_variables, name: 'ci instance level variables' };
  return [
    ...routesOf({
      path: '/projects/:id/variables',
      owner: 'a project',
      schemas: owned,
      calls: variableCalls(parts, 'Variable', ofProject, ciVariable),
      build: (options) =>
        projectRoute({
          ...options,
          tag: 'Project-level CI/CD variables',
          ability: 'admin_cicd_variables',
          handler: (call) => options.handler({ project_id: call.project.id, namespace_id: null }, call),
        }),
    }),
    ...routesOf({
      path: '/groups/:id/variables',
      owner: 'a group',
      reach: ', and so all projects below',
      schemas: owned,
      calls: variableCalls(parts, 'GroupVariable', ofGroup, ciVariable),
      build: (options) =>
        groupRoute({
          ...options,
          tag: 'Group-level CI/CD variables',
          ability: 'admin_group_cicd_variables',
          handler: (call) => options.handler({ project_id: null, namespace_id: call.group.id }, call),
        }),
    }),
    ...routesOf({
      path: '/admin/ci/variables',
      owner: 'the server',
      reach: ', and so all projects',
      schemas: instance,
      calls: variableCalls(parts, 'InstanceVariable', ofInstance, instanceVariable),
      build: (options) =>
        route({
          ...options,
          tag: 'Instance-level CI/CD variables',
          ability: 'admin_instance_variables',
          handler: (call) => options.handler({ project_id: null, namespace_id: null }, call),
        }),
    }),
  ];
}

interface Place {
  path: string;
  /** As summaries name it. */
  owner: string;
  /** Who else gets what is given to the owner. */
  reach?: string;
  schemas: typeof instance;
  calls: ReturnType<typeof variableCalls<Static<typeof InstanceVariable>>>;
  /** Makes a route of these options, whose handler is told the owner. */
  build: <P extends TObject, R extends TSchema | null>(options: {
    method: Method;
    path: string;
    summary: string;
    authenticate?: true;
    params: P;
    reply: R;
    handler: (owner: Owner, call: Call<Static<P>>) => ReturnType<Handler<never, R>>;
  }) => Route;
}

function routesOf({ path, owner: of, reach = '', schemas, calls, build }: Place): Route[] {
  const { reply } = schemas;
  const read = { method: 'GET', authenticate: true } as const;
  const one = { path: `${path}/:key`, params: schemas.one, reply };
  return [
    build({
      ...read,
      path,
      summary: `List the variables of ${of}`,
      params: schemas.list,
      reply: Type.Array(reply),
      handler: (owner, call) => calls.list(owner, call),
    }),
    build({
      ...one,
      ...read,
      summary: `Get a variable of ${of}`,
      handler: (owner, { params }) => calls.get(owner, params),
    }),
    build({
      method: 'POST',
      path,
      summary: `Give ${of} a variable${reach}`,
      params: schemas.create,
      reply,
      handler: (owner, { params }) => calls.create(owner, params),
    }),
    build({
      ...one,
      method: 'PUT',
      summary: `Change a variable of ${of}`,
      params: schemas.change,
      handler: (owner, { params }) => calls.change(owner, params),
    }),
    build({
      ...one,
      method: 'DELETE',
      summary: `Take a variable from ${of}`,
      reply: null,
      handler: (owner, { params }) => calls.remove(owner, params),
    }),
  ];
}
