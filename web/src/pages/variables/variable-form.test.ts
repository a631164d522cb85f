import { describe, expect, test } from 'vitest';
import {
  bodyOf,
  changeOf,
  formOf,
  maskProblem,
  NEW_VARIABLE,
  problemsOf,
  problemsSaid,
  type VariableForm,
} from './variable-form.ts';

const form = (more: Partial<VariableForm>): VariableForm => ({ ...NEW_VARIABLE, key: 'KEY', ...more });
const scoped = { scoped: true };

describe('a value that is masked', () => {
  test('is long enough, on one line, without spaces', () => {
    expect(maskProblem('1234567', true)).toContain('at least 8 characters');
    expect(maskProblem('12345678', true)).toBeNull();
    expect(maskProblem('12345678\n9', false)).toContain('one line');
    expect(maskProblem('1234 5678', false)).toContain('no spaces');
  });

  test('has only harmless characters while references are expanded', () => {
    expect(maskProblem('abc$defgh', true)).toContain('no $');
    expect(maskProblem('abc%defgh', true)).toContain('no %');
    expect(maskProblem('abc$defgh', false)).toBeNull();
    expect(maskProblem('aZ09_+=/@:.~-', true)).toBeNull();
  });

  test('is told what the server leaves out', () => {
    const masked = form({ visibility: 'masked', value: 'short' });
    expect(problemsSaid({ value: 'is invalid' }, masked).value).toContain('at least 8 characters');
    expect(problemsSaid({ key: '(KEY) has already been taken' }, masked)).toEqual({
      key: '(KEY) has already been taken',
    });
  });
});

describe('the form of a variable', () => {
  test('asks for a key that can be one', () => {
    expect(problemsOf(form({ key: ' ' }), { isNew: true }).key).toBe('Needs a key');
    expect(problemsOf(form({ key: 'A-B' }), { isNew: true }).key).toContain('only letters');
    expect(problemsOf(form({}), { isNew: true })).toEqual({});
  });

  test('hides a value only when it makes the variable', () => {
    const hidden = form({ visibility: 'hidden', value: 'a-secret' });
    expect(bodyOf(hidden, scoped)).toMatchObject({ key: 'KEY', value: 'a-secret', masked_and_hidden: true });
    expect(bodyOf(hidden, scoped)).not.toHaveProperty('masked');
    expect(changeOf(hidden, scoped)).not.toHaveProperty('masked_and_hidden');
  });

  test('leaves the value of a hidden variable as it is unless another is typed', () => {
    const known = formOf({
      key: 'KEY',
      value: null,
      variable_type: 'env_var',
      masked: true,
      hidden: true,
      protected: false,
      raw: true,
      description: null,
      environment_scope: 'prod',
    });
    expect(problemsOf(known, { isNew: false })).toEqual({});
    expect(changeOf(known, scoped)).not.toHaveProperty('value');
    expect(problemsOf({ ...known, value: 'x' }, { isNew: false }).value).toContain('at least');
    expect(changeOf({ ...known, value: 'y'.repeat(8) }, scoped)).toHaveProperty('value', 'yyyyyyyy');
  });

  test('has no scope for the server', () => {
    expect(bodyOf(form({}), { scoped: false })).not.toHaveProperty('environment_scope');
    expect(bodyOf(form({ environment_scope: ' prod/* ' }), scoped)).toMatchObject({
      environment_scope: 'prod/*',
      raw: false,
      description: null,
    });
  });
});
