import { createHmac } from 'node:crypto';

/**
 * What this server is called among others: always the same, and made of the key that it has anyway, which it does
 * not give away.
 */
export function instanceUuid(secretKey: Buffer): string {
  const hex = createHmac('sha256', secretKey).update('instance uuid').digest('hex');
  // Version 8: one that is made in a way of its own.
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}
