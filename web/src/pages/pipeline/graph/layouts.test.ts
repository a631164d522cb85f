import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Drawable, graphItems } from './items.ts';
import { drawable } from './jobs-of-tests.ts';
import type { Layout, Place } from './layout.ts';
import { layoutByNeeds } from './layout-needs.ts';
import { layoutByStages } from './layout-stages.ts';

const NOTHING = new Set<string>();
const STAGES = ['s0', 's1', 's2', 's3'];

/** Pipelines of any shape: each job needs some of those before it, or follows its stage. */
const pipelines = fc
  .array(
    fc.record({
      stage: fc.nat(3),
      needs: fc.option(fc.array(fc.nat(30), { maxLength: 4 })),
      group: fc.nat(12),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all): Drawable[] => {
    const inOrder = all.toSorted((one, other) => one.stage - other.stage);
    return inOrder.map(({ stage, needs, group }, index) =>
      drawable(`job ${index}`, {
        stage: `s${stage}`,
        group: group < 4 ? `group ${group}` : `job ${index}`,
        ...(needs !== null && {
          needs: index === 0 ? [] : needs.map((each) => `job ${each % index}`),
        }),
      }),
    );
  });

const overlap = (one: Place, other: Place) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

function expectTidy({ places, width, height }: Layout): void {
  places.forEach((one, index) => {
    expect(places.slice(index + 1).filter((other) => overlap(one, other))).toEqual([]);
    expect(one.x + one.width).toBeLessThanOrEqual(width);
    expect(one.y + one.height).toBeLessThanOrEqual(height);
  });
}
const placeOf = ({ places }: Layout, key: string) => places.find((place) => place.key === key);

describe('a graph by stages', () => {
  test('has every job once, nothing upon another, whatever the pipeline', () => {
    fc.assert(
      fc.property(pipelines, (jobs) => {
        const layout = layoutByStages(graphItems(jobs, STAGES, NOTHING));
        expectTidy(layout);
        const drawn = layout.places.filter(({ kind }) => kind === 'job' || kind === 'fold');
        expect(drawn.flatMap(({ names }) => names).toSorted()).toEqual(
          jobs.map(({ name }) => name).toSorted(),
        );
      }),
    );
  });

  test('has its stages from left to right', () => {
    const jobs = [
      drawable('b', { stage: 's1' }),
      drawable('a', { stage: 's0' }),
      drawable('c', { stage: 's2' }),
    ];
    const layout = layoutByStages(graphItems(jobs, STAGES, NOTHING));
    const headings = layout.places.filter(({ kind }) => kind === 'stage');
    expect(headings.map(({ label }) => label)).toEqual(['s0', 's1', 's2']);
    expect(headings.map(({ x }) => x)).toEqual(
      headings.map(({ x }) => x).toSorted((one, other) => one - other),
    );
  });

  test('gives a stage of very many jobs several columns', () => {
    const jobs = Array.from({ length: 1000 }, (_, index) => drawable(`job ${index}`, { stage: 's0' }));
    const { width, height } = layoutByStages(graphItems(jobs, STAGES, NOTHING));
    expect(width / height).toBeGreaterThan(0.5);
    expect(height / width).toBeGreaterThan(0.1);
  });
});

describe('a graph by needs', () => {
  test('has each job to the right of all that it waits for, and nothing upon another', () => {
    fc.assert(
      fc.property(pipelines, (jobs) => {
        const layout = layoutByNeeds(graphItems(jobs, STAGES, NOTHING));
        expectTidy(layout);
        const cyclic = hasCycle(layout);
        for (const [from, to] of cyclic ? [] : layout.edges)
          expect(placeOf(layout, from)?.x).toBeLessThan(placeOf(layout, to)?.x ?? 0);
      }),
    );
  });

  test('lets jobs without needs wait for all stages before, through gates, with few lines', () => {
    const jobs = STAGES.slice(0, 3).flatMap((stage) =>
      Array.from({ length: 100 }, (_, index) => drawable(`${stage} ${index}`, { stage })),
    );
    const layout = layoutByNeeds(graphItems(jobs, STAGES, NOTHING));
    expect(layout.edges.length).toBeLessThan(500);
    expect(reaches(layout, 'job:s0 7', 'job:s1 9')).toBe(true);
    expect(reaches(layout, 'job:s0 7', 'job:s2 9')).toBe(true);
    expect(reaches(layout, 'job:s1 7', 'job:s1 9')).toBe(false);
  });

  test('lets them wait also for the stages before one whose jobs all have needs', () => {
    const jobs = [
      drawable('a', { stage: 's0' }),
      drawable('b', { stage: 's1', needs: [] }),
      drawable('c', { stage: 's2' }),
    ];
    const layout = layoutByNeeds(graphItems(jobs, STAGES, NOTHING));
    expect(reaches(layout, 'job:a', 'job:c')).toBe(true);
    expect(reaches(layout, 'job:b', 'job:c')).toBe(true);
  });

  test('lets a job that waits for nothing begin at the left, in whatever stage', () => {
    const jobs = [drawable('a', { stage: 's0' }), drawable('lint', { stage: 's2', needs: [] })];
    const layout = layoutByNeeds(graphItems(jobs, STAGES, NOTHING));
    expect(placeOf(layout, 'job:lint')?.x).toBe(0);
    expect(layout.edges).toEqual([]);
  });
});

function reaches({ edges }: Layout, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const key of seen) for (const [one, other] of edges) if (one === key) seen.add(other);
  return seen.has(to);
}
/** Folded jobs can wait for each other, as no jobs do. */
const hasCycle = (layout: Layout) =>
  layout.edges.some(([from, to]) => from === to || reaches(layout, to, from));
