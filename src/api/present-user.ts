import type { User } from '../access/caller.ts';
import { findIdentities } from '../access/identity-store.ts';
import { findOwnNamespaceIds } from '../access/user-store.ts';
import type { Parts } from '../parts.ts';
import { type Reader, userDetails } from './entities/user.ts';

/** A user as administrators, and the user in person, see it. */
export async function presentUser({ db, url }: Pick<Parts, 'db' | 'url'>, user: User, reader: Reader) {
  const namespaces = await findOwnNamespaceIds(db.read, [user.id]);
  const identities = await findIdentities(db.read, [user.id]);
  return userDetails(user, url(), reader, namespaces.get(user.id) ?? null, identities.get(user.id));
}
