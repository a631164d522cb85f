import type { Database, Transaction } from '../db/database.ts';
import { apiError, invalidRecord } from '../errors.ts';
import { findUser } from './access-store.ts';
import type { User } from './caller.ts';
import type { LoginAttempts } from './login-attempts.ts';
import { digestPassword, passwordMatches } from './password.ts';
import { passwordProblems } from './password-rules.ts';
import { deleteSessionsOf } from './session-store.ts';
import { updateUser } from './user-store.ts';

export interface NewPassword {
  password_digest: string;
  /** Null: it is the user's own choice. */
  password_expires_at: number | null;
  /** The session that goes on; the user's others end. */
  keeps: number | null;
}

/** Sets a user's password, and ends the sessions that were begun with the old one. */
export async function setPassword(
  tx: Transaction,
  user_id: number,
  { keeps, ...values }: NewPassword,
  now: number,
): Promise<void> {
  await updateUser(tx, user_id, { ...values, updated_at: now });
  await deleteSessionsOf(tx, user_id, keeps);
}

/**
 * Changes the password of whoever knows it; guesses count as those at signing in.
 * @throws 400 with the texts by field, 429 after too many guesses
 */
export async function changePassword(
  db: Database,
  attempts: LoginAttempts,
  { user, keeps, address }: { user: User; keeps: number | null; address: string },
  given: { current_password: string; password: string },
  now: number,
): Promise<void> {
  const { current_password, password } = given;
  const wrong = passwordProblems(password, user);
  if (wrong.length === 0 && password === current_password) wrong.push('must differ from the current one');
  if (wrong.length > 0) throw invalidRecord({ password: wrong });
  const key = String(user.id);
  await attempts.begin(key, address);
  if (!(await passwordMatches(current_password, user.password_digest)))
    throw invalidRecord({ current_password: ['is invalid'] });
  await attempts.succeeded(key, address);
  const password_digest = await digestPassword(password);
  await db.write(async (tx) => {
    // An administrator may have given another one, so that whoever knows the old one is kept out.
    if ((await findUser(tx, user.id))?.password_digest !== user.password_digest)
      throw apiError('conflict', 'The password was changed meanwhile');
    await setPassword(tx, user.id, { password_digest, password_expires_at: null, keeps }, now);
  });
}
