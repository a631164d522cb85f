import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { insertToken } from './access-store.ts';
import type { PersonalAccessToken } from './caller.ts';
import type { CreatedToken } from './create-personal-access-token.ts';
import { createToken, digestToken, PREFIX } from './token.ts';
import { revokeTokenRow } from './token-store.ts';

/** How long a new token is good when nobody says until when. */
const WEEK = 7 * 24 * 3_600_000;

/**
 * Replaces a token by a new one with the same name and scopes, and revokes it. Both belong to one family:
 * see revokeFamily.
 * @throws 400 when it is revoked already, also by somebody who was faster
 */
export async function rotatePersonalAccessToken(
  db: Database,
  old: PersonalAccessToken,
  expires_at: string | undefined,
  now: number,
): Promise<CreatedToken> {
  const token = createToken(PREFIX.personal);
  const family_id = old.family_id ?? old.id;
  const fields = {
    user_id: old.user_id,
    name: old.name,
    description: old.description,
    token_digest: digestToken(token),
    scopes: old.scopes,
    expires_at: expires_at ?? new Date(now + WEEK).toISOString().slice(0, 10),
    family_id,
    created_at: now,
    last_used_at: null,
  };
  const id = await db.write(async (tx) => {
    if (!(await revokeTokenRow(tx, old.id, { family_id })))
      throw apiError('bad_request_because', 'Token already revoked');
    return insertToken(tx, fields);
  });
  return { row: { ...fields, id, revoked: 0 }, token };
}
