import { Type } from 'typebox';
import { isAdmin } from '../access/caller.ts';
import { allowsOnGroup, type Visibility } from '../access/permissions.ts';
import { notFound } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { route, type Route } from '../http/route.ts';
import { groupRole } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { findNamespace, listGroups } from '../projects/group-store.ts';
import { Namespace, namespaceOf } from './entities/namespace.ts';
import { viewerOf } from './reader.ts';

const tag = 'Namespaces';

/** Where projects can lie: groups, and people's own namespaces. */
export const namespaceRoutes = ({ db, clock, url }: Parts): Route[] => [
  route({
    method: 'GET',
    path: '/namespaces',
    summary: 'List the namespaces that are the caller’s or of which they are a member',
    tag,
    ability: 'read_own',
    params: Type.Object({
      ...pageParams,
      search: Type.Optional(Type.String()),
      owned_only: Type.Optional(Type.Boolean()),
      top_level_only: Type.Optional(Type.Boolean()),
    }),
    reply: Type.Array(Namespace),
    handler: async (call) => {
      const { params, caller } = call;
      const request = pageRequest(params, 'asc', 'Namespace');
      const all = isAdmin(caller) && !params.owned_only;
      const filter = {
        kinds: ['group', 'user'] as const,
        ...(params.search ? { search: params.search } : {}),
        ...(params.top_level_only ? { top_level_only: true } : {}),
        ...(all ? {} : { least: params.owned_only ? 50 : 0 }),
      };
      const found = await listGroups(db.read, filter, viewerOf(caller, clock()), request);
      const items = found.items.map((row) => namespaceOf(row, url()));
      return pageReply(placeOf(url(), call), request, { ...found, items });
    },
  }),
  route({
    method: 'GET',
    path: '/namespaces/:id',
    summary: 'One namespace',
    tag,
    ability: 'read_own',
    params: Type.Object({ id: subjectId }),
    reply: Namespace,
    handler: async ({ params, caller }) => {
      const found = await findNamespace(db.read, params.id);
      if (!found) throw notFound('Namespace');
      const role = await groupRole(db.read, caller, found, dayOf(clock()));
      // People's own namespaces are shown to themselves and administrators only.
      const seen = found.kind === 'user' ? 'private' : (found.visibility as Visibility);
      if (!allowsOnGroup('read_group', role, seen)) throw notFound('Namespace');
      return namespaceOf(found, url());
    },
  }),
];
