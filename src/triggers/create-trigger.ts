import { createToken, digestToken, PREFIX } from '../access/token.ts';
import type { Database } from '../db/database.ts';
import { encrypt } from '../variables/encrypt.ts';
import { insertTrigger } from './trigger-store.ts';

/** How much of a token everybody may know who works with it: GitLab's four characters behind the prefix. */
const SHORT = 4;

/** Makes a trigger token of the project and answers its id. Its pipelines run as `owner_id`. */
export async function createTrigger(
  db: Database,
  secretKey: Buffer,
  { project_id, owner_id, description }: { project_id: number; owner_id: number; description: string },
  now: number,
): Promise<number> {
  const token = createToken(PREFIX.trigger);
  const row = {
    project_id,
    owner_id,
    description,
    token: encrypt(secretKey, token),
    token_digest: digestToken(token),
    short_token: token.slice(PREFIX.trigger.length, PREFIX.trigger.length + SHORT),
    created_at: now,
    updated_at: now,
  };
  return await db.write((tx) => insertTrigger(tx, row));
}
