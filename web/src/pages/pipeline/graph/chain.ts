import type { Edge } from './layout.ts';

/** All that an item waits for, directly or not, all that waits for it, and itself. */
export function chainOf(key: string, edges: readonly Edge[]): Set<string> {
  const chain = new Set([key]);
  const follow = (next: ReadonlyMap<string, readonly Edge[]>, end: 0 | 1) => {
    const open = [key];
    const seen = new Set(open);
    for (let at = open.pop(); at !== undefined; at = open.pop())
      for (const edge of next.get(at) ?? []) {
        const other = edge[end];
        if (seen.has(other)) continue;
        seen.add(other);
        chain.add(other);
        open.push(other);
      }
  };
  follow(
    Map.groupBy(edges, ([, to]) => to),
    0,
  );
  follow(
    Map.groupBy(edges, ([from]) => from),
    1,
  );
  return chain;
}
