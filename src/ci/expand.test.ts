import { expect, test } from 'vitest';
import { expand, expandAll } from './expand.ts';
import { variable } from './variable.ts';

const variables = [
  variable('A', 'a'),
  variable('FILE', 'content', { file: true }),
  variable('RAW', '$A', { raw: true }),
  variable('NESTED', '<$A>'),
];

test('all three ways to write a reference are filled in', () => {
  expect(expand('$A-${A}-%A%', variables, { unknown: 'keep' })).toBe('a-a-a');
});

test('a name ends where its letters, digits and underscores do, and never begins with a digit', () => {
  expect(expand('$A.b $A/b $AB $1A ${A-b} 50% of 60%', variables, { unknown: 'keep' })).toBe(
    'a.b a/b $AB $1A ${A-b} 50% of 60%',
  );
});

test('unknown variables are kept or blanked', () => {
  expect(expand('[$NO]', variables, { unknown: 'keep' })).toBe('[$NO]');
  expect(expand('[$NO%NO%${NO}]', variables, { unknown: 'blank' })).toBe('[]');
});

test('what comes in is not looked into again', () => {
  expect(expand('$NESTED $RAW', variables, { unknown: 'keep' })).toBe('<$A> $A');
});

test('the last of several with one key counts', () => {
  expect(expand('$A', [...variables, variable('A', 'later')], { unknown: 'keep' })).toBe('later');
});

function values(list: ReturnType<typeof variable>[], options: Parameters<typeof expandAll>[1]) {
  const { variables: found } = expandAll(list, options);
  return Object.fromEntries((found ?? []).map(({ key, value }) => [key, value]));
}

test('values are filled in through all levels, in whatever order they are defined', () => {
  const list = [variable('C', '$B!'), variable('B', '$A?'), variable('A', 'a')];
  expect(values(list, { unknown: 'keep' })).toEqual({ A: 'a', B: 'a?', C: 'a?!' });
});

test('raw values stay, and for the runner references to raw and file variables stay too', () => {
  const list = [...variables, variable('X', '$RAW $FILE $A')];
  expect(values(list, { unknown: 'keep', file_and_raw: 'keep' })).toMatchObject({
    RAW: '$A',
    X: '$RAW $FILE a',
  });
  expect(values(list, { unknown: 'keep' })).toMatchObject({ X: '$A content a' });
});

test('escaped signs begin no reference and stay for the runner', () => {
  expect(values([variable('A', 'a'), variable('B', '$$A %%A%')], { unknown: 'blank' })).toMatchObject({
    B: '$$A %%A%',
  });
});

test('a loop is named by its members, one that only names itself is none', () => {
  const loop = [variable('A', '$B'), variable('B', '$C'), variable('C', '$A'), variable('D', '$D')];
  expect(expandAll(loop, { unknown: 'keep' })).toEqual({
    variables: null,
    problem: 'circular variable reference detected: ["A", "B", "C"]',
  });
  expect(values([variable('D', '$D/x')], { unknown: 'keep' })).toEqual({ D: '$D/x' });
});

test('every loop is named', () => {
  const loops = [variable('A', '$B'), variable('B', '$A'), variable('X', '$Y'), variable('Y', '$X')];
  expect(expandAll(loops, { unknown: 'keep' }).problem).toBe(
    'circular variable reference detected: ["A", "B"], ["X", "Y"]',
  );
});

test('a chain of twenty thousand is followed to its end', () => {
  const chain = Array.from({ length: 20_000 }, (_, index) => variable(`V${index}`, `$V${index + 1}`));
  expect(values([...chain, variable('V20000', 'end')], { unknown: 'keep' }).V0).toBe('end');
});

test('values that multiply come to an end, and it is told', () => {
  const levels = Array.from({ length: 30 }, (_, at) => variable(`V${at + 1}`, `$V${at}`.repeat(10)));
  expect(expandAll([variable('V0', 'x'.repeat(10)), ...levels], { unknown: 'keep' })).toEqual({
    variables: null,
    problem: 'the variables are too large once their references are filled in',
  });
  const long = [variable('LONG', 'x'.repeat(1_000_000))];
  const text = expand('$LONG'.repeat(5), long, { unknown: 'blank' });
  expect([text.length, text.slice(-10)]).toEqual([2_000_015, '$LONG$LONG']);
});
