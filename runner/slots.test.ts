import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('running jobs have different numbers, and a number that is free again is used first', () => {
  const slots = new Slots();
  const first = slots.take(7);
  expect(first).toEqual({ concurrent_id: 0, concurrent_project_id: 0 });
  expect(slots.take(7)).toEqual({ concurrent_id: 1, concurrent_project_id: 1 });
  expect(slots.take(8)).toEqual({ concurrent_id: 2, concurrent_project_id: 0 });
  slots.release(first);
  expect(slots.take(8)).toEqual({ concurrent_id: 0, concurrent_project_id: 1 });
});
