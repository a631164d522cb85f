import { Type } from 'typebox';
import { findUser } from '../access/access-store.ts';
import { type Caller, isAdmin, type PersonalAccessToken } from '../access/caller.ts';
import { createPersonalAccessToken } from '../access/create-personal-access-token.ts';
import { rotatePersonalAccessToken } from '../access/rotate-personal-access-token.ts';
import { findTokenById, listTokens, revokeTokenRow, type TokenFilter } from '../access/token-store.ts';
import { OWN_SCOPES, PERSONS_SCOPES, SCOPES } from '../access/token-scopes.ts';
import { apiError, badParameters, notFound } from '../errors.ts';
import { dayGiven, dayOf } from '../http/day.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { filled, listOf } from '../http/parameters.ts';
import { route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { CreatedTokenReply, createdToken, Token, tokenOf } from './entities/token.ts';
import { momentOf } from './job-filter.ts';
import { userOf } from './reader.ts';

const tag = 'Personal access tokens';
const day = Type.Optional(Type.String({ description: '`YYYY-MM-DD`' }));
const moment = Type.Optional(Type.String({ description: 'ISO 8601' }));
const ORDERS = {
  created: 'created_at',
  expires: 'expires_at',
  last_used: 'last_used_at',
  name: 'name',
} as const;
type Order = keyof typeof ORDERS;
const SORTS = (Object.keys(ORDERS) as Order[]).flatMap((name) => [`${name}_asc`, `${name}_desc`]);

const newToken = { name: filled(), description: Type.Optional(Type.String()), expires_at: day };

/** The tokens that stand for a person. */
export function tokenRoutes({ db, clock, url }: Parts): Route[] {
  /** @throws 401, or 404 for an administrator, when there is no such token for the caller */
  const tokenFor = async (caller: Caller, id: number) => {
    const token = await findTokenById(db.read, id);
    if (token && (isAdmin(caller) || token.user_id === caller.user?.id)) return token;
    throw apiError(isAdmin(caller) ? 'not_found' : 'unauthorized');
  };
  const revoke = async ({ id }: PersonalAccessToken) => {
    if (!(await db.write((tx) => revokeTokenRow(tx, id)))) throw apiError('bad_request');
  };
  const rotate = async (token: PersonalAccessToken, expires_at: string | undefined) => {
    const until = dayGiven('expires_at', expires_at) ?? undefined;
    return createdToken(await rotatePersonalAccessToken(db, token, until, clock()), dayOf(clock()));
  };
  return [
    route({
      method: 'GET',
      path: '/personal_access_tokens',
      summary: 'List personal access tokens: one’s own, or for administrators all',
      tag,
      ability: 'read_own',
      params: Type.Object({
        ...pageParams,
        user_id: Type.Optional(Type.Integer()),
        revoked: Type.Optional(Type.Boolean()),
        state: Type.Optional(Type.Enum(['active', 'inactive'])),
        search: Type.Optional(Type.String()),
        created_before: moment,
        created_after: moment,
        last_used_before: moment,
        last_used_after: moment,
        expires_before: day,
        expires_after: day,
        sort: Type.Optional(Type.Enum(['asc', 'desc', ...SORTS])),
      }),
      reply: Type.Array(Token),
      handler: async (call) => {
        const { params, caller } = call;
        const user = userOf(caller);
        if (!isAdmin(caller) && params.user_id !== undefined && params.user_id !== user.id)
          throw apiError('unauthorized');
        if (params.user_id !== undefined && !(await findUser(db.read, params.user_id)))
          throw apiError('not_found');
        const { order, sort } = orderOf(params.sort);
        const { sort: _, ...rest } = params;
        const wanted = { ...rest, ...(order ? { order_by: order } : {}), ...(sort ? { sort } : {}) };
        const request = pageRequest(wanted, 'asc', 'PersonalAccessToken');
        const filter = tokenFilter(params, isAdmin(caller) ? params.user_id : user.id);
        const today = dayOf(clock());
        const found = await listTokens(db.read, filter, request, today, order);
        const items = found.items.map((row) => tokenOf(row, today));
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    route({
      method: 'GET',
      path: '/personal_access_tokens/self',
      summary: 'The token of this request',
      tag,
      ability: 'read_own',
      scopes: SCOPES,
      params: Type.Object({}),
      reply: Token,
      handler: async ({ caller }) => tokenOf(ownToken(caller), dayOf(clock())),
    }),
    route({
      method: 'GET',
      path: '/personal_access_tokens/:id',
      summary: 'One personal access token',
      tag,
      ability: 'read_own',
      params: Type.Object({ id: Type.Integer() }),
      reply: Token,
      handler: async ({ caller, params }) => tokenOf(await tokenFor(caller, params.id), dayOf(clock())),
    }),
    route({
      method: 'POST',
      path: '/personal_access_tokens/self/rotate',
      summary: 'Replace the token of this request',
      tag,
      ability: 'read_own',
      scopes: ['self_rotate'],
      status: 200,
      params: Type.Object({ expires_at: day }),
      reply: CreatedTokenReply,
      handler: async ({ caller, params }) => rotate(ownToken(caller), params.expires_at),
    }),
    route({
      method: 'POST',
      path: '/personal_access_tokens/:id/rotate',
      summary: 'Replace a personal access token',
      tag,
      ability: 'read_own',
      status: 200,
      params: Type.Object({ id: Type.Integer(), expires_at: day }),
      reply: CreatedTokenReply,
      handler: async ({ caller, params }) => rotate(await tokenFor(caller, params.id), params.expires_at),
    }),
    route({
      method: 'DELETE',
      path: '/personal_access_tokens/self',
      summary: 'Revoke the token of this request',
      tag,
      ability: 'read_own',
      scopes: SCOPES,
      params: Type.Object({}),
      reply: null,
      handler: async ({ caller }) => revoke(ownToken(caller)),
    }),
    route({
      method: 'DELETE',
      path: '/personal_access_tokens/:id',
      summary: 'Revoke a personal access token',
      tag,
      ability: 'read_own',
      params: Type.Object({ id: Type.Integer() }),
      reply: null,
      handler: async ({ caller, params }) => revoke(await tokenFor(caller, params.id)),
    }),
    route({
      method: 'POST',
      path: '/users/:id/personal_access_tokens',
      summary: 'Make a token for a user',
      tag,
      ability: 'admin_users',
      params: Type.Object({ ...newToken, id: Type.Integer(), scopes: listOf(Type.Enum([...SCOPES])) }),
      reply: CreatedTokenReply,
      handler: async ({ params }) => {
        const user = await findUser(db.read, params.id);
        if (!user) throw notFound('User');
        return make(user.id, params);
      },
    }),
    route({
      method: 'POST',
      path: '/user/personal_access_tokens',
      summary: 'Make a token for oneself: of small scope with another token, of any with a session',
      tag,
      ability: 'read_own',
      params: Type.Object({ ...newToken, scopes: listOf(Type.Enum([...PERSONS_SCOPES])) }),
      reply: CreatedTokenReply,
      handler: async ({ caller, params }) => {
        const inPerson = caller.kind === 'user' && caller.token === null;
        if (!inPerson && !params.scopes.every((scope) => OWN_SCOPES.includes(scope)))
          throw badParameters(['scopes does not have a valid value']);
        return make(userOf(caller).id, params);
      },
    }),
  ];

  async function make(
    user_id: number,
    given: { name: string; description?: string; expires_at?: string; scopes: readonly string[] },
  ) {
    const { name, description = null, scopes } = given;
    const expires_at = dayGiven('expires_at', given.expires_at);
    const created = await createPersonalAccessToken(
      db,
      user_id,
      { name, description, scopes, expires_at },
      clock(),
    );
    return createdToken(created, dayOf(clock()));
  }
}

/** @throws 400 when something else than a token of one's own was sent */
function ownToken(caller: Caller): PersonalAccessToken {
  if (caller.kind === 'user' && caller.token) return caller.token;
  throw apiError('bad_request_because', 'This endpoint requires token type to be a personal access token');
}

function orderOf(sort: string | undefined): { order?: (typeof ORDERS)[Order]; sort?: 'asc' | 'desc' } {
  const match = /^(?:(.+)_)?(asc|desc)$/.exec(sort ?? '');
  if (!match) return {};
  const order = match[1] === undefined ? undefined : ORDERS[match[1] as Order];
  return { ...(order ? { order } : {}), sort: match[2] === 'desc' ? 'desc' : 'asc' };
}

interface Filters {
  revoked?: boolean;
  state?: 'active' | 'inactive';
  search?: string;
  created_before?: string;
  created_after?: string;
  last_used_before?: string;
  last_used_after?: string;
  expires_before?: string;
  expires_after?: string;
}

function tokenFilter(params: Filters, user_id: number | undefined): TokenFilter {
  const { revoked, state, search } = params;
  const filter = {
    user_id,
    revoked,
    state,
    search,
    created_before: momentOf('created_before', params.created_before),
    created_after: momentOf('created_after', params.created_after),
    last_used_before: momentOf('last_used_before', params.last_used_before),
    last_used_after: momentOf('last_used_after', params.last_used_after),
    expires_before: dayGiven('expires_before', params.expires_before) ?? undefined,
    expires_after: dayGiven('expires_after', params.expires_after) ?? undefined,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as TokenFilter;
}
