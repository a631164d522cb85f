import type { Item } from './items.ts';
import { column, GAP, HEADING, type Layout, needsEdges, NODE, type Place, sizeOf } from './layout.ts';

/**
 * A column for each stage, in their order. A stage of very many jobs takes several columns, so that the whole is
 * about as wide as it is high.
 */
export function layoutByStages(items: readonly Item[]): Layout {
  const rows = Math.max(14, Math.ceil(Math.sqrt(items.length) * 1.2));
  const places: Place[] = [];
  let x = 0;
  for (const [stage, all] of Map.groupBy(items, (item) => item.stage)) {
    const columns = Math.ceil(all.length / rows);
    const high = Math.ceil(all.length / columns);
    const width = columns * (NODE.width + GAP.stage / 2) - GAP.stage / 2;
    places.push({
      key: `stage:${stage}`,
      kind: 'stage',
      label: stage,
      names: all.flatMap(({ kind, names }) => (kind === 'head' ? [] : names)),
      x,
      y: 0,
      width,
      height: HEADING - 6,
    });
    for (let at = 0; at < columns; at++)
      places.push(
        ...column(all.slice(at * high, (at + 1) * high), x + at * (NODE.width + GAP.stage / 2), HEADING),
      );
    x += width + GAP.x;
  }
  return { places, edges: needsEdges(items), ...sizeOf(places) };
}
