import { expect, test } from 'vitest';
import { createToken, digestToken, PREFIX, tokenMatches } from './token.ts';

test('a token is told by its prefix and is never made twice', () => {
  const tokens = new Set(Array.from({ length: 1000 }, () => createToken(PREFIX.personal)));
  expect(tokens.size).toBe(1000);
  for (const token of tokens) expect(token).toMatch(/^glpat-[\w-]{27}$/);
});

test('what is stored of a token does not show it, and is the same every time', () => {
  const token = createToken(PREFIX.job);
  const digest = digestToken(token);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(digest).not.toContain(token.slice(PREFIX.job.length));
  expect(digestToken(token)).toBe(digest);
});

test('a digest is matched by its token alone, and a broken digest by none', () => {
  const token = createToken(PREFIX.job);
  const digest = digestToken(token);
  expect(tokenMatches(token, digest)).toBe(true);
  expect(tokenMatches(createToken(PREFIX.job), digest)).toBe(false);
  expect(tokenMatches(digest, digest)).toBe(false);
  expect(tokenMatches(token, '')).toBe(false);
  expect(tokenMatches(token, digest.slice(0, 63))).toBe(false);
  expect(tokenMatches(token, digest.slice(0, 62) + '00')).toBe(digest.endsWith('00'));
  expect(tokenMatches(token, digest.slice(0, 2) + '0'.repeat(62))).toBe(false);
});
