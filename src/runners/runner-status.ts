import type { Time } from '../db/rows/column.ts';

/** How long after its last contact a runner counts as online, and from when on nobody expects it back. */
export const ONLINE_FOR = 2 * 3_600_000;
export const STALE_AFTER = 7 * 24 * 3_600_000;

export const RUNNER_STATUSES = ['online', 'offline', 'stale', 'never_contacted'] as const;
export type RunnerStatus = (typeof RUNNER_STATUSES)[number];

interface Contact {
  created_at: Time;
  contacted_at: Time | null;
}

/** What a runner's last contact says of it. One that never called is stale a week after it was made. */
export function runnerStatus({ created_at, contacted_at }: Contact, now: Time): RunnerStatus {
  if (Math.max(created_at, contacted_at ?? 0) <= now - STALE_AFTER) return 'stale';
  if (contacted_at === null) return 'never_contacted';
  return isOnline(contacted_at, now) ? 'online' : 'offline';
}

export const isOnline = (contacted_at: Time | null, now: Time) =>
  contacted_at !== null && contacted_at > now - ONLINE_FOR;
