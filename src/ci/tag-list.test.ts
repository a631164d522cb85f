import { expect, test } from 'vitest';
import { tagList } from './tag-list.ts';

test('commas part tags, but not within quotes, which come first', () => {
  expect(tagList(['a, b', 'c'])).toEqual(['a', 'b', 'c']);
  expect(tagList(['z', '"a, b" ', `'c,d'`, ' b ,, b'])).toEqual(['a, b', 'c,d', 'z', 'b']);
  expect(tagList([`'a, "b", c'`])).toEqual(['b', 'a, c']);
});

test('a quote that does not open or close a tag is part of one', () => {
  expect(tagList(['a"b,c"', '"x'])).toEqual(['a"b', 'c"', '"x']);
  expect(tagList(['"a"b, c"'])).toEqual(['a"b, c']);
  expect(tagList(['"a\nb"', '"c"'])).toEqual(['c', '"a\nb"']);
});

test('however many quotes are open, it ends', () => {
  expect(tagList([',"x'.repeat(80_000)])).toEqual(['"x']);
  expect(tagList([`${',"x'.repeat(80_000)}\n"`])).toEqual(['"x', '"x\n"']);
  expect(tagList([`${'" '.repeat(120_000)}x`])).toEqual([`${'" '.repeat(120_000)}x`]);
});
