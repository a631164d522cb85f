import { describe, expect, test } from 'vitest';
import { slugOf } from './environment-words.ts';

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
