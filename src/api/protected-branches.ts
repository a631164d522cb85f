import { type Static, Type } from 'typebox';
import { ApiError, apiError } from '../errors.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { DEFAULT_BRANCH_RULE } from '../projects/may-update-ref.ts';
import {
  type BranchRule,
  deleteProtection,
  insertProtectedBranch,
  listProtectedBranches,
  protectedBranches,
  updateProtectedBranch,
} from '../projects/protected-ref-store.ts';
import { ProtectedBranch, protectedBranchOf } from './entities/protected-ref.ts';
import { needOneOf } from './reader.ts';

const tag = 'Protected branches';
/** As long as that of a branch or tag may be. */
const refName = Type.String({ blank: false, maxLength: 1024 });
const one = { id: subjectId, name: Type.String({ description: 'A branch, or a pattern with `*`' }) };
/** 0 nobody, 30 developers, 40 maintainers. */
const level = Type.Optional(Type.Enum([0, 30, 40]));
const levels = Type.Optional(
  Type.Array(
    Type.Object({
      access_level: level,
      user_id: Type.Optional(Type.Integer()),
      group_id: Type.Optional(Type.Integer()),
      deploy_key_id: Type.Optional(Type.Integer()),
    }),
    { hash: true },
  ),
);
const rule = {
  push_access_level: level,
  merge_access_level: level,
  allowed_to_push: levels,
  allowed_to_merge: levels,
  allow_force_push: Type.Optional(Type.Boolean()),
  code_owner_approval_required: Type.Optional(Type.Boolean({ description: 'There are no code owners' })),
};
const RuleParams = Type.Object(rule);

/** Who may change which branches. */
export function protectedBranchRoutes({ db, url }: Parts): Route[] {
  const reads = { method: 'GET', tag, ability: 'read_protected', authenticate: true } as const;
  const writes = { tag, ability: 'admin_protected' } as const;
  return [
    projectRoute({
      ...reads,
      path: '/projects/:id/protected_branches',
      summary: 'List the rules for branches',
      params: Type.Object({ ...pageParams, id: subjectId, search: Type.Optional(Type.String()) }),
      reply: Type.Array(ProtectedBranch),
      handler: async (call) => {
        const { params, project } = call;
        const request = pageRequest(params, 'asc');
        const found = await listProtectedBranches(db.read, project.id, params.search, request);
        const items = found.items.map(protectedBranchOf);
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/protected_branches/:name',
      summary: 'One rule for branches',
      params: Type.Object(one),
      reply: ProtectedBranch,
      handler: async ({ params, project }) => {
        const found = (await protectedBranches(db.read, project.id)).find(({ name }) => name === params.name);
        if (!found) throw apiError('record_not_found');
        return protectedBranchOf(found);
      },
    }),
    projectRoute({
      ...writes,
      method: 'POST',
      path: '/projects/:id/protected_branches',
      summary: 'Protect a branch, or all of a pattern',
      params: Type.Object({ ...rule, id: subjectId, name: refName }),
      reply: ProtectedBranch,
      handler: async ({ params, project }) => {
        const { name } = params;
        const values = { project_id: project.id, name, ...DEFAULT_BRANCH_RULE, ...ruleOf(params) };
        const row = await db.write((tx) => insertProtectedBranch(tx, values));
        if (!row) throw new ApiError(409, { message: `Protected branch '${name}' already exists` });
        return protectedBranchOf(row);
      },
    }),
    projectRoute({
      ...writes,
      method: 'PATCH',
      path: '/projects/:id/protected_branches/:name',
      summary: 'Change a rule for branches',
      params: Type.Object({ ...rule, ...one }),
      reply: ProtectedBranch,
      handler: async ({ params, project }) => {
        needOneOf(params, Object.keys(rule));
        const place = { project_id: project.id, name: params.name };
        const row = await db.write((tx) => updateProtectedBranch(tx, place, ruleOf(params)));
        if (!row) throw apiError('record_not_found');
        return protectedBranchOf(row);
      },
    }),
    projectRoute({
      ...writes,
      method: 'DELETE',
      path: '/projects/:id/protected_branches/:name',
      summary: 'Remove a rule for branches',
      params: Type.Object(one),
      reply: null,
      handler: async ({ params, project }) => {
        const place = { project_id: project.id, name: params.name };
        if (!(await db.write((tx) => deleteProtection(tx, 'protected_branches', place))))
          throw apiError('record_not_found');
      },
    }),
  ];
}

/** What the parameters set. @throws 400 for rights of single people, which are not kept */
function ruleOf(params: Static<typeof RuleParams>): Partial<BranchRule> {
  const push = params.push_access_level ?? lowest('allowed_to_push', params.allowed_to_push);
  const merge = params.merge_access_level ?? lowest('allowed_to_merge', params.allowed_to_merge);
  return {
    ...(push === undefined ? {} : { push_access_level: push }),
    ...(merge === undefined ? {} : { merge_access_level: merge }),
    ...(params.allow_force_push === undefined ? {} : { allow_force_push: params.allow_force_push ? 1 : 0 }),
  };
}

/** One level is kept: of several the one that lets most people. */
function lowest(name: string, given: Static<typeof RuleParams>['allowed_to_push']): number | undefined {
  if (given === undefined || given.length === 0) return undefined;
  const found = given.map(({ access_level, ...others }) => {
    if (access_level === undefined || Object.keys(others).length > 0)
      throw apiError('bad_request_because', `${name} takes access levels, not users, groups or keys`);
    return access_level;
  });
  const open = found.filter((least) => least > 0);
  return open.length === 0 ? 0 : Math.min(...open);
}
