import { Type } from 'typebox';
import type { Caller, User } from '../access/caller.ts';
import { beginSession, csrfTokenOf } from '../access/session.ts';
import { deleteSession } from '../access/session-store.ts';
import { signIn } from '../access/sign-in.ts';
import { ApiError, apiError } from '../errors.ts';
import { filled } from '../http/parameters.ts';
import { isFromElsewhere } from '../http/request-origin.ts';
import { type Call, Reply, route, type Route } from '../http/route.ts';
import { sessionCookie, sessionTokenOf } from '../http/session-cookie.ts';
import type { Parts } from '../parts.ts';
import { SessionState } from './entities/session.ts';
import { OPENID_PATH } from './openid-connect.ts';
import { presentUser } from './present-user.ts';

const tag = 'Session';
/** It holds the CSRF token. */
const UNCACHED = { 'Cache-Control': 'no-store' };

/** How people sign in with a browser, and out. */
export function sessionRoutes(parts: Parts): Route[] {
  const { db, clock, url, limits, loginAttempts, config } = parts;
  const provider = config.openid_connect;
  const state = async (signedIn: { user: User; token: string } | null) => ({
    user: signedIn && (await presentUser(parts, signedIn.user, readerInPerson(signedIn.user))),
    csrf_token: signedIn && csrfTokenOf(signedIn.token),
    must_change_password: signedIn !== null && hasExpired(signedIn.user, clock()),
    sign_in: {
      password: true,
      openid_connect: provider && { label: provider.label, url: url() + OPENID_PATH },
    },
  });
  return [
    route({
      method: 'GET',
      path: '/session',
      summary: 'Who has signed in with this browser, or how one can',
      tag,
      ability: 'read_public',
      params: Type.Object({}),
      reply: SessionState,
      handler: async ({ caller }) => new Reply(200, await state(signedInOf(caller)), UNCACHED),
    }),
    route({
      method: 'POST',
      path: '/session',
      summary: 'Sign in with a password: a cookie is the session',
      tag,
      ability: 'sign_in',
      params: Type.Object({
        login: Type.String({ blank: false, maxLength: 255, description: 'The username, or the address' }),
        password: filled(),
      }),
      reply: SessionState,
      handler: async (call) => {
        refuseForeign(call, url());
        const { login, password } = call.params;
        const user = await signIn(db, loginAttempts, { login, password, address: call.ip });
        const lifetime = limits.session_lifetime;
        const replaces = sessionTokenOf(call.headers);
        const token = await beginSession(db, user, { lifetime, replaces }, clock());
        const headers = { ...UNCACHED, 'Set-Cookie': sessionCookie(url(), { token, lifetime }) };
        return new Reply(201, await state({ user, token }), headers);
      },
    }),
    route({
      method: 'DELETE',
      path: '/session',
      summary: 'Sign out',
      tag,
      ability: 'read_own',
      params: Type.Object({}),
      reply: null,
      handler: async ({ caller }) => {
        const signedIn = signedInOf(caller);
        if (signedIn) await db.write((tx) => deleteSession(tx, signedIn.token));
        return new Reply(204, null, { 'Set-Cookie': sessionCookie(url(), null) });
      },
    }),
  ];
}

const signedInOf = (caller: Caller) =>
  caller.kind === 'user' && caller.token === null && caller.session
    ? { user: caller.user, token: caller.session.token }
    : null;

const readerInPerson = ({ id, admin }: User) => ({ id, admin: admin === 1 });

const hasExpired = ({ password_expires_at: at }: User, now: number) => at !== null && at <= now;

/**
 * Nobody is signed in as somebody else by a page from elsewhere: a browser says where a request comes from, and one too old
 * to say it sends forms, but no JSON.
 * @throws 403, 415
 */
function refuseForeign({ headers }: Call<unknown>, url: string): void {
  if (isFromElsewhere(headers, url))
    throw apiError('forbidden_because', `Signing in is possible from pages of ${url} only`);
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new ApiError(415, { error: `The provided content-type '${type}' is not supported.` });
}
