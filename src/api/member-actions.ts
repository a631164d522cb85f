import { type Static, Type } from 'typebox';
import { findUser, findUserByName } from '../access/access-store.ts';
import type { Caller } from '../access/caller.ts';
import {
  findInheritedMember,
  findMember,
  listAllMembers,
  listMembers,
  type MemberOf,
} from '../access/member-store.ts';
import { ACCESS_LEVELS, type Role } from '../access/permissions.ts';
import { ApiError, apiError, badParameters } from '../errors.ts';
import { dayGiven, dayOf } from '../http/day.ts';
import { type PageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import type { Call, Reply } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { addMember, changeMember, type MemberPlace } from '../projects/add-member.ts';
import { removeMember } from '../projects/remove-member.ts';
import { entity } from './entities/entity.ts';
import { Member, memberOf } from './entities/member.ts';
import { needOneOf, userOf } from './reader.ts';

/** What several members added at once answer. */
const Several = entity({
  status: Type.String(),
  message: Type.Optional(Type.Record(Type.String(), Type.String())),
});
/** A member that was added, or what became of several. */
export const Added = Type.Union([Member, Several]);

/** A project or a group, with the caller's role there. */
export interface At extends MemberPlace {
  project_id: number | null;
  namespace_id: number;
  role: Role;
  administers: boolean;
}

type MemberReply = Static<typeof Member>;
type ListCall = Call<PageParams & { query?: string; user_ids?: string[] }>;
type AddCall = Call<{ user_id?: string; username?: string; access_level: number; expires_at?: string }>;
type ChangeCall = Call<{ user_id: number; access_level: number; expires_at?: string | null }>;
type RemoveCall = Call<{ user_id: number; skip_subresources: boolean }>;

/** What the routes of both kinds of members do. */
export function memberActions({ db, clock, url }: Parts) {
  const today = () => dayOf(clock());
  const present = (found: MemberOf): MemberReply => memberOf(found, url());

  async function list(where: At, call: ListCall, inherited: boolean): Promise<Reply> {
    const { query, user_ids } = call.params;
    const request = pageRequest(call.params, 'asc', 'Member');
    const filter = {
      ...(query ? { query } : {}),
      user_ids: (user_ids ?? []).map(Number).filter(Number.isSafeInteger),
    };
    const found = inherited
      ? await listAllMembers(db.read, where, filter, request, today())
      : await listMembers(db.read, where.at, filter, request);
    return pageReply(placeOf(url(), call), request, { ...found, items: found.items.map(present) });
  }

  async function show(where: At, user_id: number, inherited: boolean): Promise<MemberReply> {
    if (inherited) {
      const found = await findInheritedMember(db.read, where, user_id, today());
      if (found) return present(found);
      throw apiError('record_not_found');
    }
    const member = await findMember(db.read, where.at, user_id);
    const user = member && (await findUser(db.read, user_id));
    if (!member || !user) throw apiError('record_not_found');
    return present({ member, user });
  }

  async function add(where: At, { params, caller }: AddCall): Promise<Static<typeof Added>> {
    needOneOf(params, ['user_id', 'username']);
    const { access_level } = params;
    const expires_at = dayGiven('expires_at', params.expires_at);
    const addOne = async (user_id: number) =>
      present(
        await addMember(db, where, { user_id, access_level, expires_at }, giver(caller, where.role), clock()),
      );
    if (params.user_id === undefined) {
      const user = await findUserByName(db.read, params.username ?? '');
      return addOne(user?.id ?? 0);
    }
    const ids = params.user_id.split(',').map((id) => Number(id.trim()));
    if (!ids.every(Number.isSafeInteger)) throw badParameters(['user_id is invalid']);
    const [first = 0] = ids;
    if (ids.length === 1) return addOne(first);
    const refused: Record<string, string> = {};
    for (const id of ids) {
      try {
        await addOne(id);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refused[String(id)] = textOf(error);
      }
    }
    return Object.keys(refused).length > 0 ? { status: 'error', message: refused } : { status: 'success' };
  }

  async function change(where: At, { params, caller }: ChangeCall): Promise<MemberReply> {
    const { user_id, access_level, expires_at } = params;
    const given = {
      access_level,
      ...(expires_at === undefined ? {} : { expires_at: dayGiven('expires_at', expires_at ?? undefined) }),
    };
    return present(await changeMember(db, where, user_id, given, giver(caller, where.role), clock()));
  }

  async function remove(where: At, { params, caller }: RemoveCall): Promise<void> {
    const { user_id, skip_subresources } = params;
    const leaves = user_id === userOf(caller).id;
    if (!leaves && !where.administers) throw apiError('forbidden');
    // Whoever leaves needs no level above their own.
    const level = leaves ? ACCESS_LEVELS.owner : levelOf(where.role);
    await removeMember(db, where.at, user_id, { level, skip_subresources }, clock());
  }

  return { list, show, add, change, remove };
}

const giver = (caller: Caller, role: Role) => ({ user_id: userOf(caller).id, level: levelOf(role) });

/** The highest level that somebody of this role may give. */
const levelOf = (role: Role) =>
  role === 'admin'
    ? ACCESS_LEVELS.owner
    : role in ACCESS_LEVELS
      ? ACCESS_LEVELS[role as keyof typeof ACCESS_LEVELS]
      : 0;

function textOf({ body }: ApiError): string {
  const { message = 'invalid' } = body as { message?: unknown };
  return typeof message === 'string' ? message : JSON.stringify(message);
}
