import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../access/caller.ts';
import { csrfTokenMatches, openSession } from '../access/session.ts';
import type { Database } from '../db/database.ts';
import { isFromElsewhere, isNavigation } from './request-origin.ts';
import { sessionTokenOf } from './session-cookie.ts';

export interface SessionRules {
  /** Milliseconds for which a session may lie unused. */
  idle: number;
  /** The address users see. */
  url: () => string;
}

/**
 * Who has signed in with the browser that asks; null for nobody. A cookie comes along whoever has made the browser send
 * the request, so it counts only where a page of ours did: what a request changes, it must carry the session's
 * CSRF token for; and whatever the browser says that a page from elsewhere asks for is answered as to nobody, unless the
 * person goes there.
 */
export async function sessionCaller(
  db: Database,
  headers: IncomingHttpHeaders,
  { reads, session: rules }: { reads: boolean; session: SessionRules },
  now: number,
): Promise<Caller | null> {
  const token = sessionTokenOf(headers);
  if (token === null) return null;
  if (isFromElsewhere(headers, rules.url()) && !(reads && isNavigation(headers))) return null;
  if (!reads && !csrfTokenMatches(token, headers['x-csrf-token'])) return null;
  const found = await openSession(db, token, rules.idle, now);
  if (!found) return null;
  return { kind: 'user', user: found.user, token: null, session: { id: found.session.id, token } };
}
