import { expect, test } from 'vitest';
import { digestPassword, passwordMatches } from './password.ts';

test('a password is matched by itself alone', async () => {
  const stored = await digestPassword('correct horse');
  expect(stored).not.toContain('correct horse');
  expect(await passwordMatches('correct horse', stored)).toBe(true);
  for (const other of ['correct horsf', 'Correct horse', 'correct horse ', ''])
    expect(await passwordMatches(other, stored)).toBe(false);
});

test('equal passwords are not stored alike', async () => {
  expect(await digestPassword('correct horse')).not.toBe(await digestPassword('correct horse'));
});

test.each([null, '', 'scrypt:', 'scrypt:AAAA:', 'correct horse'])(
  'who has no password, stored as %o, has none that matches',
  async (stored) => {
    for (const password of ['', 'correct horse']) expect(await passwordMatches(password, stored)).toBe(false);
  },
);
