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
const LEAST_ZOOM = 0.75;
/** In a room of a phone's width next to nothing more would be in sight of what is smaller. */
const NARROW = 600;
/** How far and how near one can go. */
export const ZOOMS: [least: number, most: number] = [0.05, 1.5];

/** Where the picture begins: as large as it fits, while it can be read, from its upper left. */
export const startOf = (room: number, width: number): Looking => ({
  x: MARGIN,
  y: MARGIN,
  zoom: Math.min(1, Math.max(room < NARROW ? 1 : LEAST_ZOOM, (room - MARGIN * 2) / Math.max(1, width))),
});

/** The same, with what comes first in sight: by needs that stands in the middle beside a tall column. */
export function toBegin(start: Looking, first: Box, height: number): Looking {
  const [top, size] = [first.y * start.zoom, first.height * start.zoom];
  return top + size + start.y <= height ? start : { ...start, y: (height - size) / 2 - top };
}

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

/** How to look so that a picture of this size is in sight as a whole. */
export function toFit(whole: { width: number; height: number }, { width, height }: Room): Looking {
  const fitting = Math.min(
    (width - MARGIN * 2) / Math.max(1, whole.width),
    (height - MARGIN * 2) / Math.max(1, whole.height),
  );
  const [least, most] = ZOOMS;
  const zoom = Math.min(most, Math.max(least, fitting));
  return { x: (width - whole.width * zoom) / 2, y: (height - whole.height * zoom) / 2, zoom };
}

/** The part of the picture that is to be drawn. */
export interface Sight {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** About so many pixels of the screen are drawn beside what is in sight. */
const BESIDE = 160;

/** What is in sight and a little beside it, in steps: most small moves draw nothing else. */
export function sightOf({ transform: [x, y, zoom], width, height }: Room): Sight {
  const step = 2 ** Math.round(Math.log2(BESIDE / zoom));
  return {
    left: Math.floor(-x / zoom / step) * step,
    top: Math.floor(-y / zoom / step) * step,
    right: Math.ceil((width - x) / zoom / step) * step,
    bottom: Math.ceil((height - y) / zoom / step) * step,
  };
}

export const isSameSight = (one: Sight, other: Sight): boolean =>
  one.left === other.left &&
  one.top === other.top &&
  one.right === other.right &&
  one.bottom === other.bottom;

export const isWithin = ({ x, y, width, height }: Box, sight: Sight): boolean =>
  x < sight.right && y < sight.bottom && x + width > sight.left && y + height > sight.top;
