import { isAdmin } from '../access/caller.ts';
import { Type } from 'typebox';
import { allowsOnGroup, type Visibility } from '../access/permissions.ts';
import { apiError, notFound } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { pageParams, type PageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { commaList, filled, subjectId } from '../http/parameters.ts';
import { type Call, groupRoute, type Reply, route, type Route } from '../http/route.ts';
import { groupRole } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { createGroup } from '../projects/create-group.ts';
import { deleteGroup } from '../projects/delete-project.ts';
import { countInGroups } from '../projects/group-count-store.ts';
import { findGroup, type GroupFilter, listGroups } from '../projects/group-store.ts';
import { listProjects } from '../projects/project-store.ts';
import { updateGroup } from '../projects/update-group.ts';
import { VISIBILITIES } from '../projects/visibility.ts';
import { Message } from './entities/entity.ts';
import { Group, GroupDetails, groupDetails, groupOf } from './entities/group.ts';
import { presentProjects } from './present-projects.ts';
import { tokenInterval } from './project-settings.ts';
import { needOneOf, userOf, viewerOf } from './reader.ts';

const tag = 'Groups';
const one = { id: subjectId };
const listParams = {
  ...pageParams,
  order_by: Type.Optional(Type.Enum(['id', 'name', 'path'])),
  search: Type.Optional(Type.String()),
  visibility: Type.Optional(Type.Enum([...VISIBILITIES])),
  owned: Type.Optional(Type.Boolean()),
  all_available: Type.Optional(Type.Boolean()),
  min_access_level: Type.Optional(Type.Integer()),
  skip_groups: Type.Optional(commaList()),
  with_counts: Type.Boolean({ default: false }),
};
const changeable = {
  description: Type.Optional(Type.String()),
  visibility: Type.Optional(Type.Enum([...VISIBILITIES])),
};

/** Of the group's own runners, of those of groups below it, and of its projects'. */
const tokenIntervals = {
  runner_token_expiration_interval: Type.Optional(tokenInterval()),
  subgroup_runner_token_expiration_interval: Type.Optional(tokenInterval()),
  project_runner_token_expiration_interval: Type.Optional(tokenInterval()),
};

interface ListParams extends PageParams {
  order_by?: 'id' | 'name' | 'path';
  search?: string;
  visibility?: string;
  owned?: boolean;
  min_access_level?: number;
  skip_groups?: string[];
  with_counts: boolean;
}

/** Groups and their subgroups. */
export function groupRoutes({ db, clock, url }: Parts): Route[] {
  const page = async (call: Call<ListParams>, where: GroupFilter): Promise<Reply> => {
    const { params, caller } = call;
    const request = pageRequest(params, 'asc', 'Group');
    const { search, visibility, order_by = 'name' } = params;
    const filter: GroupFilter = {
      ...where,
      ...(search ? { search } : {}),
      ...(visibility ? { visibility } : {}),
      ...leastOf(params),
      skip_groups: (params.skip_groups ?? []).map(Number).filter(Number.isSafeInteger),
    };
    const order = order_by === 'id' ? undefined : order_by;
    const found = await listGroups(db.read, filter, viewerOf(caller, clock()), request, order);
    const ids = params.with_counts ? found.items.map(({ id }) => id) : [];
    const counts = await countInGroups(db.read, viewerOf(caller, clock()), ids);
    const items = found.items.map((group) => groupOf(group, url(), counts.get(group.id)));
    return pageReply(placeOf(url(), call), request, { ...found, items });
  };
  const below = (path: string, summary: string, where: (id: number) => GroupFilter) =>
    groupRoute({
      method: 'GET',
      path,
      summary,
      tag,
      ability: 'read_group',
      params: Type.Object({ ...listParams, ...one }),
      reply: Type.Array(Group),
      handler: async (call) => page(call, where(call.group.id)),
    });
  return [
    route({
      method: 'GET',
      path: '/groups',
      summary: 'List the groups that the caller may see',
      tag,
      ability: 'read_public',
      params: Type.Object({ ...listParams, top_level_only: Type.Optional(Type.Boolean()) }),
      reply: Type.Array(Group),
      handler: async (call) => page(call, call.params.top_level_only ? { top_level_only: true } : {}),
    }),
    route({
      method: 'POST',
      path: '/groups',
      summary: 'Make a group, or with parent_id a subgroup',
      tag,
      ability: 'create_group',
      params: Type.Object({
        name: filled(),
        path: filled(),
        ...changeable,
        parent_id: Type.Optional(Type.Integer()),
      }),
      reply: GroupDetails,
      handler: async ({ caller, params }) => {
        const { name, path, description = '', visibility = 'private', parent_id = null } = params;
        if (parent_id !== null) {
          const parent = await findGroup(db.read, String(parent_id));
          if (!parent) throw notFound('Group');
          const role = await groupRole(db.read, caller, parent, dayOf(clock()));
          const seen = parent.visibility as Visibility;
          if (!allowsOnGroup('read_group', role, seen)) throw notFound('Group');
          if (!allowsOnGroup('create_subgroup', role, seen)) throw apiError('forbidden');
        }
        const given = { name, path, description, visibility, parent_id };
        const group = await createGroup(db, given, userOf(caller).id, clock());
        return groupDetails(group, url(), []);
      },
    }),
    groupRoute({
      method: 'GET',
      path: '/groups/:id',
      summary: 'One group, with its first projects unless told otherwise',
      tag,
      ability: 'read_group',
      params: Type.Object({ ...one, with_projects: Type.Boolean({ default: true }) }),
      reply: GroupDetails,
      handler: async ({ group, caller, params }) => {
        if (!params.with_projects) return groupDetails(group, url(), null);
        const first = { keyset: true, sort: 'desc', limit: 100, offset: 0, after: null } as const;
        const viewer = viewerOf(caller, clock());
        const { items } = await listProjects(db.read, { namespace_ids: [group.id] }, viewer, first);
        const presenter = { db, url: url(), caller, now: clock() };
        return groupDetails(group, url(), await presentProjects(presenter, items));
      },
    }),
    groupRoute({
      method: 'PUT',
      path: '/groups/:id',
      summary: 'Change a group',
      tag,
      ability: 'admin_group',
      params: Type.Object({
        ...one,
        ...changeable,
        ...tokenIntervals,
        name: Type.Optional(filled()),
        path: Type.Optional(filled()),
        storage_limit: Type.Optional(
          Type.Union([
            Type.Integer({
              minimum: 1,
              description:
                'Bytes of artifacts and logs in all projects below; null for any. For administrators',
            }),
            Type.Null(),
          ]),
        ),
      }),
      reply: GroupDetails,
      handler: async ({ group, params, caller }) => {
        const { id: _, ...changes } = params;
        needOneOf(changes, [
          'name',
          'path',
          'storage_limit',
          ...Object.keys({ ...changeable, ...tokenIntervals }),
        ]);
        if (changes.storage_limit !== undefined && !isAdmin(caller)) throw apiError('forbidden');
        return groupDetails(await updateGroup(db, group.id, changes, clock()), url(), null);
      },
    }),
    groupRoute({
      method: 'DELETE',
      path: '/groups/:id',
      summary: 'Delete a group with its subgroups and all their projects',
      tag,
      ability: 'admin_group',
      status: 202,
      params: Type.Object(one),
      reply: Message,
      handler: async ({ group }) => {
        await deleteGroup(db, group.id, clock());
        return { message: '202 Accepted' };
      },
    }),
    below('/groups/:id/subgroups', 'List the groups directly in a group', (parent_id) => ({ parent_id })),
    below('/groups/:id/descendant_groups', 'List all groups below a group', (id) => ({ below: id })),
  ];
}

/** The level that the caller must have: `owned` and `min_access_level` ask for one. */
function leastOf({ owned, min_access_level }: ListParams): { least?: number } {
  if (owned) return { least: Math.max(50, min_access_level ?? 0) };
  return min_access_level === undefined ? {} : { least: min_access_level };
}
