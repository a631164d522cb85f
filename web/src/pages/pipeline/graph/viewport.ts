import type { Box } from './layout.ts';

/** Where the picture lies: moved by x and y, and shown at `zoom`. */
export interface Looking {
  x: number;
  y: number;
  zoom: number;
}
export interface Room {
  transform: readonly [x: number, y: number, zoom: number];
  width: number;
  height: number;
}

export const MARGIN = 16;
/** Smaller at the beginning, nobody could read it: what does not fit is for panning. */
const LEAST_ZOOM = 0.6;

/** Where the picture begins: as large as it fits, while it can be read, from its upper left. */
export const startOf = (room: number, width: number): Looking => ({
  x: MARGIN,
  y: MARGIN,
  zoom: Math.min(1, Math.max(LEAST_ZOOM, (room - MARGIN * 2) / Math.max(1, width))),
});

export function isInView(place: Box, { transform: [x, y, zoom], width, height }: Room): boolean {
  const [left, top] = [place.x * zoom + x, place.y * zoom + y];
  return left >= 0 && top >= 0 && left + place.width * zoom <= width && top + place.height * zoom <= height;
}

/** How to look so that the box is in sight, its upper left at least, and the picture is moved no more than that takes. */
export function toShow(box: Box, { transform: [x, y, zoom], width, height }: Room, whole: number): Looking {
  const fitting = Math.min(zoom, startOf(width, whole).zoom);
  const along = (now: number, from: number, size: number, room: number) => {
    const last = room - MARGIN - (from + size) * fitting;
    return Math.max(MARGIN - from * fitting, Math.min(now, last));
  };
  return {
    x: along(x, box.x, box.width, width),
    y: along(y, box.y, box.height, height),
    zoom: fitting,
  };
}
