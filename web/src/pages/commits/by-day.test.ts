import { expect, test } from 'vitest';
import { byDay } from './by-day.ts';

test('what follows each other on one day stands together, in its order', () => {
  const days = byDay(
    ['2026-11-26T12:00:00', '2026-11-26T09:00:00', '2026-11-25T23:59:59', '2026-11-26T08:00:00'],
    (date) => date,
  );
  expect(days.map(({ day, items }) => [day, items.length])).toEqual([
    ['2026-11-26', 2],
    ['2026-11-25', 1],
    ['2026-11-26', 1],
  ]);
  expect(byDay([], String)).toEqual([]);
});
