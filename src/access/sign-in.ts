import { hash } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { findUserByName } from './access-store.ts';
import type { User } from './caller.ts';
import { checkUser } from './check-user.ts';
import type { LoginAttempts } from './login-attempts.ts';
import { passwordMatches } from './password.ts';
import { findUserByEmail } from './user-store.ts';

/**
 * The user of this username or address, when it is their password. It takes as long, and is answered the same, whether
 * there is such a user or not.
 * @throws 401 when it is not, 429 after too many wrong ones, 403 for a blocked user
 */
export async function signIn(
  db: Database,
  attempts: LoginAttempts,
  given: { login: string; password: string; address: string },
): Promise<User> {
  const { login, password, address } = given;
  const user = await (login.includes('@') ? findUserByEmail(db.read, login) : findUserByName(db.read, login));
  const key = user ? String(user.id) : hash('sha256', login.toLowerCase());
  await attempts.begin(key, address);
  const matches = await passwordMatches(password, user?.password_digest ?? null);
  if (!user || !matches) throw apiError('plain_unauthorized', 'Invalid login or password.');
  await attempts.succeeded(key, address);
  checkUser(user);
  return user;
}
