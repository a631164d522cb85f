import { styleText } from 'node:util';
import type { JobStatus } from '../jobs/job-state.ts';
import { oneLine } from './plain-text.ts';
import type { WatchedJob } from './watched-job.ts';

/** `0.4 s`, `12 s`, `3 min 20 s`. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** How a job has ended, and why: `failed (script_failure) after 1.2 s`. */
export function endText(job: WatchedJob): string {
  const { status, allow_failure, duration, failure_reason, failure_message } = job;
  const reason = [failure_reason, failure_message].filter(Boolean).join(': ');
  const why = status === 'failed' && reason ? ` (${reason})` : '';
  const may = status === 'failed' && allow_failure ? ', as it may' : '';
  const word = WORDS[status] ?? status;
  return `${word}${oneLine(why)}${may}${duration === null ? '' : ` after ${durationText(duration)}`}`;
}

const WORDS: Partial<Record<JobStatus, string>> = {
  manual: 'waits for --manual',
  scheduled: 'waits for its time, or for --manual',
};

type Style = Parameters<typeof styleText>[0];
const MARKS: Partial<Record<JobStatus, [mark: string, style: Style]>> = {
  success: ['✔', 'green'],
  failed: ['✖', 'red'],
  canceled: ['■', 'yellow'],
  skipped: ['-', 'gray'],
  manual: ['‖', 'blue'],
  scheduled: ['‖', 'blue'],
};

/** A sign for how it has ended, in its colour. */
export function markOf({ status, allow_failure }: WatchedJob): string {
  const [mark, style] =
    status === 'failed' && allow_failure ? ['!', 'yellow' as const] : (MARKS[status] ?? ['…', 'gray']);
  return styleText(style, mark, { validateStream: false });
}
