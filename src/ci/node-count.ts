import type { YamlNode } from './yaml-node.ts';

/** Nodes of a configuration with everything shared written out: few lines can become as big many times. */
export const MAX_NODES = 1_000_000;

/** Characters of a text that fill as much as one node. */
const CHARACTERS_OF_ONE = 128;

/** For how many a text counts: a long one, used a thousand times, would fill the memory alone. */
export const textCount = (text: string): number => 1 + Math.floor(text.length / CHARACTERS_OF_ONE);

/** Nodes below and with this one, a shared one as often as it is used; long texts count for several. */
export function nodeCount(node: YamlNode, known: Map<YamlNode, number>): number {
  if (node.kind === 'scalar') return textCount(node.text);
  const before = known.get(node);
  if (before !== undefined) return before;
  let count = 1;
  if (node.kind === 'sequence') for (const item of node.items) count += nodeCount(item, known);
  else for (const { value } of node.entries.values()) count += nodeCount(value, known);
  known.set(node, count);
  return count;
}
