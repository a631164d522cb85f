import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import type { User } from './caller.ts';
import { deleteSessionsOf } from './session-store.ts';
import { countOtherAdmins, moveUserState } from './user-store.ts';

type Change = (db: Database, user: User, now: number) => Promise<void>;

/** Blocks a user: no token of theirs is good any longer, and their sessions end. Blocked already: nothing happens. */
export async function blockUser(db: Database, user: User, by: User, now: number): Promise<void> {
  if (user.id === by.id)
    throw apiError('forbidden_because', 'The API initiating user cannot be blocked by the API');
  await db.write(async (tx) => {
    await moveUserState(tx, user.id, ['active', 'deactivated'], 'blocked', now);
    await deleteSessionsOf(tx, user.id, null);
  });
}

/** Lets a blocked user in again. @throws 403 for a deactivated one */
export const unblockUser: Change = async (db, user, now) => {
  if (user.state === 'deactivated')
    throw apiError('forbidden_because', 'Deactivated users cannot be unblocked by the API');
  await db.write((tx) => moveUserState(tx, user.id, ['blocked'], 'active', now));
};

/** Closes an account that nobody uses, until it is activated. @throws 403 for a blocked one */
export const deactivateUser: Change = async (db, user, now) => {
  if (user.state === 'blocked')
    throw apiError('forbidden_because', 'A blocked user cannot be deactivated by the API');
  await db.write(async (tx) => {
    if (user.admin === 1 && (await countOtherAdmins(tx, user.id)) === 0)
      throw apiError('forbidden_because', 'The last administrator cannot be deactivated');
    await moveUserState(tx, user.id, ['active'], 'deactivated', now);
    await deleteSessionsOf(tx, user.id, null);
  });
};

/** @throws 403 for a blocked user */
export const activateUser: Change = async (db, user, now) => {
  if (user.state === 'blocked')
    throw apiError('forbidden_because', 'A blocked user must be unblocked to be activated');
  await db.write((tx) => moveUserState(tx, user.id, ['deactivated'], 'active', now));
};
