import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a token opens is told by its prefix; they are GitLab's, so that secret scanners know them. */
export const PREFIX = {
  personal: 'glpat-',
  runner: 'glrt-',
  registered: 'glrtr-',
  job: 'glcbt-',
  trigger: 'glptt-',
} as const;

/** A new random token: the prefix and 160 bits. Shown once; only its digest is stored. */
export function createToken(prefix: string): string {
  return prefix + randomBytes(20).toString('base64url');
}

/** The digest under which a token is stored and found. A token has too much entropy to need a slow one. */
export function digestToken(token: string): string {
  return hash('sha256', token);
}

const DIGEST_BYTES = 32;

/** Whether the token has this digest, in constant time. */
export function tokenMatches(token: string, digest: string): boolean {
  const wanted = Buffer.from(digest, 'hex');
  return wanted.length === DIGEST_BYTES && timingSafeEqual(hash('sha256', token, 'buffer'), wanted);
}
