import type { Item } from './items.ts';
import { column, type Edge, GAP, type Layout, needsEdges, NODE, type Place, sizeOf } from './layout.ts';

const GATE = 12;
/** Each looks at one side and then at the other; more change next to nothing. */
const SWEEPS = 4;

/**
 * Columns by how many jobs stand before one, each column in an order that keeps edges short. Linear in jobs and
 * edges, unlike a general layered layout: one of 300 jobs took two seconds.
 *
 * A job without `needs` waits for all stages before its own. Each with each would be a hundred thousand edges, so
 * they come together in a gate: the jobs since the gate before it, and so all that came to that one.
 */
export function layoutByNeeds(items: readonly Item[]): Layout {
  const { gates, edges } = withGates(items);
  const nodes = items.filter(({ kind }) => kind !== 'head');
  const depth = depths([...nodes.map(({ key }) => key), ...gates], edges);
  const byDepth = Map.groupBy([...nodes.map(({ key }) => key), ...gates], (key) => depth.get(key) ?? 0);
  const columns = [...byDepth].toSorted(([one], [other]) => one - other).map(([, keys]) => keys);
  arrange(columns, edges);
  const itemOf = new Map(nodes.map((item) => [item.key, { ...item, under: null }]));
  const tallest = Math.max(0, ...columns.map((keys) => keys.length));
  const places: Place[] = [];
  let x = 0;
  for (const keys of columns) {
    const isGates = keys.every((key) => !itemOf.has(key));
    // In the middle of the tallest column's height, so that chains run straight.
    const y = ((tallest - keys.length) * (NODE.height + GAP.y)) / 2;
    keys.forEach((key, index) => {
      const item = itemOf.get(key);
      const top = y + index * (NODE.height + GAP.y);
      places.push(...(item ? column([item], x, top) : [gate(key, x, top)]));
    });
    x += (isGates ? GATE : NODE.width) + GAP.needs;
  }
  return { places, edges, ...sizeOf(places) };
}

const gate = (key: string, x: number, y: number): Place => ({
  key,
  kind: 'gate',
  label: key.slice('gate:'.length),
  names: [],
  x,
  y: y + (NODE.height - GATE) / 2,
  width: GATE,
  height: GATE,
});

/** The edges of the items, with a gate before each stage that has jobs without needs. */
function withGates(items: readonly Item[]): { gates: string[]; edges: Edge[] } {
  const edges = needsEdges(items);
  const gates: string[] = [];
  let since: Item[] = [];
  for (const [stage, all] of Map.groupBy(items, (item) => item.stage)) {
    const nodes = all.filter(({ kind }) => kind !== 'head');
    const followers = nodes.filter(({ needs }) => needs === null);
    if (followers.length > 0 && since.length > 0) {
      const key = `gate:${stage}`;
      gates.push(key);
      for (const item of since) edges.push([item.key, key]);
      for (const item of followers) edges.push([key, item.key]);
      // What stands before this gate comes to the next one by way of its followers.
      since = [];
    }
    since = [...since, ...nodes];
  }
  return { gates, edges };
}

/** How many stand before each, at most. What waits for itself, which no compiler lets through, counts once. */
function depths(keys: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const before = Map.groupBy(edges, ([, to]) => to);
  const found = new Map<string, number>();
  const under = new Set<string>();
  const depthOf = (key: string): number => {
    const known = found.get(key);
    if (known !== undefined) return known;
    if (under.has(key)) return 0;
    under.add(key);
    let depth = 0;
    for (const [from] of before.get(key) ?? []) depth = Math.max(depth, depthOf(from) + 1);
    under.delete(key);
    found.set(key, depth);
    return depth;
  };
  for (const key of keys) depthOf(key);
  return found;
}

/** Puts each column into the order of the middles of what its members are tied to. */
function arrange(columns: string[][], edges: readonly Edge[]): void {
  const before = Map.groupBy(edges, ([, to]) => to);
  const after = Map.groupBy(edges, ([from]) => from);
  const rank = new Map<string, number>();
  const remember = (keys: readonly string[]) =>
    keys.forEach((key, index) => rank.set(key, index - keys.length / 2));
  for (const keys of columns) remember(keys);
  const sort = (keys: string[], tied: (key: string) => readonly string[]) => {
    const middle = new Map(
      keys.map((key) => {
        const others = tied(key);
        const sum = others.reduce((total, other) => total + (rank.get(other) ?? 0), 0);
        return [key, others.length === 0 ? (rank.get(key) ?? 0) : sum / others.length];
      }),
    );
    keys.sort((one, other) => (middle.get(one) ?? 0) - (middle.get(other) ?? 0));
    remember(keys);
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    if (sweep % 2 === 0)
      for (const keys of columns) sort(keys, (key) => (before.get(key) ?? []).map(([from]) => from));
    else
      for (const keys of columns.toReversed())
        sort(keys, (key) => (after.get(key) ?? []).map(([, to]) => to));
}
