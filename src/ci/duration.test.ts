import { expect, test } from 'vitest';
import { durationSeconds, expirySeconds, isExpiry } from './duration.ts';

test.each([
  ['42', 42],
  ['42 seconds', 42],
  ['3 mins 4 sec', 184],
  ['1m 3s', 63],
  ['2 hrs 20 min', 8400],
  ['2h20min', 8400],
  ['1 hour and 5 minutes', 3900],
  ['1 hour, 5 minutes', 3900],
  ['1 week with 2 days', 777_600],
  ['6 mos 1 day', 15_638_400],
  ['47 yrs 6 mos and 4d', 47 * 31_557_600 + 180 * 86_400 + 4 * 86_400],
  ['1.5 hours', 5400],
  ['one hour', 3600],
  ['twenty five minutes', 1500],
  ['twenty-five minutes', 1500],
  ['one hundred twenty seconds', 120],
  ['1:30', 90],
  ['1:30:00', 5400],
  ['day', 86_400],
  ['WEEK', 604_800],
  ['1 year', 31_557_600],
  ['1000 years', 31_557_600_000],
])('%s is %d seconds', (text, seconds) => {
  expect(durationSeconds(text)).toBe(seconds);
});

test.each([
  '',
  '0',
  '0 days',
  '7 elephants',
  'soon',
  '1:2:3:4:5:6:7',
  '-5 min',
  'an hour',
  '1001 years',
  '999999999999 years',
  `${'9'.repeat(400)} s`,
  '9'.repeat(1_000_000),
  '9999:0:0:0:0:0',
])('%j is no duration', (text) => {
  expect(durationSeconds(text)).toBeNull();
});

test('artifacts that never expire have an expiry, but no seconds', () => {
  expect(isExpiry('Never')).toBe(true);
  expect(expirySeconds('never')).toBeNull();
  expect(expirySeconds('1 day')).toBe(86_400);
  expect(isExpiry('7 elephants')).toBe(false);
});
