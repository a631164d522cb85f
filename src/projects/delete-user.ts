import { countOtherAdmins, deleteUserRow, findOwnNamespace } from '../access/user-store.ts';
import { findSoleOwnedGroups } from '../access/member-store.ts';
import type { User } from '../access/caller.ts';
import type { Database } from '../db/database.ts';
import { ApiError, apiError } from '../errors.ts';
import { deleteNamespace } from './delete-project.ts';

/**
 * Deletes a user with all that is in their namespace; jobs and pipelines of others stay, without a user.
 * With `everything`, the groups that nobody else owns go too.
 * @throws 409 when there are such groups, 403 for the last administrator
 */
export async function deleteUser(db: Database, user: User, everything: boolean, now: number): Promise<void> {
  const today = new Date(now).toISOString().slice(0, 10);
  await db.write(async (tx) => {
    if (user.admin === 1 && (await countOtherAdmins(tx, user.id)) === 0)
      throw apiError('forbidden_because', 'The last administrator cannot be deleted');
    const groups = await findSoleOwnedGroups(tx, user.id, today);
    if (groups.length > 0 && !everything)
      throw new ApiError(409, { message: 'User cannot be removed while is the sole-owner of a group' });
    for (const group of groups) await deleteNamespace(tx, group, now);
    const own = await findOwnNamespace(tx, user.id);
    if (own) await deleteNamespace(tx, own.id, now);
    await deleteUserRow(tx, user.id);
  });
}
