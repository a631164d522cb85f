import { randomBytes } from 'node:crypto';
import type { Database, Transaction } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { findUser } from './access-store.ts';
import type { User } from './caller.ts';
import { insertUserWithNamespace } from './create-user.ts';
import { findIdentities, findIdentityUser, insertIdentity, OPENID_CONNECT } from './identity-store.ts';
import { namespacePathProblems, pathOfName } from './namespace-path.ts';
import type { Vouched } from './openid-provider.ts';
import type { OpenIdSettings } from './openid-settings.ts';
import { findUserByEmail, isNamespaceTaken } from './user-store.ts';

/** Why somebody may not come in though another server vouches for them. */
export type Refusal =
  | 'account_blocked'
  /** Nobody here has that address, and nobody is made a user. */
  | 'no_account'
  /** Somebody here has that address, and it is not known that it is the same person. */
  | 'email_taken'
  | 'email_missing'
  | 'email_unverified';

/** So many namesakes are told apart by numbers. */
const NUMBERED = 20;

type Rules = Pick<OpenIdSettings, 'create_users' | 'link_users'>;

/**
 * The user that another server vouches for: the one with this identity; else the one with the same address, if that
 * server has verified it and the user is no administrator; else a new one.
 */
export async function signInVouched(
  db: Database,
  vouched: Vouched,
  rules: Rules,
  now: number,
): Promise<User | Refusal> {
  const known = await findIdentityUser(db.read, vouched.issuer, vouched.extern_uid);
  const found = known ?? (await writeUnique(db, (tx) => userOfAddress(tx, vouched, rules, now)));
  // What stands against them may be what they have just become themselves, in another browser.
  const user_id =
    typeof found === 'string'
      ? ((await findIdentityUser(db.read, vouched.issuer, vouched.extern_uid)) ?? found)
      : found;
  if (typeof user_id === 'string') return user_id;
  const user = await findUser(db.read, user_id);
  if (!user) return 'no_account';
  return user.state === 'active' ? user : 'account_blocked';
}

async function userOfAddress(
  tx: Transaction,
  vouched: Vouched,
  rules: Rules,
  now: number,
): Promise<number | Refusal> {
  const { issuer, extern_uid, email } = vouched;
  const meanwhile = await findIdentityUser(tx, issuer, extern_uid);
  if (meanwhile !== null) return meanwhile;
  if (email === null) return 'email_missing';
  const found = await findUserByEmail(tx, email);
  if (found && !(rules.link_users && (await mayLink(tx, found, vouched)))) return 'email_taken';
  if (!found && !rules.create_users) return 'no_account';
  if (!found && vouched.email_verified === false) return 'email_unverified';
  const user_id = found?.id ?? (await insertVouched(tx, { ...vouched, email }, now));
  await insertIdentity(tx, { user_id, provider: OPENID_CONNECT, issuer, extern_uid, created_at: now });
  return user_id;
}

/** Whoever could have any address there would be whoever they like here: so never an administrator. */
async function mayLink(tx: Transaction, user: User, { issuer, email_verified }: Vouched): Promise<boolean> {
  if (email_verified !== true || user.admin === 1 || user.bot === 1) return false;
  const identities = (await findIdentities(tx, [user.id])).get(user.id) ?? [];
  return identities.every((identity) => identity.issuer !== issuer);
}

async function insertVouched(
  tx: Transaction,
  { email, nickname, name }: Vouched & { email: string },
  now: number,
): Promise<number> {
  const username = await freeUsername(tx, nickname ?? email.split('@')[0] ?? '');
  return insertUserWithNamespace(
    tx,
    { username, email, name: (name ?? username).slice(0, 255), password_digest: null },
    now,
  );
}

/** As near to the wanted one as can be. */
async function freeUsername(tx: Transaction, wanted: string): Promise<string> {
  const path = pathOfName(wanted)
    .slice(0, 200)
    .replace(/[._-]+$/, '');
  const start = namespacePathProblems(path, false).length === 0 ? path : 'user';
  for (let number = 0; number < NUMBERED; number += 1) {
    const username = number === 0 ? start : `${start}${number}`;
    if (!(await isNamespaceTaken(tx, username))) return username;
  }
  return `${start}-${randomBytes(8).toString('hex')}`;
}
