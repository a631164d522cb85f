import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Begins every stored value, so that another way can be told from this one later. */
const VERSION = 'v1.';

/** The value as it is stored: AES-256-GCM under the instance's key of 32 bytes, never twice the same. */
export function encrypt(key: Buffer, value: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([iv, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return VERSION + sealed.toString('base64url');
}

/**
 * The value that was stored.
 * @throws Error when it was changed, or encrypted under another key
 */
export function decrypt(key: Buffer, stored: string): string {
  if (!stored.startsWith(VERSION)) throw new Error('an encrypted value of an unknown kind');
  const sealed = Buffer.from(stored.slice(VERSION.length), 'base64url');
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new Error('an encrypted value that was cut');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const text = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}
