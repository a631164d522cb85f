/**
 * The strongly connected components of a graph (Tarjan): each after those it leads to, its members in the
 * order they were met. So in a graph without cycles this is an order in which everything comes after what it
 * depends on. Edges to unknown nodes are left out. Keeps its own stack, as inputs may be chains of any length.
 */
export function stronglyConnected(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const components: string[][] = [];

  const enter = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, edges: graph.get(node) ?? [], next: 0 };
  };
  const lower = (node: string, value: number) => low.set(node, Math.min(low.get(node) ?? value, value));

  for (const root of graph.keys()) {
    if (index.has(root)) continue;
    const path = [enter(root)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top;
      const target = top.edges[top.next++];
      if (target !== undefined) {
        if (!graph.has(target)) continue;
        if (!index.has(target)) path.push(enter(target));
        else if (isOpen.has(target)) lower(node, index.get(target) ?? 0);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(node) ?? 0);
      if (low.get(node) !== index.get(node)) continue;
      const members = open.splice(open.lastIndexOf(node));
      for (const member of members) isOpen.delete(member);
      components.push(members);
    }
  }
  return components;
}
