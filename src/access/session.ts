import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Database } from '../db/database.ts';
import type { Handler } from '../work/worker.ts';
import { findUser } from './access-store.ts';
import type { User } from './caller.ts';
import { touchSession } from './note-use.ts';
import {
  deleteEndedSessions,
  deleteSession,
  findSession,
  insertSession,
  type Session,
} from './session-store.ts';
import { createToken, digestToken } from './token.ts';

const SWEEP_EVERY_MS = 3_600_000;
const BATCH = 500;

/**
 * Begins a session of a user, and answers its token: this is the only time that it is known. `replaces` is the token
 * of the one that the browser had.
 */
export async function beginSession(
  db: Database,
  user: User,
  { lifetime, replaces }: { lifetime: number; replaces: string | null },
  now: number,
): Promise<string> {
  const token = createToken('');
  await db.write(async (tx) => {
    if (replaces !== null) await deleteSession(tx, replaces);
    await insertSession(tx, {
      user_id: user.id,
      token_digest: digestToken(token),
      created_at: now,
      last_used_at: now,
      expires_at: now + lifetime,
    });
  });
  return token;
}

/** The session of this token with its user, and notes its use. Null once it has ended, or lay unused for `idle`. */
export async function openSession(
  db: Database,
  token: string,
  idle: number,
  now: number,
): Promise<{ session: Session; user: User } | null> {
  const session = await findSession(db.read, token);
  if (!session || session.expires_at <= now || session.last_used_at <= now - idle) return null;
  const user = await findUser(db.read, session.user_id);
  if (user?.state !== 'active') return null;
  touchSession(db, session, now);
  return { session, user };
}

/** What a page of ours sends with every change: only it can know it, for it is made of the session's token. */
export const csrfTokenOf = (token: string) => createHmac('sha256', token).update('csrf').digest('base64url');

/** In constant time. */
export function csrfTokenMatches(token: string, given: unknown): boolean {
  const wanted = Buffer.from(csrfTokenOf(token));
  const sent = Buffer.from(typeof given === 'string' ? given : '');
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}

/** Forgets sessions that have ended. For `Worker.addRepeating(...)`. */
export const forgetSessions = (
  db: Database,
  idle: number,
  clock: () => number,
): [kind: string, everyMs: number, handler: Handler] => [
  'forget_sessions',
  SWEEP_EVERY_MS,
  async (_work, signal) => {
    const now = clock();
    const ended = { now, usedBefore: now - idle };
    while (await db.write((tx) => deleteEndedSessions(tx, ended, BATCH))) signal.throwIfAborted();
  },
];
