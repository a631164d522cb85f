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
    '[a&&b](?!c)',
  ])('is none where JavaScript would take %s for something else', (source) => {
    expect(compilePathRegexp(source)).toBeNull();
  });

  test('tells the paths that come first', () => {
    expect(compilePathRegexp('(?!x)a')?.(['a1', 'b', 'a2', 'a3'], 2, new Patience())).toEqual(['a1', 'a2']);
  });

  test('is stopped when it takes too long, and with it all others that go back', () => {
    const patience = new Patience();
    const slow = compilePathRegexp('(?!b)(a+)+$');
    expect(() => slow?.([`${'a'.repeat(60)}b`], 1, patience)).toThrow(PathRegexpTimeout);
    expect(() => compilePathRegexp('(?!b)a')?.(['a'], 1, patience)).toThrow(
      'exceeded the time budget (0.5s)',
    );
    expect(compilePathRegexp('(a+)+$')?.([`${'a'.repeat(60)}b`], 1, patience)).toEqual([]);
  });
});
