import { expect, test } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import { fieldProblems } from './field-problems.ts';

const refusal = (fields: Record<string, string>) => new ApiProblem(400, 'refused', { fields });

test('what is wrong stands at its field, in a sentence', () => {
  expect(fieldProblems(refusal({ path: 'has already been taken' }), ['name', 'path'])).toEqual({
    fields: { path: 'Path has already been taken.' },
    rest: null,
  });
  expect(fieldProblems(refusal({ 'project_namespace.path': 'is too short' }), ['path']).fields.path).toBe(
    'Path is too short.',
  );
});

test('what belongs to no field of the form is told beside it', () => {
  expect(fieldProblems(refusal({ base: 'Too many projects', limit: 'was reached' }), ['name'])).toEqual({
    fields: {},
    rest: 'Too many projects Limit was reached.',
  });
  expect(fieldProblems(new ApiProblem(403, '403 Forbidden'), ['name']).rest).toBe('403 Forbidden');
  expect(fieldProblems(null, ['name'])).toEqual({ fields: {}, rest: null });
});
