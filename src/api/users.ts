import { Type } from 'typebox';
import { findUser } from '../access/access-store.ts';
import { isAdmin, type User } from '../access/caller.ts';
import { findIdentities } from '../access/identity-store.ts';
import { createUser } from '../access/create-user.ts';
import { findOwnNamespaceIds, listUsers, type UserFilter } from '../access/user-store.ts';
import { activateUser, blockUser, deactivateUser, unblockUser } from '../access/set-user-state.ts';
import { notFound } from '../errors.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { filled } from '../http/parameters.ts';
import { type Call, route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { deleteUser } from '../projects/delete-user.ts';
import { changeUser } from '../projects/update-user.ts';
import {
  PROFILE_FIELDS,
  UserBasic,
  userBasic,
  UserDetails,
  userDetails,
  UserInJob,
  userInJob,
} from './entities/user.ts';
import { momentOf } from './job-filter.ts';
import { identityParams, linkGiven } from './identities.ts';
import { presentUser } from './present-user.ts';
import { needOneOf, readerOf, sessionIdOf, userOf } from './reader.ts';

const tag = 'Users';
const one = { id: Type.Integer() };
const text = Type.Optional(Type.String());
const profileParams = Object.fromEntries(PROFILE_FIELDS.map((name) => [name, text])) as Record<
  (typeof PROFILE_FIELDS)[number],
  typeof text
>;
const optionalParams = {
  ...profileParams,
  admin: Type.Optional(Type.Boolean()),
  public_email: text,
  password: text,
};

/** People, and who one is. */
export function userRoutes(parts: Parts): Route[] {
  const { db, clock, url } = parts;
  const details = (call: Call<unknown>, user: User) => presentUser(parts, user, readerOf(call.caller));
  const named = async (id: number) => {
    const user = await findUser(db.read, id);
    if (!user) throw notFound('User');
    return user;
  };
  return [
    route({
      method: 'GET',
      path: '/user',
      summary: 'Who the caller is',
      tag,
      ability: 'read_own',
      scopes: ['read_user'],
      params: Type.Object({}),
      reply: UserDetails,
      handler: async (call) => details(call, userOf(call.caller)),
    }),
    route({
      method: 'GET',
      path: '/users',
      summary: 'List users',
      tag,
      ability: 'read_users',
      scopes: ['read_user'],
      params: Type.Object({
        ...pageParams,
        username: text,
        search: text,
        active: Type.Optional(Type.Boolean()),
        blocked: Type.Optional(Type.Boolean()),
        admins: Type.Optional(Type.Boolean({ description: 'For administrators' })),
        created_after: Type.Optional(Type.String({ description: 'ISO 8601' })),
        created_before: Type.Optional(Type.String({ description: 'ISO 8601' })),
      }),
      reply: Type.Array(Type.Union([UserBasic, UserDetails])),
      handler: async (call) => {
        const { params, caller } = call;
        const request = pageRequest(params, 'desc', 'User');
        const found = await listUsers(db.read, userFilter(params, isAdmin(caller)), request);
        const ids = found.items.map(({ id }) => id);
        const namespaces = isAdmin(caller) ? await findOwnNamespaceIds(db.read, ids) : null;
        const identities = namespaces && (await findIdentities(db.read, ids));
        const items = found.items.map((user) =>
          namespaces && identities
            ? userDetails(
                user,
                url(),
                readerOf(caller),
                namespaces.get(user.id) ?? null,
                identities.get(user.id),
              )
            : userBasic(user, url()),
        );
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    route({
      method: 'GET',
      path: '/users/:id',
      summary: 'One user',
      tag,
      ability: 'read_users',
      scopes: ['read_user'],
      params: Type.Object(one),
      reply: Type.Union([UserInJob, UserDetails]),
      handler: async (call) => {
        const user = await named(call.params.id);
        return isAdmin(call.caller) ? details(call, user) : userInJob(user, url(), readerOf(call.caller));
      },
    }),
    route({
      method: 'POST',
      path: '/users',
      summary: 'Make a user',
      tag,
      ability: 'admin_users',
      params: Type.Object({
        ...optionalParams,
        email: filled(),
        name: filled(),
        username: filled(),
        reset_password: Type.Optional(Type.Boolean()),
        force_random_password: Type.Optional(Type.Boolean()),
      }),
      reply: UserDetails,
      handler: async (call) => {
        const { params } = call;
        needOneOf(params, ['password', 'reset_password', 'force_random_password']);
        const { email, name, username, password, admin = false, public_email = '' } = params;
        const made = await createUser(
          db,
          // Without a password of its own an account opens by its tokens alone.
          {
            email,
            name,
            username,
            password: password ?? null,
            admin,
            public_email,
            profile: profileOf(params),
          },
          clock(),
        );
        return details(call, made);
      },
    }),
    route({
      method: 'PUT',
      path: '/users/:id',
      summary: 'Change a user',
      tag,
      ability: 'admin_users',
      params: Type.Object({
        ...one,
        ...optionalParams,
        ...identityParams,
        email: text,
        name: text,
        username: text,
      }),
      reply: UserDetails,
      handler: async (call) => {
        const { id, ...given } = call.params;
        needOneOf(given, CHANGEABLE);
        const { email, name, username, password, admin, public_email } = given;
        const changes = defined({ email, name, username, password, admin, public_email });
        const by = { user_id: userOf(call.caller).id, session_id: sessionIdOf(call.caller) };
        await linkGiven(parts, id, given);
        const changed = await changeUser(db, id, { ...changes, profile: profileOf(given) }, by, clock());
        return details(call, changed);
      },
    }),
    route({
      method: 'DELETE',
      path: '/users/:id',
      summary: 'Delete a user with what is in their namespace',
      tag,
      ability: 'admin_users',
      params: Type.Object({
        ...one,
        hard_delete: Type.Boolean({ default: false, description: 'With the groups nobody else owns' }),
      }),
      reply: null,
      handler: async ({ params }) => deleteUser(db, await named(params.id), params.hard_delete, clock()),
    }),
    ...stateRoutes(parts, named),
  ];
}

function stateRoutes({ db, clock }: Parts, named: (id: number) => Promise<User>): Route[] {
  const changes = {
    block: (user: User, by: User) => blockUser(db, user, by, clock()),
    unblock: (user: User) => unblockUser(db, user, clock()),
    deactivate: (user: User) => deactivateUser(db, user, clock()),
    activate: (user: User) => activateUser(db, user, clock()),
  };
  return Object.entries(changes).map(([name, change]) =>
    route({
      method: 'POST',
      path: `/users/:id/${name}`,
      summary: `${name[0]?.toUpperCase()}${name.slice(1)} a user`,
      tag,
      ability: 'admin_users',
      params: Type.Object(one),
      reply: Type.Boolean(),
      handler: async ({ params, caller }) => {
        await change(await named(params.id), userOf(caller));
        return true;
      },
    }),
  );
}

const CHANGEABLE = [
  'email',
  'name',
  'username',
  'password',
  'admin',
  'public_email',
  'extern_uid',
  ...PROFILE_FIELDS,
];

interface Filters {
  username?: string;
  search?: string;
  active?: boolean;
  blocked?: boolean;
  admins?: boolean;
  created_after?: string;
  created_before?: string;
}

function userFilter(params: Filters, admin: boolean): UserFilter {
  const { username, search } = params;
  return {
    ...defined({
      username,
      search,
      created_after: momentOf('created_after', params.created_after),
      created_before: momentOf('created_before', params.created_before),
    }),
    ...(params.active ? { state: 'active' as const } : params.blocked ? { state: 'blocked' as const } : {}),
    ...(admin && params.admins ? { admins: true } : {}),
  };
}

const profileOf = (params: Partial<Record<(typeof PROFILE_FIELDS)[number], string>>) =>
  defined(Object.fromEntries(PROFILE_FIELDS.map((name) => [name, params[name]]))) as Record<string, string>;

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const defined = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
