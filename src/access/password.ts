import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>;
const LENGTH = 32;

/** A slow digest of a password with its salt: `scrypt:SALT:DIGEST`, base64url. */
export async function digestPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const digest = await derive(password, salt, LENGTH);
  return `scrypt:${salt.toString('base64url')}:${digest.toString('base64url')}`;
}

/** Whether it is the password of this digest; takes as long for a user without one. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const [, salt = '', digest = ''] = (stored ?? '').split(':');
  const wanted = Buffer.from(digest, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'), LENGTH);
  return wanted.length === LENGTH && timingSafeEqual(given, wanted);
}
