import { describe, expect, test } from 'vitest';
import { compilePathRegexp, PathRegexpTimeout, Patience } from './path-regexp.ts';

const found = (source: string, ...paths: string[]) =>
  compilePathRegexp(source)?.(paths, 10, new Patience()) ?? null;

describe('an expression of paths', () => {
  test('looks ahead and behind as one of Ruby', () => {
    expect(found(String.raw`\A(?!docs/).*`, 'docs/a', 'src/b')).toEqual(['src/b']);
    expect(found(String.raw`(?<=src/)main`, 'main', 'src/main')).toEqual(['src/main']);
    expect(found(String.raw`(?!x)\h+\Z`, 'x', 'c0\n')).toEqual(['c0\n']);
  });

  test('knows the ends of lines from the end of the path', () => {
    expect(found('^b$', 'a\nb\nc')).toEqual(['a\nb\nc']);
    expect(found(String.raw`^(?=b)b$`, 'a\nb\nc')).toEqual(['a\nb\nc']);
    expect(found(String.raw`(?=b)b\z`, 'b\nc', 'a\nb')).toEqual(['a\nb']);
    expect(found(String.raw`\A(?=b)b`, 'a\nb', 'b\nc')).toEqual(['b\nc']);
  });

  test.each([
    '(a',
    '(?>a)',
    String.raw`\p{L}(?=x)`,
    '[[:alpha:]](?!a)',
    String.raw`[\h](?!a)`,
    String.raw`(?!a)\u{41}`,
    String.raw`(?!a)\x4`,
    String.raw`(?!a)(?<n>b)\k<n>`,
    String.raw`(?!a)\1(b)`,
  ])('is none where JavaScript would take %s for something else', (source) => {
    expect(compilePathRegexp(source)).toBeNull();
  });

  test.each([
    String.raw`\A[a-z&&[^x]]+\z`,
    '[a&&b]',
    '[a&&b](?!c)',
    '[a[b]',
    '[a[b](?!c)',
    String.raw`\Q.\E`,
  ])('is none where RE2 or JavaScript would take %s for something else', (source) => {
    expect(compilePathRegexp(source)).toBeNull();
  });

  test.each(['', '(?!x)'])('counts up to a number, and has signs in its classes, behind "%s"', (ahead) => {
    expect(found(String.raw`\A${ahead}\w{,3}\z`, 'abc', 'abcd', 'w{,3}')).toEqual(['abc']);
    expect(found(String.raw`\A${ahead}[{,3}]+\z`, '{,3}', '0')).toEqual(['{,3}']);
    expect(found(String.raw`\A${ahead}[\w&]+\z`, 'a&b', 'a b')).toEqual(['a&b']);
    expect(found(String.raw`\A${ahead}[]a]+\z`, 'a]', 'b')).toEqual(['a]']);
    expect(found(String.raw`\A${ahead}\x41\z`, 'A', 'x41')).toEqual(['A']);
  });

  test('knows the named classes of RE2', () => {
    expect(found(String.raw`\A[[:alpha:]_]+\z`, 'a_', 'a1')).toEqual(['a_']);
  });

  test('takes letters for the same whatever their case where it begins with saying so', () => {
    expect(found('(?i)(?!docs/)s', 'Docs/S', 'SRC')).toEqual(['Docs/S', 'SRC']);
    expect(found(String.raw`(?i)\A(?!docs/)`, 'Docs/a', 'src')).toEqual(['src']);
  });

  test('tells the paths that come first', () => {
    expect(compilePathRegexp('(?!x)a')?.(['a1', 'b', 'a2', 'a3'], 2, new Patience())).toEqual(['a1', 'a2']);
  });

  test('is stopped when it takes too long, and with it all others that go back', () => {
    const patience = new Patience();
    const slow = compilePathRegexp('(?!b)(a+)+$');
    expect(() => slow?.([`${'a'.repeat(60)}b`], 1, patience)).toThrow(PathRegexpTimeout);
    expect(() => compilePathRegexp('(?!b)a')?.(['a'], 1, patience)).toThrow('exceeded the time budget (2s)');
    expect(compilePathRegexp('(a+)+$')?.([`${'a'.repeat(60)}b`], 1, patience)).toEqual([]);
  });

  test('takes from the time of the others what it takes', () => {
    const patience = new Patience();
    const before = patience.milliseconds;
    compilePathRegexp('(?!b)(a+)+$')?.([`${'a'.repeat(16)}b`], 1, patience);
    expect(patience.milliseconds).toBeLessThan(before);
  });
});
