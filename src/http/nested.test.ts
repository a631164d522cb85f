import { expect, test } from 'vitest';
import { boundDepth, nest } from './nested.ts';

const of = (query: string) => JSON.parse(JSON.stringify(nest(new URLSearchParams(query)))) as unknown;

test.each([
  ['a=1&b=2', { a: '1', b: '2' }],
  ['a=1&a=2', { a: '2' }],
  ['scope[]=a&scope[]=b', { scope: ['a', 'b'] }],
  ['scope[0]=a', { scope: { 0: 'a' } }],
  ['filter[environment_scope]=x', { filter: { environment_scope: 'x' } }],
  [
    'v[][key]=A&v[][value]=1&v[][key]=B&v[][value]=2',
    {
      v: [
        { key: 'A', value: '1' },
        { key: 'B', value: '2' },
      ],
    },
  ],
  ['v[0][key]=A&v[0][value]=1', { v: { 0: { key: 'A', value: '1' } } }],
  ['a[b=1&[c]=2', { 'a[b': '1', '[c]': '2' }],
])('%s', (query, tree) => {
  expect(of(query)).toEqual(tree);
});

test('too deep a name and too many of them are refused', () => {
  expect(() => nest([[`a${'[b]'.repeat(20)}`, '1']])).toThrow(RangeError);
  expect(() => nest(Array.from({ length: 5001 }, (_, index) => [`a${index}`, '1']))).toThrow(RangeError);
});

const deep = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;

test('JSON that nests too deep is refused, however deep, and what is wide is not', () => {
  expect(boundDepth(deep(100))).toHaveLength(1);
  expect(() => boundDepth(deep(102))).toThrow('parameters nested too deep');
  expect(() => boundDepth(JSON.parse('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)))).toThrow(
    RangeError,
  );
  const wide = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  expect(boundDepth(wide)).toBe(wide);
});

test('no name reaches a prototype', () => {
  nest([['__proto__[polluted]', 'yes']]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
