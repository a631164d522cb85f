import { expect, test } from 'vitest';
import { duration, expand, expandWith, isTrue, resolveVariables } from './variables.ts';

function variable(
  key: string,
  value: string,
  flags: { file?: boolean; masked?: boolean; raw?: boolean } = {},
) {
  return { key, value, file: false, masked: false, raw: false, ...flags };
}

const own = { before: { HOME: '/home' }, after: { CI_RUNNER_VERSION: '1' } };

test('a reference is replaced once, and what it brings is left alone', () => {
  const { values } = resolveVariables(
    [variable('A', '$B'), variable('B', '$C'), variable('C', 'c')],
    own,
    '/tmp',
  );
  expect(values.get('A')).toBe('$C');
  expect(values.get('B')).toBe('c');
});

const lookUp = (name: string): string => ({ A: '1', A_B: '2' })[name] ?? '';

test('both forms of a reference, two dollars, and dollars that begin nothing', () => {
  expect(expand('$A ${A} ${A}_B $A_B $$A $ $- ${ $(x) x$', lookUp)).toBe('1 1 1_B 2 $A $ $- ${ $(x) x$');
  expect(expand('[$UNKNOWN]', lookUp)).toBe('[]');
});

test('a raw variable keeps its dollars', () => {
  const { values } = resolveVariables(
    [variable('A', '$B$$', { raw: true }), variable('B', 'b')],
    own,
    '/tmp',
  );
  expect(values.get('A')).toBe('$B$$');
});

test('a file variable stands for its path, also where it is referred to', () => {
  const { values, files } = resolveVariables(
    [variable('F', 'content of $B', { file: true }), variable('B', 'b'), variable('G', 'see $F')],
    own,
    '/tmp/x',
  );
  expect(values.get('F')).toBe('/tmp/x/F');
  expect(values.get('G')).toBe('see /tmp/x/F');
  expect(files).toEqual(new Map([['F', 'content of b']]));
});

test('the last one of a name wins, over the runner where it may and not where it may not', () => {
  const { values } = resolveVariables(
    [variable('A', '1'), variable('A', '2'), variable('HOME', '/x'), variable('CI_RUNNER_VERSION', '9')],
    own,
    '/tmp',
  );
  expect(Object.fromEntries(values)).toEqual({ A: '2', HOME: '/x', CI_RUNNER_VERSION: '1' });
});

test('a masked value is secret as it was sent and as it was expanded, even when a later one replaced it', () => {
  const { secrets } = resolveVariables(
    [variable('A', 'old', { masked: true }), variable('A', 'x$B', { masked: true }), variable('B', 'y')],
    own,
    '/tmp',
  );
  expect(new Set(secrets)).toEqual(new Set(['old', 'x$B', 'xy']));
});

test('a name that could leave the folder of the file variables is dropped', () => {
  const { values, files } = resolveVariables(
    [
      variable('../x', 'a', { file: true }),
      variable('.git-config', 'a', { file: true }),
      variable('A=B', 'a'),
      variable('N', '\0'),
    ],
    own,
    '/tmp',
  );
  expect(files.size).toBe(0);
  expect([...values.keys()]).toEqual(['HOME', 'CI_RUNNER_VERSION']);
});

test('a text is expanded with the values of a job', () => {
  expect(expandWith('app-$A-$B', new Map([['A', '1']]))).toBe('app-1-');
});

test.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5m', 90_000],
  ['250ms', 250],
  ['10', 10_000],
  ['soon', undefined],
  ['', undefined],
  ['5 m', undefined],
])('the duration %j is %j milliseconds', (text, expected) => {
  expect(duration(text)).toBe(expected);
});

test('only the words that mean yes are true', () => {
  expect(['true', '1', 'T'].map(isTrue)).toEqual([true, true, true]);
  expect(['false', 'yes', '', undefined].map(isTrue)).toEqual([false, false, false, false]);
});
