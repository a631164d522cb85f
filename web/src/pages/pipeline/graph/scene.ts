import type { Box, Edge, Layout, Place } from './layout.ts';

/** A pipeline as it is to be drawn, with those that are unfolded from its bridges. */
export interface Plan {
  id: number;
  layout: Layout;
  /** By the key of the place that each has been unfolded from; null: from a job's token, so from the whole. */
  children: readonly { from: string | null; plan: Plan }[];
}

export interface ScenePlace extends Place {
  pipeline: number;
  /** As in its own layout. */
  own: string;
}
/** The frame around a pipeline that has been unfolded. */
export interface Frame extends Box {
  pipeline: number;
}
export interface Scene {
  places: ScenePlace[];
  frames: Frame[];
  edges: Edge[];
  width: number;
  height: number;
}

const FRAME = { padding: 16, heading: 44, gap: 72, least: 300 };
const keyIn = (pipeline: number, own: string) => `${pipeline}/${own}`;
export const frameKey = (pipeline: number) => `frame:${pipeline}`;

/** One picture of a pipeline and, to its right and one below the other, what has been unfolded from it. */
export function sceneOf(plan: Plan): Scene {
  const scene: Scene = { places: [], frames: [], edges: [], width: 0, height: 0 };
  put(scene, plan, 0, 0, false);
  return scene;
}

/** Returns the lower edge of all that has been put. */
function put(scene: Scene, { id, layout, children }: Plan, x: number, y: number, framed: boolean): number {
  const left = x + (framed ? FRAME.padding : 0);
  const top = y + (framed ? FRAME.heading : 0);
  for (const place of layout.places)
    scene.places.push({
      ...place,
      key: keyIn(id, place.key),
      own: place.key,
      pipeline: id,
      x: left + place.x,
      y: top + place.y,
    });
  for (const [from, to] of layout.edges) scene.edges.push([keyIn(id, from), keyIn(id, to)]);
  const width = framed ? Math.max(FRAME.least, layout.width + FRAME.padding * 2) : layout.width;
  const height = framed ? layout.height + FRAME.heading + FRAME.padding : layout.height;
  if (framed) scene.frames.push({ pipeline: id, x, y, width, height });
  scene.width = Math.max(scene.width, x + width);
  let bottom = y + height;
  let next = y;
  for (const { from, plan } of children) {
    if (from !== null) scene.edges.push([keyIn(id, from), frameKey(plan.id)]);
    const low = put(scene, plan, x + width + FRAME.gap, next, true);
    bottom = Math.max(bottom, low);
    next = low + FRAME.padding * 1.5;
  }
  scene.height = Math.max(scene.height, bottom);
  return bottom;
}

/** The line of an edge, from right to left borders; null where an end is not drawn. */
export function lineOf(from: Box | undefined, to: Box | undefined): string | null {
  if (!from || !to) return null;
  const [x1, y1, x2] = [from.x + from.width, from.y + from.height / 2, to.x];
  const y2 = to.y + Math.min(to.height / 2, 22);
  // In a graph by stages both may stand in one column: the line leaves to the right and comes back from the left.
  const bend = Math.max(24, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
