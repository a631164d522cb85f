import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { decrypt, encrypt } from './encrypt.ts';

const key = randomBytes(32);

test.each(['', 'secret', 'ключ 🔑', 'x'.repeat(100_000)])('a value comes back as it was', (value) => {
  expect(decrypt(key, encrypt(key, value))).toBe(value);
});

test('equal values are not equal when stored, and do not show', () => {
  expect(encrypt(key, 'secret')).not.toBe(encrypt(key, 'secret'));
  expect(Buffer.from(encrypt(key, 'secret').slice(3), 'base64url').toString('latin1')).not.toContain(
    'secret',
  );
});

test('a value that was changed, cut or stored under another key is refused', () => {
  const stored = encrypt(key, 'secret');
  const flipped = Buffer.from(stored.slice(3), 'base64url');
  flipped[14] = (flipped[14] ?? 0) ^ 1;
  expect(() => decrypt(key, `v1.${flipped.toString('base64url')}`)).toThrow('authenticate');
  expect(() => decrypt(key, stored.slice(0, 20))).toThrow('cut');
  expect(() => decrypt(key, 'secret')).toThrow('unknown kind');
  expect(() => decrypt(randomBytes(32), stored)).toThrow('authenticate');
});
