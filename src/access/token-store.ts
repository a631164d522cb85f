import type { Kysely, Updateable } from 'kysely';
import { contains, type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Transaction } from '../db/database.ts';
import type { PersonalAccessTokens as Rows } from '../db/rows/access.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';
import type { PersonalAccessToken } from './caller.ts';

type Read = Kysely<Tables>;

/** Which tokens a list shows; what is absent does not filter. Days are `YYYY-MM-DD`, moments milliseconds. */
export interface TokenFilter {
  user_id?: number;
  revoked?: boolean;
  state?: 'active' | 'inactive';
  /** Part of the name. */
  search?: string;
  created_before?: number;
  created_after?: number;
  last_used_before?: number;
  last_used_after?: number;
  expires_before?: string;
  expires_after?: string;
}

/** Tokens by id, or in the order of a column. `today` is `YYYY-MM-DD`. */
export async function listTokens(
  db: Read,
  filter: TokenFilter,
  request: PageRequest,
  today: string,
  order?: 'name' | 'created_at' | 'expires_at' | 'last_used_at',
): Promise<Page<PersonalAccessToken>> {
  let tokens = db.selectFrom('personal_access_tokens').selectAll();
  const { user_id, revoked, state, search } = filter;
  if (user_id !== undefined) tokens = tokens.where('user_id', '=', user_id);
  if (revoked !== undefined) tokens = tokens.where('revoked', '=', revoked ? 1 : 0);
  if (state === 'active')
    tokens = tokens
      .where('revoked', '=', 0)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', today)]));
  if (state === 'inactive')
    tokens = tokens.where((where) => where.or([where('revoked', '=', 1), where('expires_at', '<=', today)]));
  if (search) tokens = tokens.where(contains(['name'], search));
  if (filter.created_before !== undefined) tokens = tokens.where('created_at', '<', filter.created_before);
  if (filter.created_after !== undefined) tokens = tokens.where('created_at', '>', filter.created_after);
  if (filter.last_used_before !== undefined)
    tokens = tokens.where('last_used_at', '<', filter.last_used_before);
  if (filter.last_used_after !== undefined)
    tokens = tokens.where('last_used_at', '>', filter.last_used_after);
  if (filter.expires_before !== undefined) tokens = tokens.where('expires_at', '<', filter.expires_before);
  if (filter.expires_after !== undefined) tokens = tokens.where('expires_at', '>', filter.expires_after);
  return readPage(db, tokens, request, { column: 'id', of: (token) => token.id }, order);
}

export async function findTokenById(db: Read, id: number): Promise<PersonalAccessToken | null> {
  const row = await db
    .selectFrom('personal_access_tokens')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Revokes the token. False: it was revoked already. */
export async function revokeTokenRow(
  tx: Transaction,
  id: number,
  values: Updateable<Rows> = {},
): Promise<boolean> {
  const revoked = await tx
    .updateTable('personal_access_tokens')
    .set({ ...values, revoked: 1 })
    .where('id', '=', id)
    .where('revoked', '=', 0)
    .returning('user_id')
    .execute();
  for (const { user_id } of revoked) noteChange(tx, { type: 'access', user_id });
  return revoked.length > 0;
}

/** Revokes a token and all that replaced it or were replaced by it. */
export async function revokeFamily(tx: Transaction, token: PersonalAccessToken): Promise<void> {
  if (token.family_id === null) return;
  await tx
    .updateTable('personal_access_tokens')
    .set({ revoked: 1 })
    .where('family_id', '=', token.family_id)
    .execute();
  noteChange(tx, { type: 'access', user_id: token.user_id });
}

/** Notes that the token was used. */
export async function noteTokenUse(tx: Transaction, id: number, last_used_at: number): Promise<void> {
  await tx.updateTable('personal_access_tokens').set({ last_used_at }).where('id', '=', id).execute();
}
