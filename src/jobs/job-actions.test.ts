import { describe, expect, test } from 'vitest';
import { canCancel, canErase, canPlay, canRetry } from './job-actions.ts';
import { JOB_STATUSES, type JobStatus } from './job-state.ts';

const only =
  (...statuses: JobStatus[]) =>
  (status: JobStatus) =>
    statuses.includes(status);

/** What changes, per status, as GitLab answers. */
const cancels = only(
  'created',
  'preparing',
  'waiting_for_resource',
  'waiting_for_callback',
  'pending',
  'running',
  'scheduled',
  'manual',
);
const retries = only('canceling', 'success', 'failed', 'canceled');
const plays = only('manual', 'scheduled', 'canceling', 'success', 'failed', 'canceled');
const erases = only('success', 'failed', 'canceled', 'skipped');

describe.each(JOB_STATUSES)('a %s job', (status) => {
  test('is canceled, or left as it is', () => {
    expect(canCancel(status, false)).toBe(cancels(status));
    expect(canCancel(status, true)).toBe(cancels(status) || status === 'canceling');
  });

  test('is retried once at most', () => {
    expect(canRetry({ status, retried: false, archived: false })).toBe(retries(status));
    expect(canRetry({ status, retried: true, archived: false })).toBe(false);
  });

  test('is played when it is an action', () => {
    expect(canPlay({ status, retried: false, archived: false, when: 'manual' })).toBe(plays(status));
    expect(canPlay({ status, retried: false, archived: false, when: 'delayed' })).toBe(plays(status));
    expect(canPlay({ status, retried: false, archived: false, when: 'on_success' })).toBe(false);
  });

  test('that was retried is played only while it waits', () => {
    expect(canPlay({ status, retried: true, archived: false, when: 'manual' })).toBe(
      ['manual', 'scheduled'].includes(status),
    );
  });

  test('that is archived is neither retried nor played', () => {
    expect(canRetry({ status, retried: false, archived: true })).toBe(false);
    expect(canPlay({ status, retried: false, archived: true, when: 'manual' })).toBe(false);
  });

  test('is erased when it has ended and left something', () => {
    expect(canErase(status, true)).toBe(erases(status));
    expect(canErase(status, false)).toBe(false);
  });
});
