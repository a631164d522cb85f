import { at, isString, type YamlMapping } from './yaml-node.ts';
import { nodeOf } from './yaml-value.ts';

const PRE = '.pre';
const POST = '.post';

/** The stages that every pipeline has besides its own. */
export const EDGE_STAGES: readonly string[] = [PRE, POST];

/** All stages of a pipeline that has these of its own. */
export const withEdges = (own: readonly string[]): string[] => [PRE, ...own, POST];

/** The configuration with these among its stages, where it has a list of them, as GitLab shows it. */
export function withEdgeStages(root: YamlMapping): YamlMapping {
  const stages = root.entries.get('stages');
  const list = at(root, 'stages');
  if (!stages || list?.kind !== 'sequence' || list.items.length === 0) return root;
  const own = list.items.filter((item) => !isString(item) || !EDGE_STAGES.includes(item.value));
  const edge = (name: string) => nodeOf(name, list.position);
  const value = { ...list, items: [edge(PRE), ...own, edge(POST)] };
  return { ...root, entries: new Map([...root.entries, ['stages', { ...stages, value }]]) };
}
