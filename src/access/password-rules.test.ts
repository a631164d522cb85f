import { expect, test } from 'vitest';
import { passwordProblems } from './password-rules.ts';

const COMMON = ['must not contain commonly used combinations of words and letters'];

test.each([
  ['1234567', ['is too short (minimum is 8 characters)']],
  ['x'.repeat(129), ['is too long (maximum is 128 characters)']],
  ['12345678', COMMON],
  ['Password1!', COMMON],
  ['qwertyuiop', COMMON],
  ['zzzzzzzzzz', COMMON],
  ['Adalovelace', COMMON],
  ['adalovelace writes', []],
  ['password of the tests', []],
  ['correct horse', []],
])('%j: %j', (password, problems) => {
  expect(passwordProblems(password, { username: 'adalovelace' })).toEqual(problems);
});
