import { Type } from 'typebox';
import type { OpenIdProvider, Vouched } from '../access/openid-provider.ts';
import { beginSession } from '../access/session.ts';
import { type Refusal, signInVouched } from '../access/sign-in-vouched.ts';
import { ApiError } from '../errors.ts';
import { ownAddress } from '../http/own-path.ts';
import { type Call, Reply, route, type Route } from '../http/route.ts';
import { sessionCookie, sessionTokenOf } from '../http/session-cookie.ts';
import type { Parts } from '../parts.ts';
import { attemptCookie, attemptOf, noAttemptCookie } from './openid-attempt.ts';

export const OPENID_PATH = '/users/auth/openid_connect';
const CALLBACK = `${OPENID_PATH}/callback`;

/** What the page of signing in is told, in `error`. */
type Failure =
  | Refusal
  /** It took too long, or began in another browser. */
  | 'openid_connect_expired'
  /** The provider has let nobody in. */
  | 'openid_connect_denied'
  | 'openid_connect_failed'
  | 'openid_connect_unavailable';

/** How people sign in with another server that vouches for them, at GitLab's addresses. */
export function openidConnectRoutes(parts: Parts): Route[] {
  const { db, clock, url, log, limits, secretKey, config } = parts;
  const settings = config.openid_connect;
  const open = { method: 'GET', tag: 'Session', ability: 'sign_in', status: 302, reply: null } as const;
  let loading: Promise<OpenIdProvider> | null = null;
  /** Loaded when somebody needs it: no other start takes the longer for it. @throws 404 when there is none */
  const provider = () => {
    if (!settings) throw new ApiError(404, { error: '404 Not Found' });
    loading ??= import('../access/openid-provider.ts').then((module) => new module.OpenIdProvider(settings));
    return loading;
  };
  /** Of what the library throws, what it holds besides may be secret. */
  const note = (error: unknown, what: string) => log.warn({ reason: reasonOf(error) }, what);
  const fail = (error: Failure) => goTo(`${url()}/users/sign_in?error=${error}`, [noAttemptCookie(url())]);

  const complete = async (call: Call<unknown>) => {
    const asked = await provider();
    const kept = await attemptOf(call.headers, secretKey, clock());
    if (!kept) return fail('openid_connect_expired');
    const { redirect_to, ...attempt } = kept;
    const back = new URL(`${url()}${CALLBACK}${/\?.*$/s.exec(call.url)?.[0] ?? ''}`);
    let vouched: Vouched | null;
    try {
      vouched = await asked.complete(back, attempt);
    } catch (error) {
      note(error, 'nobody was signed in by OpenID Connect');
      return fail('openid_connect_failed');
    }
    if (vouched === null) return fail('openid_connect_denied');
    const user = await signInVouched(db, vouched, asked.settings, clock());
    if (typeof user === 'string') return fail(user);
    const lifetime = limits.session_lifetime;
    const session = { lifetime, replaces: sessionTokenOf(call.headers) };
    const token = await beginSession(db, user, session, clock());
    return goTo(redirect_to, [sessionCookie(url(), { token, lifetime }), noAttemptCookie(url())]);
  };

  return [
    route({
      ...open,
      path: OPENID_PATH,
      summary: 'Sign in with the OpenID Connect provider: go there',
      params: Type.Object({
        redirect_to: Type.Optional(Type.String({ description: 'The path to come back to' })),
      }),
      handler: async ({ params }) => {
        const asked = await provider();
        const begun = await asked
          .begin(`${url()}${CALLBACK}`)
          .catch((error: unknown) => note(error, 'the OpenID Connect provider does not answer'));
        if (!begun) return fail('openid_connect_unavailable');
        const redirect_to = ownAddress(url(), params.redirect_to ?? '/') ?? `${url()}/`;
        const kept = { ...begun.attempt, redirect_to };
        return goTo(begun.location, [await attemptCookie(url(), secretKey, kept, clock())]);
      },
    }),
    route({
      ...open,
      path: CALLBACK,
      summary: 'Come back from there: a cookie is the session',
      params: Type.Object({}),
      handler: complete,
    }),
  ];
}

/** What stands in these addresses is for nobody else. */
const goTo = (location: string, cookies: string[]) =>
  new Reply(302, null, {
    Location: location,
    'Set-Cookie': cookies,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  });

/** `OAUTH_…: what is wrong: because of what` */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, cause } = error as Error & { code?: unknown };
  const parts = [code, error.message, ...(cause instanceof Error ? [reasonOf(cause)] : [])];
  return parts.filter((part) => typeof part === 'string').join(': ');
}
