import type { Updateable } from 'kysely';
import { findUser } from '../access/access-store.ts';
import type { User } from '../access/caller.ts';
import { checkUserFields, checkUserIsFree } from '../access/create-user.ts';
import { setPassword } from '../access/change-password.ts';
import { digestPassword } from '../access/password.ts';
import { countOtherAdmins, findOwnNamespace, updateUser } from '../access/user-store.ts';
import type { Database } from '../db/database.ts';
import type { Users } from '../db/rows/access.ts';
import { writeUnique } from '../db/write-unique.ts';
import { apiError, notFound } from '../errors.ts';
import { moveNamespace } from './update-group.ts';

export interface UserChanges {
  username?: string;
  email?: string;
  name?: string;
  password?: string;
  admin?: boolean;
  public_email?: string;
  /** Only these fields of the profile change. */
  profile?: Record<string, string>;
}

/**
 * Changes a user. With the username the path of their namespace changes, and those of the projects in it.
 * Of a password that somebody else gives, the user is told to choose another; sessions end, but for the one it is given in.
 * @throws 400 with the texts by field, 409 when address or username are taken, 403 for the last administrator
 */
export async function changeUser(
  db: Database,
  id: number,
  changes: UserChanges,
  by: { user_id: number; session_id: number | null },
  now: number,
): Promise<User> {
  checkUserFields(changes);
  const password_digest = changes.password === undefined ? null : await digestPassword(changes.password);
  return writeUnique(db, async (tx) => {
    const user = await findUser(tx, id);
    const namespace = await findOwnNamespace(tx, id);
    if (!user || !namespace) throw notFound('User');
    const { username = user.username, name = user.name, email, admin, public_email, profile } = changes;
    await checkUserIsFree(
      tx,
      { username, ...(email === undefined ? {} : { email }) },
      {
        user_id: id,
        namespace_id: namespace.id,
      },
    );
    if (admin === false && user.admin === 1 && (await countOtherAdmins(tx, id)) === 0)
      throw apiError('forbidden_because', 'The last administrator must remain one');
    const values: Updateable<Users> = {
      username,
      name,
      ...(email === undefined ? {} : { email }),
      ...(public_email === undefined ? {} : { public_email }),
      ...(admin === undefined ? {} : { admin: admin ? 1 : 0 }),
      ...(profile ? { profile: JSON.stringify({ ...JSON.parse(user.profile), ...profile }) } : {}),
      updated_at: now,
    };
    await updateUser(tx, id, values);
    if (password_digest !== null) {
      const isOwn = by.user_id === id;
      const password_expires_at = isOwn ? null : now;
      await setPassword(
        tx,
        id,
        { password_digest, password_expires_at, keeps: isOwn ? by.session_id : null },
        now,
      );
    }
    await moveNamespace(tx, namespace, null, { name, path: username });
    const updated = await findUser(tx, id);
    if (!updated) throw notFound('User');
    return updated;
  });
}
