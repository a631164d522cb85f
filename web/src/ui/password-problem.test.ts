import { expect, test } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import { passwordProblem } from './password-problem.ts';

const limited = (retryAfter: number | null) =>
  passwordProblem(new ApiProblem(429, 'This endpoint has been requested too many times.', { retryAfter }));

test('whoever has tried too often is told how long to wait', () => {
  expect(limited(1)).toBe('Too many wrong passwords. Try again in 1 second.');
  expect(limited(59)).toBe('Too many wrong passwords. Try again in 59 seconds.');
  expect(limited(61)).toBe('Too many wrong passwords. Try again in 2 minutes.');
  expect(limited(null)).toBe('Too many wrong passwords. Try again later.');
});

test('what the server says otherwise is what is said', () => {
  expect(passwordProblem(new ApiProblem(403, 'Your account has been blocked.'))).toBe(
    'Your account has been blocked.',
  );
});
