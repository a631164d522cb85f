import { Cron } from 'croner';
import { ianaZone } from './time-zone.ts';

/** Longer than any sensible one. */
const MAX_LENGTH = 255;
/** What GitLab's parser has no meaning for. */
const FOREIGN = /[?+]|\dW\b/i;

export interface CronTimes {
  /** Five fields (`0 4 * * mon-fri`), or a name as `@daily`. */
  cron: string;
  /** By its IANA name or that of Rails. */
  cron_timezone: string;
}

/**
 * The first time after `after` (milliseconds, exclusive) that the cron names in its time zone, to the second;
 * null: there is none. A time of day that a change of clocks leaves out comes right after it, and one that it
 * repeats comes once.
 * @throws TypeError when either is not understood
 */
export function nextRunAt({ cron, cron_timezone }: CronTimes, after: number): number | null {
  const pattern = cron.trim();
  if (pattern.length > MAX_LENGTH || FOREIGN.test(pattern)) throw new TypeError('cron is not understood');
  const options = {
    paused: true,
    mode: '5-part',
    sloppyRanges: true,
    timezone: ianaZone(cron_timezone),
  } as const;
  return new Cron(pattern, options).nextRun(new Date(after))?.getTime() ?? null;
}

const INVALID = ['syntax is invalid'];

/** What is wrong with the cron and its time zone, by field, in GitLab's words; empty when nothing is. */
export function cronProblems({ cron, cron_timezone }: CronTimes, now: number): Record<string, string[]> {
  return {
    ...(isUnderstood({ cron, cron_timezone: 'UTC' }, now) ? {} : { cron: INVALID }),
    ...(isUnderstood({ cron: '* * * * *', cron_timezone }, now) ? {} : { cron_timezone: INVALID }),
  };
}

function isUnderstood(times: CronTimes, now: number): boolean {
  try {
    return nextRunAt(times, now) !== null;
  } catch {
    return false;
  }
}
