import { at, isString, type YamlMapping } from './yaml-node.ts';
import { nodeOf } from './yaml-value.ts';

/** The stages that every pipeline has besides its own. */
export const EDGE_STAGES: readonly string[] = ['.pre', '.post'];

/** The configuration with these among its stages, where it has a list of them, as GitLab shows it. */
export function withEdgeStages(root: YamlMapping): YamlMapping {
  const stages = root.entries.get('stages');
  const list = at(root, 'stages');
  if (!stages || list?.kind !== 'sequence' || list.items.length === 0) return root;
  const own = list.items.filter((item) => !isString(item) || !EDGE_STAGES.includes(item.value));
  const [pre, post] = EDGE_STAGES.map((name) => nodeOf(name, list.position));
  const value = { ...list, items: [pre, ...own, post].filter((item) => item !== undefined) };
  return { ...root, entries: new Map([...root.entries, ['stages', { ...stages, value }]]) };
}
