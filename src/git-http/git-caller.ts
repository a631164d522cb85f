import { findJobByToken, findToken } from '../access/access-store.ts';
import { ANONYMOUS, type Caller } from '../access/caller.ts';
import { checkUser } from '../access/check-user.ts';
import { PREFIX } from '../access/token.ts';
import { touchToken } from '../access/note-use.ts';
import type { Database } from '../db/database.ts';
import { ApiError, apiError } from '../errors.ts';
import { checkToken, scopesOf } from '../http/authenticate.ts';
import { dayOf } from '../http/day.ts';

/** Scopes of a personal access token with which git may read, and those with which it may write. */
const READ = ['read_repository', 'write_repository', 'api', 'read_api'];
const WRITE = ['write_repository', 'api'];

/** What git shows when it was let in by nobody; the challenge makes it ask for a password. */
export const challenge = () =>
  new ApiError(
    401,
    { message: 'HTTP Basic: Access denied. The password must be an access token that is valid.' },
    { 'WWW-Authenticate': 'Basic realm="Jobyard"' },
  );

/**
 * Who talks, by the password of `Authorization: Basic`: a personal access token, or the token of a running
 * job; the name before it does not matter. Nobody without the header.
 * @throws 401 with a challenge for a token that is not valid, 403 for too small a scope or a blocked user
 */
export async function gitCaller(
  db: Database,
  authorization: string | undefined,
  { writes, now }: { writes: boolean; now: number },
): Promise<Caller> {
  if (authorization === undefined) return ANONYMOUS;
  const password = passwordOf(authorization);
  if (password === null) throw challenge();
  if (password.startsWith(PREFIX.job)) {
    const found = await findJobByToken(db.read, password);
    if (!found) throw challenge();
    const { user, ...job } = found;
    checkUser(user);
    return { kind: 'job', user, job };
  }
  const found = await findToken(db.read, password);
  if (!found) throw challenge();
  try {
    checkToken(found.token, dayOf(now));
  } catch {
    throw challenge();
  }
  checkUser(found.user);
  const scopes = scopesOf(found.token);
  if (!(writes ? WRITE : READ).some((scope) => scopes.includes(scope)))
    throw apiError('forbidden_because', `The token needs the scope ${writes ? WRITE[0] : READ[0]}`);
  touchToken(db, found.token, now);
  return { kind: 'user', ...found };
}

/** Null when there is none, or the header is of another kind. */
function passwordOf(authorization: string): string | null {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? null : text.slice(colon + 1) || null;
}
