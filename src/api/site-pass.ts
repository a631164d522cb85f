import { hkdfSync } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

/** How long a page that is open still finds its pictures. */
const LIFETIME = 3_600_000;
const WORDS = 'pages of a site';

/** Whose rights, and to which project's site. */
export interface SitePass {
  user_id: number;
  project_id: number;
  hasExpired: boolean;
}

/**
 * What stands in the address of a site for its pages to find what belongs to them, since to a browser they are of no
 * origin and it sends them no cookie. It shows this site alone, to whom it could be shown at that moment.
 */
export const createSitePass = (
  secretKey: Buffer,
  { user_id, project_id }: { user_id: number; project_id: number },
  now: number,
): Promise<string> =>
  new SignJWT({ user_id, project_id })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(new Date(now + LIFETIME))
    .sign(keyOf(secretKey));

/** Null for what this server has not made. */
export async function readSitePass(secretKey: Buffer, pass: string, now: number): Promise<SitePass | null> {
  const options = { algorithms: ['HS256'], currentDate: new Date(now) };
  try {
    const { payload } = await jwtVerify<SitePass>(pass, keyOf(secretKey), options);
    return { ...payload, hasExpired: false };
  } catch (error) {
    // The signature is looked at first.
    if (!(error instanceof errors.JWTExpired)) return null;
    return { ...(error.payload as unknown as SitePass), hasExpired: true };
  }
}

const keyOf = (secretKey: Buffer) => new Uint8Array(hkdfSync('sha256', secretKey, '', WORDS, 32));
