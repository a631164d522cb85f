import type { CSSProperties } from 'react';
import type { GraphNode, PlaceNode } from './node-keeper.ts';

/** What the outermost element of a node has, so that none is needed around it: where it lies. */
export interface Seat {
  'data-node': GraphNode['type'];
  style: CSSProperties;
}
export interface NodeProps {
  node: PlaceNode;
  seat: Seat;
}

export const seatOf = ({ type, box: { x, y, width, height } }: GraphNode): Seat => ({
  'data-node': type,
  style: { left: x, top: y, width, height },
});
