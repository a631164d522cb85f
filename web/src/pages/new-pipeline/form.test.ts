import { describe, expect, test } from 'vitest';
import {
  askedWith,
  beyondInputs,
  bodyOf,
  type Entered,
  enteredIn,
  type FormInput,
  problemsSaid,
  rowProblem,
  textOf,
  valueOf,
  withEmptyRow,
} from './form.ts';

const input = (name: string, more: Partial<FormInput> = {}): FormInput => ({
  name,
  type: 'string',
  description: null,
  required: false,
  default: null,
  options: null,
  regex: null,
  rules: null,
  ...more,
});
const entered = (more: Partial<Entered> = {}): Entered => ({ inputs: {}, variables: {}, rows: [], ...more });

describe('what a link fills in', () => {
  test('are variables, files and inputs', () => {
    const search = new URLSearchParams(
      'ref=main&var[A]=1&file_var[B]=x%0Ay&input[where]=here&var[]=no&other=1',
    );
    expect(enteredIn(search)).toEqual({
      inputs: { where: 'here' },
      variables: {},
      rows: [
        { id: 0, key: 'A', value: '1', file: false },
        { id: 1, key: 'B', value: 'x\ny', file: true },
      ],
    });
  });
});

describe('an input as text', () => {
  test('and back is the same value', () => {
    for (const [type, value] of [
      ['string', ' a '],
      ['number', 1.5],
      ['boolean', true],
      ['boolean', false],
      ['array', ['a', 'b c']],
      ['array', [1, { a: null }]],
      ['array', ['[a]', '']],
      ['array', []],
    ] as const)
      expect(valueOf({ type, options: null }, textOf(value))).toEqual({ value });
  });

  test('of another type is a problem', () => {
    expect(valueOf({ type: 'number', options: null }, '1x')).toEqual({ problem: 'Is not a number' });
    expect(valueOf({ type: 'number', options: null }, ' ')).toEqual({ problem: 'Is not a number' });
    expect(valueOf({ type: 'array', options: null }, '["a"')).toHaveProperty('problem');
  });

  test('lines that are options are what the options are', () => {
    expect(valueOf({ type: 'array', options: [1, 'a'] }, '1\na')).toEqual({ value: [1, 'a'] });
  });
});

describe('what is sent', () => {
  test('leaves inputs that nobody touched to the configuration', () => {
    const form = { inputs: [input('a', { default: 'x' }), input('b', { type: 'number' })], variables: [] };
    expect(bodyOf('main', form, entered()).body).toEqual({ ref: 'main', variables: [], inputs: {} });
    expect(bodyOf('main', form, entered({ inputs: { a: '', b: '' } })).body.inputs).toEqual({ a: '' });
    expect(bodyOf('main', form, entered({ inputs: { b: '7' } })).body.inputs).toEqual({ b: 7 });
  });

  test('has every input that is required, and says which is missing', () => {
    const form = {
      inputs: [
        input('flag', { type: 'boolean', required: true }),
        input('text', { required: true }),
        input('one', { required: true, options: ['a'] }),
      ],
      variables: [],
    };
    const { body, problems } = bodyOf('main', form, entered());
    expect(body.inputs).toEqual({ flag: false });
    expect(problems).toEqual({ text: 'Needs a value', one: 'Needs one of its options' });
  });

  test('has the variables as the form shows them, and one that is added in its place', () => {
    const form = {
      inputs: [],
      variables: [
        { key: 'SHOWN', value: 'a', description: 'why', options: null },
        { key: 'CHANGED', value: 'a', description: 'why', options: null },
        { key: 'AGAIN', value: 'a', description: 'why', options: null },
        { key: 'SILENT', value: 'a', description: null, options: null },
      ],
    };
    const { body } = bodyOf(
      'main',
      form,
      entered({
        variables: { CHANGED: 'b', SILENT: 'b' },
        rows: [
          { id: 0, key: 'AGAIN', value: 'c', file: true },
          { id: 1, key: '', value: '', file: false },
        ],
      }),
    );
    expect(body.variables).toEqual([
      { key: 'SHOWN', value: 'a', variable_type: 'env_var', raw: false },
      { key: 'CHANGED', value: 'b', variable_type: 'env_var', raw: false },
      { key: 'AGAIN', value: 'c', variable_type: 'file', raw: false },
    ]);
  });

  test('is nothing while a key is none', () => {
    const rows = [
      { id: 3, key: 'A-B', value: '', file: false },
      { id: 4, key: '', value: 'x', file: false },
    ];
    const { problems } = bodyOf('main', { inputs: [], variables: [] }, entered({ rows }));
    expect(problems).toEqual({
      [rowProblem(3)]: 'A key has only letters, digits and _',
      [rowProblem(4)]: 'Needs a key',
    });
  });
});

test('rules are asked with the values that are good so far, and only where there are rules', () => {
  const inputs = [input('a', { rules: [{}] }), input('b', { type: 'number' }), input('c', { type: 'array' })];
  expect(askedWith(inputs, entered({ inputs: { a: 'x', b: 'no', c: 'x' } }))).toEqual({ a: 'x' });
  expect(askedWith([input('a')], entered({ inputs: { a: 'x' } }))).toEqual({});
});

test('there is always an empty row to begin another variable with', () => {
  expect(withEmptyRow([])).toHaveLength(1);
  const rows = withEmptyRow([{ id: 7, key: 'A', value: '', file: false }]);
  expect(rows.map(({ id }) => id)).toEqual([7, 8]);
  expect(withEmptyRow(rows)).toBe(rows);
});

test('what the server says of inputs stands at them, the rest by itself', () => {
  expect(
    problemsSaid(
      '`a` input: required value has not been provided, `b` input: `x`, y cannot be used because, unknown input arguments: c',
    ),
  ).toEqual({
    inputs: {
      a: 'Required value has not been provided',
      b: '`x`, y cannot be used because',
    },
    rest: 'unknown input arguments: c',
  });
  expect(problemsSaid('Reference not found')).toEqual({ inputs: {}, rest: 'Reference not found' });
});

test('an input that waits for its value is no mistake of the configuration', () => {
  const errors = [
    { message: '`a` input: required value has not been provided', line: 1 },
    { message: 'unit config is odd', line: 2 },
    { message: '`a` input: x, unknown input arguments: c', line: 3 },
  ];
  expect(beyondInputs(errors)).toEqual([
    { message: 'unit config is odd', line: 2 },
    { message: 'unknown input arguments: c', line: 3 },
  ]);
});
