import { describe, expect, test } from 'vitest';
import { guessTier, nameProblems, slugOf, urlProblems } from './environment-name.ts';

describe('the slug of an environment', () => {
  test.each([
    ['production', 'production'],
    ['staging-1234567890123456', 'staging-1234567890123456'],
    ['staging-12345678901234567', 'staging-123456789-'],
    ['9-staging-123456789012345', 'env-9-staging-123-'],
    ['PRODUCTION', 'production-'],
    ['review/1-foo', 'review-1-foo-'],
    ['1/foo', 'env-1-foo-'],
    ['foo--bar', 'foo-bar-'],
    ['staging-12345678-01234567', 'staging-12345678-'],
    ['.', 'env-'],
  ])('of %s begins with %s', (name, start) => {
    const slug = slugOf(name);
    expect(slug.startsWith(start)).toBe(true);
    expect(slug).toMatch(/^[a-z]([a-z0-9-]*[a-z0-9])?$/);
    expect(slug.length).toBeLessThanOrEqual(24);
    expect(slug.slice(start.length)).toMatch(slug === name ? /^$/ : /^[a-z0-9]{6}$/);
  });

  // The endings are those that GitLab computes: scripts may hold them.
  test('ends as GitLab lets it', () => expect(slugOf('review/1-foo')).toBe('review-1-foo-9tdj0u'));

  test('has no hyphen at its end', () => expect(slugOf('foo-')).toBe('foo'));

  test('differs where the names do', () => expect(slugOf('Review/A')).not.toBe(slugOf('review/a')));
});

test.each([
  ['production', 'production'],
  ['prd-eu', 'production'],
  ['live', 'production'],
  ['preproduction', 'staging'],
  ['staging', 'staging'],
  ['demo', 'staging'],
  ['qa', 'testing'],
  ['acceptance', 'testing'],
  ['acpt', 'testing'],
  ['Review/feature', 'development'],
  ['dev', 'development'],
  ['canary', 'other'],
])('%s is taken for %s', (name, tier) => expect(guessTier(name)).toBe(tier));

test('a name is refused for what it holds, its length, and when it says nothing', () => {
  expect(nameProblems('review/$CI_COMMIT_REF 1.0')).toEqual([]);
  expect(nameProblems('/x')).toHaveLength(1);
  expect(nameProblems('a!b')).toHaveLength(1);
  expect(nameProblems('x'.repeat(256))).toEqual(['is too long (maximum is 255 characters)']);
  expect(nameProblems(' ')).toEqual(["can't be blank"]);
});

test('an address that would run code in a browser is refused', () => {
  expect(urlProblems('https://app.example.com/a?b=c#d')).toEqual([]);
  expect(urlProblems('app.example.com')).toEqual([]);
  expect(urlProblems('JavaScript:alert(1)')).toEqual(['javascript scheme is not allowed']);
  expect(urlProblems('java\nscript:alert(1)')).toEqual(['javascript scheme is not allowed']);
  expect(urlProblems('http://a b')).toEqual(['URI is invalid']);
  expect(urlProblems(`http://${'x'.repeat(250)}`)).toEqual(['is too long (maximum is 255 characters)']);
});
