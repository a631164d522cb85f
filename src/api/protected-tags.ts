import { Type } from 'typebox';
import { ACCESS_LEVELS } from '../access/permissions.ts';
import { ApiError, apiError } from '../errors.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import {
  deleteProtection,
  insertProtectedTag,
  listProtectedTags,
  protectedTags,
} from '../projects/protected-ref-store.ts';
import { ProtectedTag, protectedTagOf } from './entities/protected-ref.ts';

const tag = 'Protected tags';
/** As long as that of a branch or tag may be. */
const refName = Type.String({ blank: false, maxLength: 1024 });
const one = { id: subjectId, name: Type.String({ description: 'A tag, or a pattern with `*`' }) };

/** Who may make which tags. */
export function protectedTagRoutes({ db, url }: Parts): Route[] {
  const reads = { method: 'GET', tag, ability: 'read_protected', authenticate: true } as const;
  const writes = { tag, ability: 'admin_protected' } as const;
  return [
    projectRoute({
      ...reads,
      path: '/projects/:id/protected_tags',
      summary: 'List the rules for tags',
      params: Type.Object({ ...pageParams, id: subjectId }),
      reply: Type.Array(ProtectedTag),
      handler: async (call) => {
        const request = pageRequest(call.params, 'asc');
        const found = await listProtectedTags(db.read, call.project.id, request);
        const items = found.items.map(protectedTagOf);
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/protected_tags/:name',
      summary: 'One rule for tags',
      params: Type.Object(one),
      reply: ProtectedTag,
      handler: async ({ params, project }) => {
        const found = (await protectedTags(db.read, project.id)).find(({ name }) => name === params.name);
        if (!found) throw apiError('record_not_found');
        return protectedTagOf(found);
      },
    }),
    projectRoute({
      ...writes,
      method: 'POST',
      path: '/projects/:id/protected_tags',
      summary: 'Protect a tag, or all of a pattern',
      params: Type.Object({
        id: subjectId,
        name: refName,
        create_access_level: Type.Enum([0, 30, 40], { default: ACCESS_LEVELS.maintainer }),
      }),
      reply: ProtectedTag,
      handler: async ({ params: { name, create_access_level }, project }) => {
        const values = { project_id: project.id, name, create_access_level };
        const row = await db.write((tx) => insertProtectedTag(tx, values));
        if (!row) throw new ApiError(422, { message: ['Name has already been taken'] });
        return protectedTagOf(row);
      },
    }),
    projectRoute({
      ...writes,
      method: 'DELETE',
      path: '/projects/:id/protected_tags/:name',
      summary: 'Remove a rule for tags',
      params: Type.Object(one),
      reply: null,
      handler: async ({ params, project }) => {
        const place = { project_id: project.id, name: params.name };
        if (!(await db.write((tx) => deleteProtection(tx, 'protected_tags', place))))
          throw apiError('record_not_found');
      },
    }),
  ];
}
