import type { Database, Transaction } from '../db/database.ts';
import type { PersonalAccessToken } from './caller.ts';
import { noteSessionUse, type Session } from './session-store.ts';
import { noteTokenUse } from './token-store.ts';

/** A use is noted when the last one noted is this long ago: no request waits for a write of its own. */
const EVERY = 60_000;
/** What is being noted just now. */
const noting = new WeakMap<Database, Set<string>>();

/**
 * Notes, in its own time, that the token was used. The answer of the request does not wait for it; a note
 * that fails is made by a later request.
 */
export const touchToken = (db: Database, { id, last_used_at }: PersonalAccessToken, now: number) =>
  note(db, `token ${id}`, { last_used_at, now }, (tx) => noteTokenUse(tx, id, now));

/** The same of a session. */
export const touchSession = (db: Database, { id, last_used_at }: Session, now: number) =>
  note(db, `session ${id}`, { last_used_at, now }, (tx) => noteSessionUse(tx, id, now));

function note(
  db: Database,
  what: string,
  { last_used_at, now }: { last_used_at: number | null; now: number },
  write: (tx: Transaction) => Promise<void>,
): void {
  if (last_used_at !== null && now - last_used_at < EVERY) return;
  const busy = noting.get(db) ?? new Set<string>();
  noting.set(db, busy);
  if (busy.has(what)) return;
  busy.add(what);
  void db
    .write(write)
    .catch(() => {})
    .finally(() => busy.delete(what));
}
