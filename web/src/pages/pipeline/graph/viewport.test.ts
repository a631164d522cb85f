import { describe, expect, test } from 'vitest';
import { isInView, isSameSight, isWithin, sightOf, startOf, toBegin, toFit, toShow } from './viewport.ts';

describe('what is in sight of a graph', () => {
  const room = { transform: [16, 16, 1] as const, width: 1000, height: 500 };

  test('is all of it at the beginning, unless it would be too small to be read', () => {
    expect(startOf(1000, 400).zoom).toBe(1);
    expect(startOf(1000, 1210).zoom).toBeCloseTo(0.8);
    expect(startOf(1000, 50_000).zoom).toBe(0.75);
  });

  test('is its beginning on a phone, at full size', () => {
    expect(startOf(288, 50_000)).toEqual({ x: 16, y: 16, zoom: 1 });
    expect(startOf(358, 472).zoom).toBe(1);
  });

  test('is what comes first, where that is far below the upper left', () => {
    const start = startOf(1000, 900);
    expect(toBegin(start, { x: 0, y: 300, width: 216, height: 36 }, 500)).toEqual(start);
    expect(toBegin(start, { x: 0, y: 2000, width: 216, height: 36 }, 500).y).toBe(250 - 2018);
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

describe('all of a picture', () => {
  test('is in the middle of the room, as large as fits, and no larger than it can get', () => {
    const room = { transform: [0, 0, 1] as const, width: 1032, height: 532 };
    const fitted = toFit({ width: 2000, height: 500 }, room);
    expect(fitted.zoom).toBeCloseTo(0.5);
    expect(fitted.x).toBeCloseTo(16);
    expect(fitted.y).toBeCloseTo((532 - 250) / 2);
    expect(toFit({ width: 10, height: 10 }, room).zoom).toBe(1.5);
  });
});

describe('what is drawn of a picture', () => {
  const room = { transform: [16, 16, 1] as const, width: 1000, height: 500 };
  test('is what is in sight and a little more, and the same after a small move', () => {
    const sight = sightOf(room);
    expect(isWithin({ x: -20, y: -20, width: 10, height: 10 }, sight)).toBe(true);
    expect(isWithin({ x: 983, y: 483, width: 10, height: 10 }, sight)).toBe(true);
    expect(isWithin({ x: 1300, y: 0, width: 10, height: 10 }, sight)).toBe(false);
    expect(isSameSight(sight, sightOf({ ...room, transform: [10, 10, 1] }))).toBe(true);
    expect(isSameSight(sight, sightOf({ ...room, transform: [-300, 10, 1] }))).toBe(false);
  });
  test('is no more of the screen when one looks from afar', () => {
    const { left, right } = sightOf({ ...room, transform: [0, 0, 0.1] });
    expect((right - left) * 0.1).toBeLessThan(1000 + 2 * 256);
  });
});
