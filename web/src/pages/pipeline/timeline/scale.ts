import type { PipelineJob } from '../../../api/schema.ts';
import { endOf, type Timed } from './critical-path.ts';

/** A job on the timeline: from `queued` to `started` it waited, from there to `end` it ran; milliseconds. */
export interface Bar<J extends Timed = PipelineJob> {
  job: J;
  queued: number;
  started: number;
  end: number;
}
export interface Span {
  from: number;
  to: number;
}
export type Order = 'start' | 'stage';

/** The jobs that have waited or run, in the order asked for. */
export function barsOf<J extends Timed>(
  jobs: readonly J[],
  stages: readonly string[],
  order: Order,
  now: number,
): Bar<J>[] {
  const bars = jobs.flatMap((job): Bar<J>[] => {
    const first = job.queued_at ?? job.started_at;
    if (first === null) return [];
    const queued = Date.parse(first);
    const end = Math.max(queued, endOf(job, now));
    const started = job.started_at === null ? end : Math.max(queued, Date.parse(job.started_at));
    return [{ job, queued, started, end: Math.max(started, end) }];
  });
  const place = new Map(stages.map((stage, index) => [stage, index]));
  const stageOf = ({ job }: Bar<J>) => place.get(job.stage) ?? stages.length;
  return bars.toSorted(
    (one, other) =>
      (order === 'stage' ? stageOf(one) - stageOf(other) : 0) ||
      one.queued - other.queued ||
      one.started - other.started ||
      one.end - other.end,
  );
}

/** From the first wait to the last end; never of no length. */
export function spanOf(bars: readonly Bar<Timed>[]): Span {
  let [from, to] = [Infinity, -Infinity];
  for (const { queued, end } of bars) {
    from = Math.min(from, queued);
    to = Math.max(to, end);
  }
  return bars.length === 0 ? { from: 0, to: 1000 } : { from, to: Math.max(to, from + 1000) };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400];

/** Round numbers of seconds within the span, no more than `most`, from 0 on. */
export function ticksOf({ from, to }: Span, most: number): number[] {
  const seconds = (to - from) / 1000;
  const least = seconds / Math.max(1, most);
  const step = STEPS.find((each) => each >= least) ?? Math.ceil(least / 86_400) * 86_400;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
}

/** Where a moment lies in the span, in per cent. */
export const percentOf = (moment: number, { from, to }: Span): number =>
  Math.min(100, Math.max(0, ((moment - from) / (to - from)) * 100));
