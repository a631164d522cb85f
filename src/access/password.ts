import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { apiError } from '../errors.ts';

const derived = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>;
const LENGTH = 32;
/** It takes long, in a thread, and files are read and written in these threads too. */
const atOnce = pLimit(2);
/** Who comes after so many would wait for longer than a browser does. */
const MOST_WAITING = 40;

/** @throws 503 when too many wait already */
async function derive(password: string, salt: Buffer): Promise<Buffer> {
  if (atOnce.pendingCount >= MOST_WAITING)
    throw apiError('unavailable', 'Too many passwords are being checked');
  return atOnce(() => derived(password, salt, LENGTH));
}

/** A slow digest of a password with its salt: `scrypt:SALT:DIGEST`, base64url. */
export async function digestPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const digest = await derive(password, salt);
  return `scrypt:${salt.toString('base64url')}:${digest.toString('base64url')}`;
}

/** Whether it is the password of this digest; takes as long for a user without one. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const [, salt = '', digest = ''] = (stored ?? '').split(':');
  const wanted = Buffer.from(digest, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'));
  return wanted.length === LENGTH && timingSafeEqual(given, wanted);
}
