import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';

const NAME = 'jobyard_session';

/** The token of the session that a browser says it has. */
export const sessionTokenOf = (headers: IncomingHttpHeaders) => cookieOf(headers, NAME);

/** Gives a browser a session, for milliseconds; null takes it away. */
export const sessionCookie = (url: string, session: { token: string; lifetime: number } | null) =>
  setCookie(url, { name: NAME, path: '/', value: session?.token ?? '', lifetime: session?.lifetime ?? 0 });

/** The value of a cookie; null for none, or an empty one. */
export const cookieOf = (headers: IncomingHttpHeaders, name: string) =>
  parseCookie(headers.cookie ?? '')[name] || null;

/**
 * A `Set-Cookie` that no script reads, that is sent along when people follow a link to here, but not when pages from
 * elsewhere ask for something; over TLS alone where users come with it.
 */
export const setCookie = (
  url: string,
  { lifetime, ...cookie }: { name: string; path: string; value: string; lifetime: number },
) =>
  stringifySetCookie({
    ...cookie,
    maxAge: Math.floor(lifetime / 1000),
    httpOnly: true,
    sameSite: 'lax',
    secure: url.startsWith('https:'),
  });
