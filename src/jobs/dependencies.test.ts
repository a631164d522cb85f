import { expect, test } from 'vitest';
import { type Consumer, dependenciesOf } from './dependencies.ts';

const jobs = [
  { id: 1, name: 'build', stage_idx: 1 },
  { id: 2, name: 'lint', stage_idx: 1 },
  { id: 3, name: 'test', stage_idx: 2 },
];
const names = (over: Partial<Consumer>) =>
  dependenciesOf(
    { stage_idx: 2, scheduling_type: 'stage', needs: [], dependencies: null, ...over },
    jobs,
  ).map(({ name }) => name);

test('a job fetches from all earlier stages', () => {
  expect(names({})).toEqual(['build', 'lint']);
  expect(names({ stage_idx: 3 })).toEqual(['build', 'lint', 'test']);
});

test('a job with needs fetches from those alone, but not from needs without artifacts', () => {
  const needs = [
    { name: 'test', artifacts: true },
    { name: 'lint', artifacts: false },
  ];
  expect(names({ scheduling_type: 'dag', needs })).toEqual(['test']);
});

test('a job without needs or dependencies by its own words fetches nothing', () => {
  expect(names({ scheduling_type: 'dag' })).toEqual([]);
  expect(names({ dependencies: [] })).toEqual([]);
});

test('dependencies choose among what there is', () => {
  expect(names({ dependencies: ['lint', 'test', 'gone'] })).toEqual(['lint']);
  const needs = [
    { name: 'build', artifacts: true },
    { name: 'lint', artifacts: true },
  ];
  expect(names({ scheduling_type: 'dag', needs, dependencies: ['lint'] })).toEqual(['lint']);
});
