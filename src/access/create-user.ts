import type { Database, Transaction } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { ApiError, invalidRecord } from '../errors.ts';
import { findUser, findUserByName, insertNamespace, insertUser } from './access-store.ts';
import type { User } from './caller.ts';
import { namespacePathProblems } from './namespace-path.ts';
import { digestPassword } from './password.ts';
import { passwordProblems } from './password-rules.ts';
import { isEmailTaken, isNamespaceTaken } from './user-store.ts';

export interface NewUser {
  username: string;
  email: string;
  name: string;
  /** Null: nobody can sign in with one. */
  password: string | null;
  admin: boolean;
  public_email: string;
  /** The free fields of the profile. */
  profile: Record<string, string>;
}

/**
 * Makes a user with a namespace of the same path.
 * @throws 400 with the texts by field, 409 when address or username are taken
 */
export async function createUser(db: Database, given: NewUser, now: number): Promise<User> {
  checkUserFields(given);
  const password_digest = given.password === null ? null : await digestPassword(given.password);
  return writeUnique(db, async (tx) => {
    await checkUserIsFree(tx, given);
    const { username, email, name, public_email } = given;
    const id = await insertUserWithNamespace(
      tx,
      {
        username,
        email,
        name,
        public_email,
        password_digest,
        // Whoever made the user knows it too.
        password_expires_at: given.password === null ? null : now,
        admin: given.admin ? 1 : 0,
        profile: JSON.stringify(given.profile),
      },
      now,
    );
    const user = await findUser(tx, id);
    if (!user) throw new Error(`user ${id} is not there`);
    return user;
  });
}

type UserFields = Omit<Parameters<typeof insertUser>[1], 'created_at' | 'updated_at'>;

/** Inserts a user and the namespace of the same path. */
export async function insertUserWithNamespace(
  tx: Transaction,
  user: UserFields,
  now: number,
): Promise<number> {
  const times = { created_at: now, updated_at: now };
  const id = await insertUser(tx, { ...user, ...times });
  await insertNamespace(tx, {
    kind: 'user',
    name: user.name,
    path: user.username,
    full_path: user.username,
    full_name: user.name,
    owner_id: id,
    parent_id: null,
    visibility: 'public',
    ...times,
  });
  return id;
}

/** @throws 400 with the texts of what is wrong, by field */
export function checkUserFields(given: {
  username?: string;
  email?: string;
  name?: string;
  password?: string | null;
}): void {
  const problems: Record<string, string[]> = {};
  const { username, email, name, password } = given;
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email)) problems.email = ['is invalid'];
  if (email !== undefined && email.length > 255) problems.email = ['is too long (maximum is 255 characters)'];
  if (name !== undefined && name.trim() === '') problems.name = ["can't be blank"];
  if (name !== undefined && name.length > 255) problems.name = ['is too long (maximum is 255 characters)'];
  const wrongPassword = typeof password === 'string' ? passwordProblems(password, { username }) : [];
  if (wrongPassword.length > 0) problems.password = wrongPassword;
  if (username !== undefined) {
    const wrong = namespacePathProblems(username, false);
    if (wrong.length > 0) problems.username = wrong;
  }
  if (Object.keys(problems).length > 0) throw invalidRecord(problems);
}

/**
 * @throws 409 when another user has the address or username, 400 when a group has the path. `except` names
 * the user who changes, with the namespace
 */
export async function checkUserIsFree(
  tx: Transaction,
  { email, username }: { email?: string; username?: string },
  except = { user_id: 0, namespace_id: 0 },
): Promise<void> {
  if (email !== undefined && (await isEmailTaken(tx, email, except.user_id)))
    throw new ApiError(409, { message: 'Email has already been taken' });
  if (username === undefined) return;
  // Before the look for a user, who comes with a namespace: one who comes between the looks is not taken for a group.
  const isTaken = await isNamespaceTaken(tx, username, except.namespace_id);
  const other = await findUserByName(tx, username);
  if (other && other.id !== except.user_id)
    throw new ApiError(409, { message: 'Username has already been taken' });
  if (isTaken) throw invalidRecord({ username: ['has already been taken'] });
}
