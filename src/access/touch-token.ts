import type { Database } from '../db/database.ts';
import type { PersonalAccessToken } from './caller.ts';
import { noteTokenUse } from './token-store.ts';

/** A use is noted when the last one noted is this long ago: no request waits for a write of its own. */
const EVERY = 60_000;
/** Tokens whose use is being noted just now. */
const noting = new WeakMap<Database, Set<number>>();

/**
 * Notes, in its own time, that the token was used. The answer of the request does not wait for it; a note
 * that fails is made by a later request.
 */
export function touchToken(db: Database, token: PersonalAccessToken, now: number): void {
  if (token.last_used_at !== null && now - token.last_used_at < EVERY) return;
  const busy = noting.get(db) ?? new Set<number>();
  noting.set(db, busy);
  if (busy.has(token.id)) return;
  busy.add(token.id);
  void db
    .write((tx) => noteTokenUse(tx, token.id, now))
    .catch(() => {})
    .finally(() => busy.delete(token.id));
}
