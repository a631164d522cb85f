import type { Box } from './layout.ts';
import { type Looking, MARGIN, type Room } from './viewport.ts';

/** What is looked at: a picture of this size, and where there is something in it. */
export interface Picture {
  width: number;
  height: number;
  places: readonly Box[];
  frames: readonly Box[];
}

/** At least so many pixels of something stay in sight, or all of what is smaller. */
const PART = 24;

/**
 * The nearest way of looking that shows something: a picture that is larger than the room leaves no more than a margin
 * beside it, a smaller one is in sight as a whole, and never is only an empty corner of it.
 */
export function bounded(
  { x, y, zoom }: Looking,
  { width, height }: Pick<Room, 'width' | 'height'>,
  picture: Picture,
): Looking {
  const near = {
    x: along(x, picture.width * zoom, width),
    y: along(y, picture.height * zoom, height),
    zoom,
  };
  let [least, best] = [Infinity, near];
  for (const boxes of [picture.places, picture.frames])
    for (const box of boxes) {
      const byX = missing(box.x * zoom + near.x, box.width * zoom, width);
      const byY = missing(box.y * zoom + near.y, box.height * zoom, height);
      const distance = Math.abs(byX) + Math.abs(byY);
      if (distance === 0) return near;
      if (distance < least) [least, best] = [distance, { x: near.x + byX, y: near.y + byY, zoom }];
    }
  return best;
}

function along(at: number, size: number, room: number): number {
  const other = room - MARGIN - size;
  return Math.min(Math.max(at, Math.min(MARGIN, other)), Math.max(MARGIN, other));
}

/** How far something that begins at `at` is to be moved so that a part of it is in sight. */
function missing(at: number, size: number, room: number): number {
  const part = Math.min(PART, size);
  return Math.max(0, part - (at + size)) + Math.min(0, room - part - at);
}
