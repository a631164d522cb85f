import type { Kysely } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { countUsers, insertNamespace, insertToken, insertUser } from './access-store.ts';
import { digestPassword } from './password.ts';
import { digestToken } from './token.ts';

/** Whether anybody has an account yet. */
export const hasUsers = async (db: Kysely<Tables>) => (await countUsers(db)) > 0;

/** Makes the first administrator, `root`, with a token of all scopes. False when somebody was faster. */
export async function createRootUser(
  db: Database,
  { password, token }: { password: string; token: string },
  now: number,
): Promise<boolean> {
  const password_digest = await digestPassword(password);
  return db.write(async (tx) => {
    if ((await countUsers(tx)) > 0) return false;
    const name = 'Administrator';
    const times = { created_at: now, updated_at: now };
    const user_id = await insertUser(tx, {
      username: 'root',
      email: 'admin@example.com',
      name,
      admin: 1,
      password_digest,
      ...times,
    });
    await insertNamespace(tx, {
      kind: 'user',
      name,
      path: 'root',
      full_path: 'root',
      full_name: name,
      owner_id: user_id,
      parent_id: null,
      visibility: 'public',
      ...times,
    });
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
