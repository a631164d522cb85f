import { Type } from 'typebox';
import type { Caller } from '../access/caller.ts';
import { apiError } from '../errors.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import { checkUnmodified } from '../http/unmodified.ts';
import type { Parts } from '../parts.ts';
import { createTrigger } from '../triggers/create-trigger.ts';
import {
  deleteTrigger,
  findTrigger,
  listTriggers,
  type Trigger as Row,
  updateTrigger,
} from '../triggers/trigger-store.ts';
import { decrypt } from '../variables/encrypt.ts';
import { Trigger, triggerOf } from './entities/trigger.ts';
import { userOf } from './job-actions.ts';

const tag = 'Trigger tokens';
const one = { id: subjectId, trigger_id: recordId() };

/** The tokens with which pipelines of a project are triggered. */
export function triggerRoutes(parts: Parts): Route[] {
  const { db, clock, url, secretKey } = parts;
  const manages = { tag, ability: 'manage_trigger', authenticate: true } as const;

  const shown = (row: Row, caller: Caller) =>
    triggerOf(row, isOwner(row, caller) ? decrypt(secretKey, row.token) : row.short_token, url());
  const triggerIn = async (project: { id: number }, id: number) => {
    const row = await findTrigger(db.read, project.id, id);
    if (!row) throw apiError('record_not_found');
    return row;
  };

  return [
    projectRoute({
      ...manages,
      method: 'GET',
      path: '/projects/:id/triggers',
      summary: 'List the trigger tokens of a project',
      params: Type.Object({ ...pageParams, id: subjectId }),
      reply: Type.Array(Trigger),
      handler: async (call) => {
        const request = pageRequest(call.params, 'asc', 'Ci::Trigger');
        const found = await listTriggers(db.read, call.project.id, request);
        const items = found.items.map((row) => shown(row, call.caller));
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      ...manages,
      method: 'GET',
      path: '/projects/:id/triggers/:trigger_id',
      summary: 'Get a trigger token',
      params: Type.Object(one),
      reply: Trigger,
      handler: async ({ params, project, caller }) =>
        shown(await triggerIn(project, params.trigger_id), caller),
    }),
    projectRoute({
      ...manages,
      method: 'POST',
      path: '/projects/:id/triggers',
      summary: 'Create a trigger token',
      params: Type.Object({ id: subjectId, description: Type.String() }),
      reply: Trigger,
      handler: async ({ params: { description }, project, caller }) => {
        const given = { project_id: project.id, owner_id: userOf(caller), description };
        const id = await createTrigger(db, secretKey, given, clock());
        return shown(await triggerIn(project, id), caller);
      },
    }),
    projectRoute({
      ...manages,
      method: 'PUT',
      path: '/projects/:id/triggers/:trigger_id',
      summary: 'Describe a trigger token of your own anew',
      params: Type.Object({ ...one, description: Type.Optional(Type.String()) }),
      reply: Trigger,
      handler: async ({ params: { description, trigger_id }, project, caller }) => {
        const row = await triggerIn(project, trigger_id);
        if (!isOwner(row, caller)) throw apiError('forbidden_because', NOT_THE_OWNER);
        if (description !== undefined)
          await db.write((tx) => updateTrigger(tx, row.id, { description }, clock()));
        return shown(await triggerIn(project, row.id), caller);
      },
    }),
    projectRoute({
      ...manages,
      method: 'POST',
      path: '/projects/:id/triggers/:trigger_id/take_ownership',
      summary: 'Become the owner of a trigger token: its pipelines run as you',
      status: 200,
      params: Type.Object(one),
      reply: Trigger,
      handler: async ({ params, project, caller }) => {
        const { id } = await triggerIn(project, params.trigger_id);
        await db.write((tx) => updateTrigger(tx, id, { owner_id: userOf(caller) }, clock()));
        return shown(await triggerIn(project, id), caller);
      },
    }),
    projectRoute({
      ...manages,
      method: 'DELETE',
      path: '/projects/:id/triggers/:trigger_id',
      summary: 'Delete a trigger token',
      params: Type.Object(one),
      reply: null,
      handler: async ({ params, project, headers }) => {
        const row = await triggerIn(project, params.trigger_id);
        checkUnmodified(headers, row);
        await db.write((tx) => deleteTrigger(tx, row.id));
      },
    }),
  ];
}

const NOT_THE_OWNER = 'The current user is not authorized to update the pipeline trigger token';

const isOwner = ({ owner_id }: Row, { user }: Caller) => user?.id === owner_id;
