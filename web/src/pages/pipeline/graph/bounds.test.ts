import { describe, expect, test } from 'vitest';
import { bounded } from './bounds.ts';
import type { Box } from './layout.ts';

const room = { width: 300, height: 200 };
/** Below the first of two columns there is nothing. */
const places: Box[] = [
  { x: 0, y: 0, width: 216, height: 36 },
  ...Array.from({ length: 20 }, (_, row) => ({ x: 400, y: row * 44, width: 216, height: 36 })),
];
const picture = { width: 616, height: 872, places, frames: [] };
const seen = ({ x, y, zoom }: { x: number; y: number; zoom: number }) =>
  places.filter(
    (box) =>
      (box.x + box.width) * zoom + x > 0 &&
      box.x * zoom + x < room.width &&
      (box.y + box.height) * zoom + y > 0 &&
      box.y * zoom + y < room.height,
  ).length;

describe('a picture that is moved', () => {
  test('stays where it is put as long as it fills the room', () => {
    expect(bounded({ x: -200, y: -300, zoom: 1 }, room, picture)).toEqual({ x: -200, y: -300, zoom: 1 });
  });

  test('leaves no more than a margin beside it', () => {
    expect(bounded({ x: 500, y: 500, zoom: 1 }, room, picture)).toEqual({ x: 16, y: 16, zoom: 1 });
    const end = bounded({ x: -5000, y: -5000, zoom: 1 }, room, picture);
    expect(end).toEqual({ x: 300 - 16 - 616, y: 200 - 16 - 872, zoom: 1 });
  });

  test('is in sight as a whole when it is smaller than the room', () => {
    const zoom = 0.1;
    expect(bounded({ x: 100, y: 50, zoom }, room, picture)).toEqual({ x: 100, y: 50, zoom });
    expect(bounded({ x: -900, y: -900, zoom }, room, picture)).toEqual({ x: 16, y: 16, zoom });
    const { x } = bounded({ x: 900, y: 0, zoom }, room, picture);
    expect(x).toBeCloseTo(300 - 16 - 61.6);
  });

  test('never shows an empty corner of it alone', () => {
    for (const zoom of [0.5, 1, 1.5])
      for (let x = 0; x >= -1000; x -= 90)
        for (let y = 0; y >= -1400; y -= 90)
          expect(seen(bounded({ x, y, zoom }, room, picture)), `${x} ${y} ${zoom}`).toBeGreaterThan(0);
    expect(bounded({ x: 16, y: -300, zoom: 1 }, room, picture)).toEqual({
      x: 300 - 24 - 400,
      y: -300,
      zoom: 1,
    });
  });

  test('may be empty, and is then as it is', () => {
    expect(bounded({ x: 16, y: 16, zoom: 1 }, room, { width: 0, height: 0, places: [], frames: [] })).toEqual(
      {
        x: 16,
        y: 16,
        zoom: 1,
      },
    );
  });
});
