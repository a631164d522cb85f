import { describe, expect, test } from 'vitest';
import { chainOf } from './chain.ts';
import { graphItems } from './items.ts';
import { drawable } from './jobs-of-tests.ts';
import type { Edge } from './layout.ts';
import { layoutByStages } from './layout-stages.ts';
import { type Drawn, ScenePlanner } from './scene-planner.ts';
import { isArrow, stepFrom } from './step.ts';

describe('the chain of a job', () => {
  const edges: Edge[] = [
    ['a', 'b'],
    ['b', 'c'],
    ['x', 'c'],
    ['b', 'd'],
  ];
  test('is all that it waits for and all that waits for it, and nothing beside', () => {
    expect([...chainOf('b', edges)].toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect([...chainOf('c', edges)].toSorted()).toEqual(['a', 'b', 'c', 'x']);
    expect([...chainOf('alone', edges)]).toEqual(['alone']);
  });
  test('ends where jobs wait for each other', () => {
    expect([...chainOf('a', [...edges, ['c', 'a']])].toSorted()).toEqual(['a', 'b', 'c', 'd', 'x']);
  });
});

describe('an arrow key', () => {
  const jobs = ['a', 'b', 'c'].flatMap((name) => [
    drawable(`${name}1`, { stage: name }),
    drawable(`${name}2`, { stage: name }),
  ]);
  const { places } = layoutByStages(graphItems(jobs, ['a', 'b', 'c'], new Set()));
  const stops = places.filter(({ kind }) => kind === 'job');
  const from = (name: string, arrow: string) => {
    const place = stops.find(({ label }) => label === name);
    if (!place || !isArrow(arrow)) throw new Error('no such place');
    return stepFrom(place, arrow, stops)?.label ?? null;
  };
  test('leads to the next job of the column, or the one beside in the next', () => {
    expect(from('a1', 'ArrowDown')).toBe('a2');
    expect(from('a2', 'ArrowUp')).toBe('a1');
    expect(from('a2', 'ArrowRight')).toBe('b2');
    expect(from('c1', 'ArrowLeft')).toBe('b1');
  });
  test('leads nowhere at the edge', () => {
    expect(from('a1', 'ArrowUp')).toBeNull();
    expect(from('a2', 'ArrowDown')).toBeNull();
    expect(from('a1', 'ArrowLeft')).toBeNull();
    expect(from('c1', 'ArrowRight')).toBeNull();
  });
});

const pipeline = (id: number, names: string[], children: Drawn['children'] = []): Drawn => ({
  id,
  stages: [{ name: 'test' }],
  jobs: names.map((name) => drawable(name)),
  children,
});
const nothing = new Set<string>();

describe('a scene', () => {
  test('is the very same one while jobs only change their status', () => {
    const planner = new ScenePlanner();
    const first = planner.scene(pipeline(1, ['a', 'b']), 'stages', nothing);
    expect(planner.scene(pipeline(1, ['a', 'b']), 'stages', nothing)).toBe(first);
    expect(planner.scene(pipeline(1, ['a', 'b', 'c']), 'stages', nothing)).not.toBe(first);
  });

  test('has a child to the right of its parent in a frame, with a line from its bridge, and children of children', () => {
    const grandchild = pipeline(3, ['z']);
    const child = pipeline(2, ['x', 'y'], [{ from: 'x', drawn: grandchild }]);
    const scene = new ScenePlanner().scene(
      pipeline(1, ['bridge'], [{ from: 'bridge', drawn: child }]),
      'stages',
      nothing,
    );
    expect(scene.frames.map((frame) => frame.pipeline)).toEqual([2, 3]);
    const [inner, outer] = scene.frames;
    const own = scene.places.filter((place) => place.pipeline === 1);
    expect(Math.max(...own.map(({ x, width }) => x + width))).toBeLessThan(inner?.x ?? 0);
    expect((inner?.x ?? 0) + (inner?.width ?? 0)).toBeLessThan(outer?.x ?? 0);
    expect(scene.edges).toContainEqual(['1/job:bridge', 'frame:2']);
    expect(scene.edges).toContainEqual(['2/job:x', 'frame:3']);
    for (const { pipeline: id, x, y, width, height } of scene.frames)
      for (const place of scene.places.filter((each) => each.pipeline === id)) {
        expect(place.x).toBeGreaterThan(x);
        expect(place.y).toBeGreaterThan(y);
        expect(place.x + place.width).toBeLessThanOrEqual(x + width);
        expect(place.y + place.height).toBeLessThanOrEqual(y + height);
      }
  });

  test('keeps the place of a child that is not here yet', () => {
    const child: Drawn = { id: 2, stages: [], jobs: null, children: [] };
    const scene = new ScenePlanner().scene(
      pipeline(1, ['bridge'], [{ from: 'bridge', drawn: child }]),
      'stages',
      nothing,
    );
    expect(scene.frames).toHaveLength(1);
    expect(scene.width).toBeGreaterThan(scene.frames[0]?.x ?? Infinity);
  });
});
