import type { Insertable, Kysely, Selectable } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import type { Sessions } from '../db/rows/access.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';
import { digestToken } from './token.ts';

type Read = Kysely<Tables>;
export type Session = Selectable<Sessions>;

/** The session of this token, whether it has ended or not; null when there is none. */
export async function findSession(db: Read, token: string): Promise<Session | null> {
  const build = () =>
    db.selectFrom('sessions').selectAll().where('token_digest', '=', slot<string>('token_digest'));
  const [row] = await runCompiled(db, 'session', build, { token_digest: digestToken(token) });
  return row ?? null;
}

export async function insertSession(tx: Transaction, session: Insertable<Sessions>): Promise<number> {
  return (await tx.insertInto('sessions').values(session).returning('id').executeTakeFirstOrThrow()).id;
}

export async function noteSessionUse(tx: Transaction, id: number, last_used_at: number): Promise<void> {
  await tx.updateTable('sessions').set({ last_used_at }).where('id', '=', id).execute();
}

export async function deleteSession(tx: Transaction, token: string): Promise<void> {
  const ended = tx.deleteFrom('sessions').where('token_digest', '=', digestToken(token)).returning('user_id');
  for (const { user_id } of await ended.execute()) noteChange(tx, { type: 'access', user_id });
}

/** Ends a user's sessions, all or all but one. */
export async function deleteSessionsOf(
  tx: Transaction,
  user_id: number,
  except: number | null,
): Promise<void> {
  let sessions = tx.deleteFrom('sessions').where('user_id', '=', user_id);
  if (except !== null) sessions = sessions.where('id', '!=', except);
  await sessions.execute();
  noteChange(tx, { type: 'access', user_id });
}

/** Deletes sessions that have ended, or were last used before. False: there are no more. */
export async function deleteEndedSessions(
  tx: Transaction,
  { now, usedBefore }: { now: number; usedBefore: number },
  limit: number,
): Promise<boolean> {
  const ended = tx
    .selectFrom('sessions')
    .select('id')
    .where((where) => where.or([where('expires_at', '<=', now), where('last_used_at', '<=', usedBefore)]))
    .limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('sessions').where('id', 'in', ended).executeTakeFirst();
  return numDeletedRows > 0n;
}
