import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { contains, type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Transaction } from '../db/database.ts';
import type { Members } from '../db/rows/access.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';
import { findUsers } from './user-store.ts';
import type { User } from './caller.ts';

type Read = Kysely<Tables>;
export type Member = Selectable<Members>;
/** A membership with its user. */
export interface MemberOf {
  member: Member;
  user: User;
}
export interface MemberFilter {
  /** Part of the name or username. */
  query?: string;
  user_ids?: number[];
}

/** Memberships of exactly this project or group. */
export type Direct = { project_id: number } | { namespace_id: number };

const columnOf = (at: Direct) => ('project_id' in at ? 'members.project_id' : 'members.namespace_id');
const idOf = (at: Direct) => ('project_id' in at ? at.project_id : at.namespace_id);

/** The namespace and those above it. */
function above(db: Read, namespace_id: number) {
  return db.withRecursive('above', (cte) =>
    cte
      .selectFrom('namespaces')
      .select(['id', 'parent_id'])
      .where('id', '=', namespace_id)
      .unionAll(
        cte
          .selectFrom('namespaces')
          .innerJoin('above', 'above.parent_id', 'namespaces.id')
          .select(['namespaces.id', 'namespaces.parent_id']),
      ),
  );
}

/** The members of exactly this project or group, by the users' ids. */
export async function listMembers(
  db: Read,
  at: Direct,
  filter: MemberFilter,
  request: PageRequest,
): Promise<Page<MemberOf>> {
  let rows = db
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .selectAll('members')
    .where(columnOf(at), '=', idOf(at));
  if (filter.query) rows = rows.where(contains(['users.name', 'users.username'], filter.query));
  if (filter.user_ids?.length) rows = rows.where('members.user_id', 'in', filter.user_ids);
  const id = { column: 'members.user_id', of: (member: Member) => member.user_id };
  const page = await readPage(db, rows, request, id);
  return { ...page, items: await withUsers(db, page.items) };
}

/** Where memberships count: on a project and in the namespaces above it, or in a group. */
interface Place {
  project_id: number | null;
  namespace_id: number;
}

/**
 * The members of a place, those of the groups above it too; each once, with the highest level. Memberships
 * that ended before `today` (`YYYY-MM-DD`) are left out.
 */
export async function listAllMembers(
  db: Read,
  place: Place,
  filter: MemberFilter,
  request: PageRequest,
  today: string,
): Promise<Page<MemberOf>> {
  const here = above(db, place.namespace_id);
  let rows = here
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .select('members.user_id')
    .where((where) =>
      where.or([
        where('members.namespace_id', 'in', where.selectFrom('above').select('above.id')),
        ...(place.project_id === null ? [] : [where('members.project_id', '=', place.project_id)]),
      ]),
    )
    .where((where) =>
      where.or([where('members.expires_at', 'is', null), where('members.expires_at', '>', today)]),
    )
    .distinct();
  if (filter.query) rows = rows.where(contains(['users.name', 'users.username'], filter.query));
  if (filter.user_ids?.length) rows = rows.where('members.user_id', 'in', filter.user_ids);
  const id = { column: 'members.user_id', of: (row: { user_id: number }) => row.user_id };
  const page = await readPage(db, rows, request, id);
  const ids = page.items.map(({ user_id }) => user_id);
  return { ...page, items: await withUsers(db, await highest(db, place, ids, today)) };
}

/** The membership of one user, inherited or not, with the highest level; null for none. */
export async function findInheritedMember(
  db: Read,
  place: Place,
  user_id: number,
  today: string,
): Promise<MemberOf | null> {
  return (await withUsers(db, await highest(db, place, [user_id], today)))[0] ?? null;
}

/** Of each user the membership with the highest level, by the users' ids in the order given. */
async function highest(
  db: Read,
  place: Place,
  user_ids: readonly number[],
  today: string,
): Promise<Member[]> {
  if (user_ids.length === 0) return [];
  const rows = await above(db, place.namespace_id)
    .selectFrom('members')
    .selectAll('members')
    .where('user_id', 'in', user_ids)
    .where((where) =>
      where.or([
        where('namespace_id', 'in', where.selectFrom('above').select('above.id')),
        ...(place.project_id === null ? [] : [where('project_id', '=', place.project_id)]),
      ]),
    )
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', today)]))
    .orderBy('access_level', 'desc')
    .orderBy('id')
    .execute();
  return user_ids.flatMap((user_id) => rows.find((row) => row.user_id === user_id) ?? []);
}

async function withUsers(db: Read, members: readonly Member[]): Promise<MemberOf[]> {
  const users = await findUsers(
    db,
    members.map(({ user_id }) => user_id),
  );
  const byId = new Map(users.map((user) => [user.id, user]));
  return members.flatMap((member) => {
    const user = byId.get(member.user_id);
    return user ? { member, user } : [];
  });
}

/** The membership of exactly this project or group. */
export async function findMember(db: Read, at: Direct, user_id: number): Promise<Member | null> {
  const row = await db
    .selectFrom('members')
    .selectAll()
    .where(columnOf(at), '=', idOf(at))
    .where('user_id', '=', user_id)
    .executeTakeFirst();
  return row ?? null;
}

/** Whether a group would be without an owner but for this member. `today` is `YYYY-MM-DD`. */
export async function isLastOwner(db: Read, member: Member, today: string): Promise<boolean> {
  if (member.namespace_id === null || member.access_level < 50) return false;
  return !(await hasOtherOwner(db, member.namespace_id, member.user_id, today));
}

async function hasOtherOwner(db: Read, namespace_id: number, user_id: number, today: string) {
  const row = await db
    .selectFrom('members')
    .select('id')
    .where('namespace_id', '=', namespace_id)
    .where('access_level', '=', 50)
    .where('user_id', '!=', user_id)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', today)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** The topmost groups that this user alone owns. */
export async function findSoleOwnedGroups(db: Read, user_id: number, today: string): Promise<number[]> {
  const owned = await db
    .selectFrom('members')
    .innerJoin('namespaces', 'namespaces.id', 'members.namespace_id')
    .select('namespaces.id')
    .where('members.user_id', '=', user_id)
    .where('members.access_level', '=', 50)
    .where('namespaces.parent_id', 'is', null)
    .where('namespaces.deleted_at', 'is', null)
    .execute();
  const sole: number[] = [];
  for (const { id } of owned) if (!(await hasOtherOwner(db, id, user_id, today))) sole.push(id);
  return sole;
}

export async function insertMember(tx: Transaction, member: Insertable<Members>): Promise<Member> {
  noteChange(tx, { type: 'access', user_id: member.user_id });
  return tx.insertInto('members').values(member).returningAll().executeTakeFirstOrThrow();
}

export async function updateMember(
  tx: Transaction,
  id: number,
  values: Updateable<Members>,
): Promise<Member | null> {
  const query = tx.updateTable('members').set(values).where('id', '=', id).returningAll();
  const member = (await query.executeTakeFirst()) ?? null;
  if (member) noteChange(tx, { type: 'access', user_id: member.user_id });
  return member;
}

export async function deleteMember(tx: Transaction, id: number): Promise<void> {
  const gone = await tx.deleteFrom('members').where('id', '=', id).returning('user_id').execute();
  for (const { user_id } of gone) noteChange(tx, { type: 'access', user_id });
}

/** Removes a user's memberships of all groups and projects below this group. */
export async function deleteMembersBelow(
  tx: Transaction,
  namespace_ids: readonly number[],
  user_id: number,
): Promise<void> {
  noteChange(tx, { type: 'access', user_id });
  await tx
    .deleteFrom('members')
    .where('user_id', '=', user_id)
    .where((where) =>
      where.or([
        where('namespace_id', 'in', namespace_ids),
        where(
          'project_id',
          'in',
          where
            .selectFrom('projects')
            .select('projects.id')
            .where('projects.namespace_id', 'in', namespace_ids),
        ),
      ]),
    )
    .execute();
}
