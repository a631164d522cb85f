import type { Database } from '../db/database.ts';
import { insertToken } from './access-store.ts';
import type { PersonalAccessToken } from './caller.ts';
import { createToken, digestToken, PREFIX } from './token.ts';

export interface NewToken {
  name: string;
  description: string | null;
  scopes: readonly string[];
  /** `YYYY-MM-DD`; null for never. */
  expires_at: string | null;
}

/** A token's row, and the token itself: this is the only time that it is known. */
export interface CreatedToken {
  row: PersonalAccessToken;
  token: string;
}

/** Makes a personal access token for a user. */
export async function createPersonalAccessToken(
  db: Database,
  user_id: number,
  given: NewToken,
  now: number,
): Promise<CreatedToken> {
  const token = createToken(PREFIX.personal);
  const fields = {
    user_id,
    name: given.name,
    description: given.description,
    token_digest: digestToken(token),
    scopes: JSON.stringify([...new Set(given.scopes)]),
    expires_at: given.expires_at,
    family_id: null,
    created_at: now,
    last_used_at: null,
  };
  const id = await db.write((tx) => insertToken(tx, fields));
  return { row: { ...fields, id, revoked: 0 }, token };
}
