import { type Caller, ANONYMOUS, type PersonalAccessToken, type User } from '../access/caller.ts';
import { findJobByToken, findToken, findUser, findUserByName } from '../access/access-store.ts';
import { checkUser } from '../access/check-user.ts';
import { PREFIX } from '../access/token.ts';
import { revokeFamily } from '../access/token-store.ts';
import { touchToken } from '../access/note-use.ts';
import type { Database } from '../db/database.ts';
import { ApiError, apiError, notFound } from '../errors.ts';
import { dayOf } from './day.ts';
import { sessionCaller, type SessionRules } from './session-caller.ts';

/** Where a request may carry credentials. */
export interface Credentials {
  headers: Record<string, string | string[] | undefined>;
  parameters: Record<string, unknown>;
}

interface Wanted {
  /** GET and HEAD: `read_api` is enough. */
  reads: boolean;
  jobToken: boolean;
  scopes: readonly string[];
  /** A request for a new token: a revoked one that asks for it may be stolen, and its family goes. */
  rotates?: boolean;
  session: SessionRules;
}

/**
 * Who asks. In this order: a Bearer that is a job token, an access token, a job token, and where no token is sent the
 * session of a browser, which may do all that its user may. A job token where none is allowed counts as no credential,
 * and so does a session that has ended. An access token that is not valid is refused even where nobody needs one.
 * @throws 401 for an unknown, expired or revoked token; 403 for too small a scope or a blocked user
 */
export async function authenticate(
  db: Database,
  { headers, parameters }: Credentials,
  wanted: Wanted,
  now: number,
): Promise<Caller> {
  const today = dayOf(now);
  const bearer =
    bearerOf(headers.authorization) ?? text(parameters.access_token) ?? text(parameters.bearer_token);
  if (bearer?.startsWith(PREFIX.job)) return wanted.jobToken ? await asJob(db, bearer) : ANONYMOUS;
  const token = bearer ?? text(parameters.private_token) ?? text(headers['private-token']);
  if (token !== null && !token.startsWith(PREFIX.job)) {
    const found = await findToken(db.read, token);
    if (!found) throw apiError('unauthorized');
    if (wanted.rotates && found.token.revoked === 1) await db.write((tx) => revokeFamily(tx, found.token));
    checkToken(found.token, today);
    checkScope(found.token, wanted);
    checkUser(found.user);
    touchToken(db, found.token, now);
    const name = text(headers.sudo) ?? text(parameters.sudo);
    return name === null ? { kind: 'user', ...found } : await sudo(db, found, name);
  }
  const named = text(parameters.token);
  const jobToken =
    text(parameters.job_token) ??
    (named?.startsWith(PREFIX.job) ? named : null) ??
    text(headers['job-token']);
  const sudoWanted = text(headers.sudo) ?? text(parameters.sudo);
  if (jobToken !== null && wanted.jobToken) {
    const caller = await asJob(db, jobToken);
    if (sudoWanted !== null) throw apiError('forbidden_because', SUDO_NEEDS_TOKEN);
    return caller;
  }
  if (sudoWanted !== null) throw apiError('unauthorized');
  return (jobToken === null && (await sessionCaller(db, headers, wanted, now))) || ANONYMOUS;
}

const SUDO_NEEDS_TOKEN = 'Must be authenticated using an OAuth or personal access token to use sudo';

async function asJob(db: Database, token: string): Promise<Caller> {
  const found = await findJobByToken(db.read, token);
  if (!found) throw apiError('unauthorized');
  const { user, ...job } = found;
  checkUser(user);
  return { kind: 'job', user, job };
}

async function sudo(
  db: Database,
  { token, user }: { token: PersonalAccessToken; user: User },
  name: string,
): Promise<Caller> {
  if (user.admin !== 1) throw apiError('forbidden_because', 'Must be admin to use sudo');
  if (!scopesOf(token).includes('sudo')) throw insufficientScope('sudo');
  const other = /^\d{1,15}$/.test(name)
    ? await findUser(db.read, Number(name))
    : await findUserByName(db.read, name);
  if (!other) throw notFound(`User with ID or username '${name}'`);
  return { kind: 'user', user: other, token };
}

/** @throws 401 when the token has expired, or else was revoked. `today` is `YYYY-MM-DD`. */
export function checkToken(token: PersonalAccessToken, today: string): void {
  if (token.expires_at !== null && token.expires_at <= today)
    throw invalidToken('Token is expired. You can either do re-authorization or token refresh.');
  if (token.revoked === 1) throw invalidToken('Token was revoked. You have to re-authorize from the user.');
}

function checkScope(token: PersonalAccessToken, wanted: Wanted): void {
  const accepted = [...wanted.scopes, 'api', ...(wanted.reads ? ['read_api'] : [])];
  const scopes = scopesOf(token);
  if (!accepted.some((scope) => scopes.includes(scope))) throw insufficientScope(accepted.join(' '));
}

export const scopesOf = (token: PersonalAccessToken) => JSON.parse(token.scopes) as string[];

function invalidToken(error_description: string): ApiError {
  const challenge = `Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="${error_description}"`;
  return new ApiError(401, { error: 'invalid_token', error_description }, { 'WWW-Authenticate': challenge });
}

function insufficientScope(scope: string): ApiError {
  const error_description = 'The request requires higher privileges than provided by the access token.';
  const challenge = `Bearer realm="Protected by OAuth 2.0", error="insufficient_scope", error_description="${error_description}", scope="${scope}"`;
  return new ApiError(
    403,
    { error: 'insufficient_scope', error_description, scope },
    { 'WWW-Authenticate': challenge },
  );
}

function bearerOf(header: string | string[] | undefined): string | null {
  const match = typeof header === 'string' ? /^Bearer\s+(\S+)\s*$/i.exec(header) : null;
  return match?.[1] ?? null;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
