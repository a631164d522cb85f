import type { Item } from './items.ts';

/** Where something lies, in pixels at full size, from the upper left. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Place extends Box {
  key: string;
  /** `stage` is the heading of a column; a `gate` is where all jobs of the stages before come together. */
  kind: Item['kind'] | 'stage' | 'gate';
  label: string;
  names: readonly string[];
}
/** From the item that is waited for to the one that waits, by their keys. */
export type Edge = readonly [from: string, to: string];
export interface Layout {
  places: Place[];
  edges: Edge[];
  width: number;
  height: number;
}

export const NODE = { width: 216, height: 36 };
export const GAP = { x: 40, y: 8, stage: 32, needs: 72 };
/** The heading above a column. */
export const HEADING = 34;

/** A column of places, and how high it is. */
export function column(items: readonly Item[], x: number, y: number): Place[] {
  return items.map(({ key, kind, label, names, under }, index) => ({
    key,
    kind,
    label,
    names,
    x: x + (under === null ? 0 : 12),
    y: y + index * (NODE.height + GAP.y),
    width: NODE.width - (under === null ? 0 : 12),
    height: NODE.height,
  }));
}

/** The edges that the items themselves ask for. */
export const needsEdges = (items: readonly Item[]): Edge[] =>
  items.flatMap(({ key, kind, needs }) =>
    kind === 'head' ? [] : (needs ?? []).map((from): Edge => [from, key]),
  );

export function sizeOf(places: readonly Box[]): { width: number; height: number } {
  let [width, height] = [0, 0];
  for (const place of places) {
    width = Math.max(width, place.x + place.width);
    height = Math.max(height, place.y + place.height);
  }
  return { width, height };
}
