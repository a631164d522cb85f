import { expect, test } from 'vitest';
import { readPushOptions, skipReason } from './push-options.ts';

test('options of a push choose whether there are pipelines, and their variables', () => {
  expect(readPushOptions([])).toEqual({ skip: false, none: false, variables: [], inputs: {} });
  expect(readPushOptions(['ci.skip', 'merge_request.create'])).toMatchObject({ skip: true, none: false });
  expect(readPushOptions(['ci.no_pipeline'])).toMatchObject({ skip: false, none: true });
  expect(
    readPushOptions(['ci.variable=A=1', 'ci.variable="B=two = 2"', 'ci.variable=C=', 'ci.variable=1=x'])
      .variables,
  ).toEqual([
    { key: 'A', value: '1', variable_type: 'env_var' },
    { key: 'B', value: 'two = 2', variable_type: 'env_var' },
    { key: 'C', value: '', variable_type: 'env_var' },
  ]);
});

test('options of a push give inputs, as texts', () => {
  const options = ['ci.input=a=1', 'ci.input="b-c=[1, \'x=y\']"', 'ci.input=d=', 'ci.input==x', 'ci.input=e'];
  expect(readPushOptions(options).inputs).toEqual({ a: '1', 'b-c': "[1, 'x=y']", d: '' });
});

test.each([
  ['Fix it [skip ci]', 'the message of the commit says [skip ci]'],
  ['Fix it\n\n[CI-SKIP]', 'the message of the commit says [CI-SKIP]'],
  ['[ci_skip] typo', 'the message of the commit says [ci_skip]'],
  ['skip ci', null],
  ['[skip  ci]', null],
  ['[skip cider]', null],
])('the message %j skips: %s', (message, because) => {
  expect(skipReason({ skip: false }, message)).toBe(because);
});

test('the option of a push skips, whatever the message says', () => {
  expect(skipReason({ skip: true }, 'Fix it')).toBe('the push was made with the option ci.skip');
});
