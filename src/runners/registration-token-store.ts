import type { Kysely } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

/** The digest of the registration token of that name; null when none was ever made. */
export async function findRegistrationDigest(db: Kysely<Tables>, name: string): Promise<string | null> {
  const row = await db.selectFrom('instance').select('value').where('key', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

export async function putRegistrationDigest(tx: Transaction, name: string, digest: string): Promise<void> {
  await tx
    .insertInto('instance')
    .values({ key: name, value: digest })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: digest }))
    .execute();
}
