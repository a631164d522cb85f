import type { Box } from './layout.ts';

export type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';
export const isArrow = (key: string): key is Arrow => /^Arrow(Up|Down|Left|Right)$/.test(key);

interface Reachable extends Box {
  key: string;
}

/**
 * Where an arrow leads from a place: to the nearest one in that direction, one straight ahead before one at an angle;
 * null at the edge.
 */
export function stepFrom<P extends Reachable>(from: P, arrow: Arrow, places: readonly P[]): P | null {
  const isSideways = arrow === 'ArrowLeft' || arrow === 'ArrowRight';
  const sign = arrow === 'ArrowLeft' || arrow === 'ArrowUp' ? -1 : 1;
  let best: P | null = null;
  let least = Infinity;
  for (const place of places) {
    const across = middleY(place) - middleY(from);
    const along = place.x - from.x;
    const ahead = sign * (isSideways ? along : across);
    const aside = Math.abs(isSideways ? across : along);
    // Up and down stay in the column; those under a head are a little to the right of it.
    if (place.key === from.key || ahead <= (isSideways ? 20 : 0) || (!isSideways && aside > 20)) continue;
    const distance = ahead + aside * (isSideways ? 0.5 : 1);
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}

const middleY = ({ y, height }: Box) => y + height / 2;
