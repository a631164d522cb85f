import { describe, expect, test } from 'vitest';
import { isInView, startOf, toShow } from './viewport.ts';

describe('what is in sight of a graph', () => {
  const room = { transform: [16, 16, 1] as const, width: 1000, height: 500 };

  test('is all of it at the beginning, unless it would be too small to be read', () => {
    expect(startOf(1000, 400).zoom).toBe(1);
    expect(startOf(1000, 1210).zoom).toBeCloseTo(0.8);
    expect(startOf(1000, 50_000).zoom).toBe(0.6);
  });

  test('stays as it is for what is in it', () => {
    const box = { x: 100, y: 100, width: 300, height: 100 };
    expect(isInView(box, room)).toBe(true);
    expect(toShow(box, room, 900)).toEqual({ x: 16, y: 16, zoom: 1 });
  });

  test('moves as far as what is asked for takes', () => {
    const box = { x: 1300, y: 100, width: 300, height: 100 };
    expect(isInView(box, room)).toBe(false);
    const { x, y, zoom } = toShow(box, room, 1600);
    expect(isInView(box, { ...room, transform: [x, y, zoom] })).toBe(true);
    expect(y).toBe(16);
    expect(zoom).toBeLessThan(1);
  });

  test('has the upper left of what is larger than the room', () => {
    const box = { x: 3000, y: 900, width: 4000, height: 4000 };
    const { x, y, zoom } = toShow(box, room, 7000);
    expect([box.x * zoom + x, box.y * zoom + y]).toEqual([16, 16]);
  });
});
