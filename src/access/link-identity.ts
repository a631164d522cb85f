import type { Database } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { invalidRecord, notFound } from '../errors.ts';
import { findUser } from './access-store.ts';
import { findIdentityUser, OPENID_CONNECT, replaceIdentity } from './identity-store.ts';

/** Says who a user is at the server that vouches for people. @throws 400 when it is somebody else */
export async function linkIdentity(
  db: Database,
  identity: { user_id: number; issuer: string; extern_uid: string },
  now: number,
): Promise<void> {
  const { user_id, issuer, extern_uid } = identity;
  await writeUnique(db, async (tx) => {
    if (!(await findUser(tx, user_id))) throw notFound('User');
    const other = await findIdentityUser(tx, issuer, extern_uid);
    if (other !== null && other !== user_id)
      throw invalidRecord({ 'identities.extern_uid': ['has already been taken'] });
    await replaceIdentity(tx, { ...identity, provider: OPENID_CONNECT, created_at: now });
  });
}
