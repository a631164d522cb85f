import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Identities } from '../db/rows/access.ts';
import type { Tables } from '../db/schema.ts';

type Read = Kysely<Tables>;
export type Identity = Selectable<Identities>;

/** The one server that vouches for people here, as GitLab calls it. */
export const OPENID_CONNECT = 'openid_connect';

/** Whose identity it is; null when nobody's. */
export async function findIdentityUser(db: Read, issuer: string, extern_uid: string): Promise<number | null> {
  const row = await db
    .selectFrom('identities')
    .select('user_id')
    .where('provider', '=', OPENID_CONNECT)
    .where('issuer', '=', issuer)
    .where('extern_uid', '=', extern_uid)
    .executeTakeFirst();
  return row?.user_id ?? null;
}

/** The identities of these users. */
export async function findIdentities(
  db: Read,
  user_ids: readonly number[],
): Promise<Map<number, Identity[]>> {
  if (user_ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('identities')
    .selectAll()
    .where('user_id', 'in', user_ids)
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, ({ user_id }) => user_id);
}

/** Gives a user an identity, in place of what they had of that provider. */
export async function replaceIdentity(tx: Transaction, identity: Insertable<Identities>): Promise<void> {
  await deleteIdentity(tx, identity.user_id, identity.provider);
  await insertIdentity(tx, identity);
}

export async function insertIdentity(tx: Transaction, identity: Insertable<Identities>): Promise<void> {
  await tx.insertInto('identities').values(identity).execute();
}

/** False: the user has none of the provider. */
export async function deleteIdentity(tx: Transaction, user_id: number, provider: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('identities')
    .where('user_id', '=', user_id)
    .where('provider', '=', provider)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
