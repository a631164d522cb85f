import { expect, test } from 'vitest';
import type { PersonalAccessToken, User } from '../access/caller.ts';
import { checkUser } from '../access/check-user.ts';
import { ApiError } from '../errors.ts';
import { checkToken } from './authenticate.ts';

const token: PersonalAccessToken = {
  id: 1,
  user_id: 1,
  name: 'token',
  description: null,
  token_digest: '',
  scopes: '["api"]',
  expires_at: null,
  revoked: 0,
  family_id: null,
  created_at: 0,
  last_used_at: null,
};
const user: User = {
  id: 1,
  username: 'ann',
  email: 'ann@example.com',
  name: 'Ann',
  state: 'active',
  admin: 0,
  bot: 0,
  password_digest: null,
  password_expires_at: null,
  public_email: '',
  profile: '{}',
  created_at: 0,
  updated_at: 0,
};
const statusOf = (check: () => void) => {
  try {
    check();
  } catch (error) {
    return error instanceof ApiError ? error.status : error;
  }
  return 'passes';
};

test.each([
  ['2026-01-02', 'passes'],
  ['2026-01-01', 401],
  ['2025-12-31', 401],
  [null, 'passes'],
])('on the first of January a token that expires %s: %s', (expires_at, outcome) => {
  expect(statusOf(() => checkToken({ ...token, expires_at }, '2026-01-01'))).toBe(outcome);
});

test('a revoked token is refused, however long it would last', () => {
  expect(statusOf(() => checkToken({ ...token, revoked: 1 }, '2026-01-01'))).toBe(401);
});

test.each([
  ['active', 'passes'],
  ['blocked', 403],
  ['deactivated', 403],
])('a user who is %s: %s', (state, outcome) => {
  expect(statusOf(() => checkUser({ ...user, state }))).toBe(outcome);
});
