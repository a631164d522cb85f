import { describe, expect, test } from 'vitest';
import { JOB_STATUSES, type JobStatus, nextStatus } from '../jobs/job-state.ts';
import { bridgeEvents } from './bridge-status.ts';

/** As somebody has restarted it at 2, of bridges that ended at 1. */
const pipeline = (status: JobStatus, failure_reason: string | null = null) => ({
  status,
  failure_reason,
  restarted_at: 2,
});
const ended = (status: JobStatus) => ({ status, finished_at: 1 });
const endOf = (from: JobStatus, strategy: 'depend' | 'mirror' | null, of: ReturnType<typeof pipeline>) =>
  bridgeEvents(ended(from), strategy, of).reduce(
    (status, event) => nextStatus(status, event) ?? 'running',
    from,
  );

/** What becomes of a running bridge; a status that is not named leaves it running. */
const EXPECTED = {
  depend: { success: 'success', failed: 'failed', canceled: 'canceled', skipped: 'failed' },
  mirror: {
    success: 'success',
    failed: 'failed',
    canceled: 'canceled',
    skipped: 'skipped',
    manual: 'manual',
  },
} as const satisfies Record<string, Partial<Record<JobStatus, JobStatus>>>;

describe.each(['depend', 'mirror'] as const)('a bridge with the strategy %s', (strategy) => {
  const expected: Partial<Record<JobStatus, JobStatus>> = EXPECTED[strategy];
  for (const status of JOB_STATUSES)
    test(`is ${expected[status] ?? 'running'} while its pipeline is ${status}`, () => {
      for (const from of [
        'pending',
        'running',
        'success',
        'failed',
        'canceled',
        'skipped',
        'manual',
      ] as const)
        expect(endOf(from, strategy, pipeline(status))).toBe(expected[status] ?? 'running');
    });

  test('that is canceled stays so, whatever its pipeline is, until somebody restarts that', () => {
    for (const status of JOB_STATUSES)
      for (const restarted_at of [null, 0])
        expect(bridgeEvents(ended('canceled'), strategy, { ...pipeline(status), restarted_at })).toEqual([]);
  });

  test('is left alone before its turn, and while somebody cancels it', () => {
    for (const from of ['created', 'waiting_for_resource', 'scheduled', 'canceling'] as const)
      for (const status of JOB_STATUSES)
        expect(bridgeEvents(ended(from), strategy, pipeline(status))).toEqual([]);
  });
});

describe('a bridge without a strategy', () => {
  test('succeeds as soon as its pipeline is there, and is done with it', () => {
    for (const status of JOB_STATUSES) {
      expect(endOf('pending', null, pipeline(status))).toBe('success');
      for (const from of ['success', 'failed', 'canceled'] as const)
        expect(bridgeEvents(ended(from), null, pipeline(status))).toEqual([]);
    }
  });
});

test('a configuration with mistakes fails every bridge', () => {
  for (const strategy of [null, 'depend', 'mirror'] as const)
    expect(endOf('pending', strategy, pipeline('failed', 'config_error'))).toBe('failed');
});
