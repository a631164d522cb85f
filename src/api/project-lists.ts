import { Type } from 'typebox';
import { findUser, findUserByName } from '../access/access-store.ts';
import { findOwnNamespace } from '../access/user-store.ts';
import { notFound } from '../errors.ts';
import { pageParams, type PageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { type Call, groupRoute, type Reply, route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { findSubtree } from '../projects/group-store.ts';
import { listProjects, type ProjectFilter, type ProjectOrder } from '../projects/project-store.ts';
import { VISIBILITIES } from '../projects/visibility.ts';
import { Project, ProjectBasic, projectBasic, projectOf } from './entities/project.ts';
import { presentProjects, presentSimply, withLastPipelines } from './present-projects.ts';
import { viewerOf } from './reader.ts';

const tag = 'Projects';
const ORDERS = [
  'name',
  'path',
  'created_at',
  'updated_at',
  'last_activity_at',
] as const satisfies ProjectOrder[];

const listParams = {
  ...pageParams,
  order_by: Type.Optional(Type.Enum(['id', ...ORDERS])),
  search: Type.Optional(Type.String()),
  visibility: Type.Optional(Type.Enum([...VISIBILITIES])),
  archived: Type.Optional(Type.Boolean()),
  owned: Type.Optional(Type.Boolean()),
  membership: Type.Optional(Type.Boolean()),
  min_access_level: Type.Optional(Type.Integer()),
  simple: Type.Optional(Type.Boolean()),
  with_last_pipeline: Type.Boolean({ default: false }),
};

interface ListParams extends PageParams {
  order_by?: 'id' | ProjectOrder;
  search?: string;
  visibility?: string;
  archived?: boolean;
  owned?: boolean;
  membership?: boolean;
  min_access_level?: number;
  simple?: boolean;
  with_last_pipeline: boolean;
}

/** Projects: of the server, of a group, of a user; always those the caller may see. */
export function projectListRoutes({ db, clock, url }: Parts): Route[] {
  const page = async (call: Call<ListParams>, where: ProjectFilter): Promise<Reply> => {
    const { params, caller } = call;
    const request = pageRequest(params, 'desc', 'Project');
    const { search, visibility, archived, order_by } = params;
    const filter: ProjectFilter = {
      ...where,
      ...(search ? { search } : {}),
      ...(visibility ? { visibility } : {}),
      ...(archived === undefined ? {} : { archived }),
      ...leastOf(params),
    };
    // Ids rise with the moments of creation.
    const order = order_by === 'id' || order_by === 'created_at' ? undefined : order_by;
    const found = await listProjects(db.read, filter, viewerOf(caller, clock()), request, order);
    const presenter = { db, url: url(), caller, now: clock() };
    const items = params.with_last_pipeline
      ? await withLastPipelines(presenter, found.items, params.simple ? projectBasic : projectOf)
      : await (params.simple ? presentSimply : presentProjects)(presenter, found.items);
    return pageReply(placeOf(url(), call), request, { ...found, items });
  };
  const reply = Type.Array(Type.Union([Project, ProjectBasic]));
  return [
    route({
      method: 'GET',
      path: '/projects',
      summary: 'List the projects that the caller may see',
      tag,
      ability: 'read_public',
      params: Type.Object(listParams),
      reply,
      handler: async (call) => page(call, {}),
    }),
    groupRoute({
      method: 'GET',
      path: '/groups/:id/projects',
      summary: 'List the projects of a group',
      tag,
      ability: 'read_group',
      params: Type.Object({
        ...listParams,
        id: subjectId,
        include_subgroups: Type.Boolean({ default: false }),
        with_shared: Type.Optional(Type.Boolean()),
      }),
      reply,
      handler: async (call) => {
        const { group, params } = call;
        const namespace_ids = params.include_subgroups ? await findSubtree(db.read, group.id) : [group.id];
        return page(call, { namespace_ids });
      },
    }),
    route({
      method: 'GET',
      path: '/users/:id/projects',
      summary: 'List the projects in a user’s own namespace',
      tag,
      ability: 'read_public',
      params: Type.Object({ ...listParams, id: subjectId }),
      reply,
      handler: async (call) => {
        const { id } = call.params;
        const user = /^\d{1,15}$/.test(id)
          ? await findUser(db.read, Number(id))
          : await findUserByName(db.read, id);
        if (!user) throw notFound('User');
        const namespace = await findOwnNamespace(db.read, user.id);
        return page(call, { owner_namespace_id: namespace?.id ?? 0 });
      },
    }),
  ];
}

/** The level that the caller must have: `owned`, `membership` and `min_access_level` ask for one. */
function leastOf({ owned, membership, min_access_level }: ListParams): { least?: number } {
  if (owned) return { least: Math.max(50, min_access_level ?? 0) };
  if (min_access_level !== undefined) return { least: min_access_level };
  return membership ? { least: 1 } : {};
}
