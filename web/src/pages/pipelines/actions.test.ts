import { expect, test } from 'vitest';
import { actionsOf } from './actions.ts';

test('what is under way can be canceled, what went wrong run again, and what went well neither', () => {
  expect(actionsOf('running', true)).toEqual(['cancel']);
  expect(actionsOf('pending', true)).toEqual(['cancel']);
  expect(actionsOf('manual', true)).toEqual(['cancel']);
  expect(actionsOf('canceling', true)).toEqual([]);
  expect(actionsOf('failed', true)).toEqual(['retry']);
  expect(actionsOf('canceled', true)).toEqual(['retry']);
  expect(actionsOf('success', true)).toEqual([]);
  expect(actionsOf('skipped', true)).toEqual([]);
});

test('who may not change pipelines is offered nothing', () => {
  expect(actionsOf('running', false)).toEqual([]);
  expect(actionsOf('failed', false)).toEqual([]);
});
