import { hkdfSync } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { Attempt } from '../access/openid-provider.ts';
import { cookieOf, setCookie } from '../http/session-cookie.ts';

const NAME = 'jobyard_openid_connect';
const PATH = '/users/auth/openid_connect';
/** In which somebody signs in there. */
const LIFETIME = 10 * 60_000;

/** What a browser keeps while its person is at the provider, and where they go afterwards. */
type Kept = Attempt & { redirect_to: string };

/** A cookie with what is kept, that only this server can read or make. */
export async function attemptCookie(
  url: string,
  secretKey: Buffer,
  kept: Kept,
  now: number,
): Promise<string> {
  const value = await new EncryptJWT({ ...kept })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setExpirationTime(new Date(now + LIFETIME))
    .encrypt(keyOf(secretKey));
  return setCookie(url, { name: NAME, path: PATH, value, lifetime: LIFETIME });
}

export const noAttemptCookie = (url: string) =>
  setCookie(url, { name: NAME, path: PATH, value: '', lifetime: 0 });

/** What the browser has kept; null when that is nothing, too old, or not of this server's making. */
export async function attemptOf(
  headers: IncomingHttpHeaders,
  secretKey: Buffer,
  now: number,
): Promise<Kept | null> {
  const value = cookieOf(headers, NAME);
  if (value === null) return null;
  try {
    const { payload } = await jwtDecrypt<Kept>(value, keyOf(secretKey), { currentDate: new Date(now) });
    return payload;
  } catch {
    return null;
  }
}

/** One of its own: what is made with the key of variables opens nothing here. */
const keyOf = (secretKey: Buffer) =>
  new Uint8Array(hkdfSync('sha256', secretKey, '', 'a browser at its OpenID Connect provider', 32));
