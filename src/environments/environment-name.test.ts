import { expect, test } from 'vitest';
import { guessTier, nameProblems, urlProblems } from './environment-name.ts';

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
