import { Type } from 'typebox';
import { isDenial, OpenIdProvider, type Vouched } from '../access/openid-provider.ts';
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
  const provider = config.openid_connect && new OpenIdProvider(config.openid_connect);
  const open = { method: 'GET', tag: 'Session', ability: 'sign_in', status: 302, reply: null } as const;
  const needProvider = () => {
    if (!provider) throw new ApiError(404, { error: '404 Not Found' });
    return provider;
  };
  const fail = (error: Failure) => goTo(`${url()}/users/sign_in?error=${error}`, [noAttemptCookie(url())]);

  const complete = async (call: Call<unknown>) => {
    const asked = needProvider();
    const kept = await attemptOf(call.headers, secretKey, clock());
    if (!kept) return fail('openid_connect_expired');
    const { redirect_to, ...attempt } = kept;
    const back = new URL(`${url()}${CALLBACK}${/\?.*$/s.exec(call.url)?.[0] ?? ''}`);
    let vouched: Vouched;
    try {
      vouched = await asked.complete(back, attempt);
    } catch (error) {
      log.warn({ err: error }, 'nobody was signed in by OpenID Connect');
      return fail(isDenial(error) ? 'openid_connect_denied' : 'openid_connect_failed');
    }
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
        const asked = needProvider();
        const begun = await asked
          .begin(`${url()}${CALLBACK}`)
          .catch((error: unknown) =>
            log.error({ err: error }, 'the OpenID Connect provider does not answer'),
          );
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
