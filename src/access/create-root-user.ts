import type { Kysely } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { countUsers, insertToken } from './access-store.ts';
import { insertUserWithNamespace } from './create-user.ts';
import { digestPassword } from './password.ts';
import { digestToken } from './token.ts';

/** Whether anybody has an account yet. */
export const hasUsers = async (db: Kysely<Tables>) => (await countUsers(db)) > 0;

/**
 * Makes the first administrator, `root`, with a token of all scopes; a random password is to be changed, and with none nobody
 * signs in. False when somebody was faster.
 */
export async function createRootUser(
  db: Database,
  { password, token, isRandom = false }: { password: string | null; token: string; isRandom?: boolean },
  now: number,
): Promise<boolean> {
  const password_digest = password === null ? null : await digestPassword(password);
  const password_expires_at = isRandom ? now : null;
  return db.write(async (tx) => {
    if ((await countUsers(tx)) > 0) return false;
    const user_id = await insertUserWithNamespace(
      tx,
      {
        username: 'root',
        email: 'admin@example.com',
        name: 'Administrator',
        admin: 1,
        password_digest,
        password_expires_at,
      },
      now,
    );
    await insertToken(tx, {
      user_id,
      name: 'first start',
      token_digest: digestToken(token),
      scopes: JSON.stringify(['api', 'sudo']),
      created_at: now,
    });
    return true;
  });
}
