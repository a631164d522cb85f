import { expect, test } from 'vitest';
import { actionsOf } from './actions.ts';

const all = () => true;
const cancels = (ability: string) => ability === 'cancel_build';
const of = (status: string, archived = false) => actionsOf({ status, archived }, all);

test('a job offers what its status lets one do', () => {
  expect(of('manual')).toEqual(['play']);
  expect(of('scheduled')).toEqual(['play', 'cancel']);
  expect(of('running')).toEqual(['cancel']);
  expect(of('canceling')).toEqual([]);
  expect(of('success')).toEqual(['retry']);
  expect(of('failed')).toEqual(['retry']);
  expect(of('skipped')).toEqual([]);
});

test('an archived job is neither played nor retried', () => {
  expect(of('manual', true)).toEqual([]);
  expect(of('failed', true)).toEqual([]);
});

test('who has no ability is offered nothing', () => {
  expect(actionsOf({ status: 'running', archived: false }, () => false)).toEqual([]);
  expect(actionsOf({ status: 'failed', archived: false }, cancels)).toEqual([]);
});
