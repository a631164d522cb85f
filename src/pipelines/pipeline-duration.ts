/** When a job ran. */
export interface Period {
  started_at: number;
  finished_at: number;
}

/** For how many seconds at least one job ran: jobs side by side count once, the waits between not at all. */
export function pipelineDuration(periods: readonly Period[]): number {
  let total = 0;
  let end = -Infinity;
  for (const { started_at, finished_at } of periods.toSorted((a, b) => a.started_at - b.started_at)) {
    total += Math.max(0, finished_at - Math.max(started_at, end));
    end = Math.max(end, finished_at);
  }
  return Math.round(total / 1000);
}
