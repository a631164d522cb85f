import { describe, expect, test } from 'vitest';
import { cronProblems, nextRunAt } from './cron.ts';

const next = (cron: string, cron_timezone: string, after: string) => {
  const time = nextRunAt({ cron, cron_timezone }, Date.parse(after));
  return time === null ? null : new Date(time).toISOString().replace('.000', '');
};

const problems = (cron: string, cron_timezone: string) =>
  Object.keys(cronProblems({ cron, cron_timezone }, 0));

describe('a cron', () => {
  test('comes at its second, and not twice', () => {
    expect(next('0 4 * * *', 'UTC', '2026-01-01T03:59:59.999Z')).toBe('2026-01-01T04:00:00Z');
    expect(next('0 4 * * *', 'UTC', '2026-01-01T04:00:00Z')).toBe('2026-01-02T04:00:00Z');
  });

  test.each([
    ['*/15 * * * *', '2026-01-01T00:15:00Z'],
    ['5/20 * * * *', '2026-01-01T00:05:00Z'],
    ['0 4 * * mon-fri', '2026-01-01T04:00:00Z'],
    ['0 4 * * 7', '2026-01-04T04:00:00Z'],
    ['0 0 13 * 5', '2026-01-02T00:00:00Z'],
    ['0 0 L * *', '2026-01-31T00:00:00Z'],
    ['0 0 * * mon#1', '2026-01-05T00:00:00Z'],
    ['@monthly', '2026-02-01T00:00:00Z'],
  ])('%s', (cron, time) => {
    expect(next(cron, 'UTC', '2026-01-01T00:00:30Z')).toBe(time);
  });

  test.each([
    ['Europe/Berlin', '2026-01-01T03:00:00Z'],
    ['Berlin', '2026-01-01T03:00:00Z'],
    ['Pacific Time (US & Canada)', '2026-01-01T12:00:00Z'],
    ['New Delhi', '2026-01-01T22:30:00Z'],
  ])('is meant in its time zone: %s', (zone, time) => {
    expect(next('0 4 * * *', zone, '2026-01-01T00:00:00Z')).toBe(time);
  });

  test('comes once on the days on which clocks change', () => {
    expect(next('30 2 * * *', 'Berlin', '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00Z');
    expect(next('30 2 * * *', 'Berlin', '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00Z');
    expect(next('30 2 * * *', 'Berlin', '2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00Z');
  });

  test('and its time zone are checked each by itself', () => {
    expect(problems('0 4 * * *', 'UTC')).toEqual([]);
    expect(problems('0 4 * *', 'Nowhere')).toEqual(['cron', 'cron_timezone']);
    expect(problems('0 0 30 2 *', 'UTC')).toEqual(['cron']);
    expect(problems(`${'0,'.repeat(200)}0 * * * *`, 'UTC')).toEqual(['cron']);
  });
});
