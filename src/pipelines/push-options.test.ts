import { expect, test } from 'vitest';
import { readPushOptions, skipsPipeline } from './push-options.ts';

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
  ['Fix it [skip ci]', true],
  ['Fix it\n\n[CI-SKIP]', true],
  ['[ci_skip] typo', true],
  ['skip ci', false],
  ['[skip  ci]', false],
  ['[skip cider]', false],
])('the message %j skips: %s', (message, skips) => {
  expect(skipsPipeline(message)).toBe(skips);
});
