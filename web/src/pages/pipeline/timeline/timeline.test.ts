import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { criticalPath, type Timed, waitedInAll } from './critical-path.ts';
import { barsOf, percentOf, spanOf, ticksOf } from './scale.ts';

const at = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1000).toISOString());
const job = (
  name: string,
  [queued, started, finished]: [number | null, number | null, number | null],
  { stage = 'test', needs = null as string[] | null } = {},
): Timed => ({
  name,
  stage,
  needs: needs?.map((each) => ({ name: each, job_id: null, artifacts: true, optional: false })) ?? null,
  queued_at: at(queued),
  started_at: at(started),
  finished_at: at(finished),
});
const STAGES = ['build', 'test', 'deploy'];
const NOW = 1_000_000;

describe('the critical path', () => {
  test('goes back from the job that ended last, by needs, to those that ended last of them', () => {
    const jobs = [
      job('compile', [0, 1, 10], { stage: 'build' }),
      job('assets', [0, 1, 30], { stage: 'build' }),
      job('unit', [10, 12, 50], { needs: ['compile'] }),
      job('lint', [0, 1, 60], { needs: [] }),
      job('deploy', [60, 61, 70], { stage: 'deploy', needs: ['unit', 'compile'] }),
    ];
    expect(criticalPath(jobs, STAGES, NOW)).toEqual({
      names: ['compile', 'unit', 'deploy'],
      waited: 4000,
      ran: 9000 + 38_000 + 9000,
    });
  });

  test('goes by stages where a job has no needs', () => {
    const jobs = [
      job('compile', [0, 0, 10], { stage: 'build' }),
      job('slow', [10, 10, 90]),
      job('fast', [10, 10, 20]),
      job('deploy', [90, 95, 99], { stage: 'deploy' }),
    ];
    expect(criticalPath(jobs, STAGES, NOW).names).toEqual(['compile', 'slow', 'deploy']);
  });

  test('has what still runs at its end, up to now', () => {
    const jobs = [job('unit', [0, 5, null]), job('lint', [0, 1, 3])];
    expect(criticalPath(jobs, STAGES, 20_000)).toEqual({ names: ['unit'], waited: 5000, ran: 15_000 });
  });

  test('is empty while nothing has begun, and ends where jobs need each other', () => {
    expect(criticalPath([job('unit', [0, null, null])], STAGES, NOW).names).toEqual([]);
    const circle = [job('a', [0, 1, 2], { needs: ['b'] }), job('b', [0, 1, 3], { needs: ['a'] })];
    expect(criticalPath(circle, STAGES, NOW).names).toEqual(['a', 'b']);
  });
});

test('what was waited for is the sum over all jobs, also of those that still wait', () => {
  const jobs = [job('a', [0, 4, 9]), job('b', [2, null, null]), job('c', [null, null, null])];
  expect(waitedInAll(jobs, 10_000)).toBe(4000 + 8000);
});

const namesBy = (jobs: readonly Timed[], order: 'start' | 'stage') =>
  barsOf(jobs, STAGES, order, 70_000).map((bar) => bar.job.name);

describe('the timeline', () => {
  const jobs = [
    job('late', [50, 55, 60], { stage: 'build' }),
    job('early', [0, 10, 40]),
    job('waits', [20, null, null]),
    job('created', [null, null, null]),
  ];
  test('has a bar for each job that has waited or run, by start or by stage', () => {
    expect(namesBy(jobs, 'start')).toEqual(['early', 'waits', 'late']);
    expect(namesBy(jobs, 'stage')).toEqual(['late', 'early', 'waits']);
  });

  test('goes from the first wait to the last end, or to now', () => {
    expect(spanOf(barsOf(jobs, STAGES, 'start', 70_000))).toEqual({ from: 0, to: 70_000 });
    expect(spanOf([])).toEqual({ from: 0, to: 1000 });
  });

  test('keeps every bar in order and within the span, whatever the clocks of runners said', () => {
    const moment = fc.option(fc.integer({ min: 0, max: 1000 }));
    const times = fc.tuple(moment, moment, moment);
    fc.assert(
      fc.property(fc.array(times, { minLength: 1 }), (all) => {
        const bars = barsOf(
          all.map((each, index) => job(`job ${index}`, each)),
          STAGES,
          'start',
          NOW,
        );
        const span = spanOf(bars);
        for (const { queued, started, end } of bars) {
          expect(queued).toBeLessThanOrEqual(started);
          expect(started).toBeLessThanOrEqual(end);
          expect(percentOf(end, span)).toBeLessThanOrEqual(100);
          expect(percentOf(queued, span)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('has round ticks, no more than asked for', () => {
    expect(ticksOf({ from: 0, to: 47_000 }, 8)).toEqual([0, 10, 20, 30, 40]);
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 10 ** 9 }), (length) => {
        const ticks = ticksOf({ from: 5, to: 5 + length }, 8);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeLessThanOrEqual(length / 1000);
      }),
    );
  });
});
