import { expect, test } from 'vitest';
import { momentOf } from './job-filter.ts';

test.each([
  ['2026-01-02', '2026-01-02T00:00:00.000Z'],
  ['2026-01-02T03:04', '2026-01-02T03:04:00.000Z'],
  ['2026-01-02 03:04:05', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02T03:04:05z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02T03:04:05+01:00', '2026-01-02T02:04:05.000Z'],
  ['2026-01-02T03:04:05 01:00', '2026-01-02T02:04:05.000Z'],
  ['2026-01-02T03:04:05-0130', '2026-01-02T04:34:05.000Z'],
  ['2026-01-02T03:04:05+01', '2026-01-02T02:04:05.000Z'],
])('%s is %s, wherever the server stands', (text, moment) => {
  expect(new Date(momentOf('since', text)!).toISOString()).toBe(moment);
});

test.each(['soon', '2026', '2026-02-30', '2026-01-02T', '2026-01-02T25:00', '2026-01-02T03:04 or so', '1'])(
  '%s is no moment',
  (text) => {
    expect(() => momentOf('since', text)).toThrow('since is invalid');
  },
);

test('nothing given is no moment, and no mistake', () => {
  expect([momentOf('since', undefined), momentOf('since', '')]).toEqual([undefined, undefined]);
});
