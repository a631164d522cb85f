import type { Kysely, Selectable, Updateable } from 'kysely';
import { contains, type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Transaction } from '../db/database.ts';
import type { Users } from '../db/rows/access.ts';
import type { Namespaces } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';
import type { User } from './caller.ts';

type Read = Kysely<Tables>;

/** Which users a list shows; what is absent does not filter. */
export interface UserFilter {
  /** Whatever the case. */
  username?: string;
  /** Part of the name or username, or a whole address. */
  search?: string;
  state?: 'active' | 'blocked' | 'deactivated';
  admins?: boolean;
  created_before?: number;
  created_after?: number;
}

export async function listUsers(db: Read, filter: UserFilter, request: PageRequest): Promise<Page<User>> {
  let users = db.selectFrom('users').selectAll();
  const { username, search, state } = filter;
  if (username !== undefined)
    users = users.where((where) =>
      where(where.fn<string>('lower', ['username']), '=', username.toLowerCase()),
    );
  if (search !== undefined && search !== '')
    users = users.where((where) =>
      where.or([
        contains(['name', 'username'], search),
        where(where.fn<string>('lower', ['email']), '=', search.toLowerCase()),
      ]),
    );
  if (state !== undefined) users = users.where('state', '=', state);
  if (filter.admins) users = users.where('admin', '=', 1);
  if (filter.created_before !== undefined) users = users.where('created_at', '<', filter.created_before);
  if (filter.created_after !== undefined) users = users.where('created_at', '>', filter.created_after);
  return readPage(db, users, request, { column: 'id', of: (user) => user.id });
}

/** The user of this address, whatever the case. */
export async function findUserByEmail(db: Read, email: string): Promise<User | null> {
  const query = db
    .selectFrom('users')
    .selectAll()
    .where((where) => where(where.fn<string>('lower', ['email']), '=', email.toLowerCase()));
  return (await query.executeTakeFirst()) ?? null;
}

/** Users by id, in no order; those that are gone are missing. */
export async function findUsers(db: Read, ids: readonly number[]): Promise<User[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom('users')
    .selectAll()
    .where('id', 'in', [...new Set(ids)])
    .execute();
}

/** The user's own namespace. */
export async function findOwnNamespace(db: Read, user_id: number): Promise<Selectable<Namespaces> | null> {
  const row = await db
    .selectFrom('namespaces')
    .selectAll()
    .where('owner_id', '=', user_id)
    .executeTakeFirst();
  return row ?? null;
}

/** The ids of the own namespaces of these users. */
export async function findOwnNamespaceIds(db: Read, ids: readonly number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('namespaces')
    .select(['id', 'owner_id'])
    .where('owner_id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, owner_id }) => [owner_id ?? 0, id]));
}

export async function isEmailTaken(tx: Transaction, email: string, except = 0): Promise<boolean> {
  const row = await tx
    .selectFrom('users')
    .select('id')
    .where((where) => where(where.fn<string>('lower', ['email']), '=', email.toLowerCase()))
    .where('id', '!=', except)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a user, a group or a person's namespace has this full path, whatever the case. */
export async function isNamespaceTaken(tx: Transaction, full_path: string, except = 0): Promise<boolean> {
  const row = await tx
    .selectFrom('namespaces')
    .select('id')
    .where((where) => where(where.fn<string>('lower', ['full_path']), '=', full_path.toLowerCase()))
    .where('id', '!=', except)
    .executeTakeFirst();
  return row !== undefined;
}

export async function updateUser(tx: Transaction, id: number, values: Updateable<Users>): Promise<void> {
  await tx.updateTable('users').set(values).where('id', '=', id).execute();
  if (values.admin !== undefined) noteChange(tx, { type: 'access', user_id: id });
}

/** Moves a user from one of these states to another. False: the user was in none of them. */
export async function moveUserState(
  tx: Transaction,
  id: number,
  from: readonly string[],
  to: string,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('users')
    .set({ state: to, updated_at: now })
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst();
  noteChange(tx, { type: 'access', user_id: id });
  return numUpdatedRows > 0n;
}

export async function deleteUserRow(tx: Transaction, id: number): Promise<void> {
  await tx.deleteFrom('users').where('id', '=', id).execute();
  noteChange(tx, { type: 'access', user_id: id });
}

/** How many active administrators there are besides this user. */
export async function countOtherAdmins(tx: Transaction, id: number): Promise<number> {
  const { count } = await tx
    .selectFrom('users')
    .select((users) => users.fn.countAll<number>().as('count'))
    .where('admin', '=', 1)
    .where('state', '=', 'active')
    .where('id', '!=', id)
    .executeTakeFirstOrThrow();
  return Number(count);
}
