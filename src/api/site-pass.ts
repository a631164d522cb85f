import { hkdfSync } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

/** How long a page that is open still finds its pictures. */
const LIFETIME = 3_600_000;
const WORDS = 'pages of a site';

/** Whose rights, and to what. */
export interface Admission {
  /** Null: to what everybody may see. */
  user_id: number | null;
  project_id: number;
  /** To what this job has left; null: to the project's site. */
  job_id: number | null;
}
export interface SitePass extends Admission {
  hasExpired: boolean;
}

/**
 * What stands in the address of a site, or of what a job has left, for its pages to find what belongs to them, since to a
 * browser they are of no origin and it sends them no cookie. It shows this alone, to whom it could be shown at that moment.
 */
export const createSitePass = (
  secretKey: Buffer,
  { user_id, project_id, job_id }: Admission,
  now: number,
): Promise<string> =>
  new SignJWT({ user_id, project_id, job_id })
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
