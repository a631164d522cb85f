import { expect, test } from 'vitest';
import { pipelineDuration } from './pipeline-duration.ts';

const period = (from: number, to: number) => ({ started_at: from * 1000, finished_at: to * 1000 });

test('jobs side by side count once, the waits between them not at all', () => {
  expect(pipelineDuration([period(20, 30), period(0, 10), period(5, 12), period(6, 8)])).toBe(22);
});

test('a pipeline without a job that ran took no time', () => {
  expect(pipelineDuration([])).toBe(0);
});
