import { expect, test } from 'vitest';
import { refusalOf } from './refusals.ts';

test('a code is told in a sentence, and what is none is not repeated', () => {
  expect(refusalOf('openid_connect_denied')).toBe('The other server has not let you in.');
  expect(refusalOf('Call this number to unlock your account')).toBe('Signing in did not work. Try again.');
  expect(refusalOf('constructor')).toBe('Signing in did not work. Try again.');
});
