import type { Position } from './problem.ts';
import { at, type YamlMapping, type YamlNode } from './yaml-node.ts';

/** Where a job may name another, or a stage. */
export type Naming = 'extends' | 'stage' | 'needs' | 'dependencies' | 'trigger' | 'on_stop';

/** Where a job as it is written names this; null when it does not, as for a stage that nobody has said. */
export function namedPlace(job: YamlMapping, naming: Naming, name: string): Position | null {
  for (const node of nodesOf(job, naming)) {
    const place = node && placeIn(node, name);
    if (place) return place;
  }
  return null;
}

function nodesOf(job: YamlMapping, naming: Naming): (YamlNode | undefined)[] {
  if (naming === 'on_stop') return [below(at(job, 'environment'), 'on_stop')];
  if (naming === 'needs') return [at(job, 'needs'), ...needsOfRules(at(job, 'rules'))];
  return [at(job, naming)];
}

function needsOfRules(node: YamlNode | undefined): (YamlNode | undefined)[] {
  return node?.kind === 'sequence' ? node.items.flatMap(needsOfRules) : [below(node, 'needs')];
}

const below = (node: YamlNode | undefined, key: string) =>
  node?.kind === 'mapping' ? at(node, key) : undefined;

function placeIn(node: YamlNode, name: string): Position | null {
  if (node.kind === 'scalar') return isNameOf(node.text, name) ? node.position : null;
  const parts = node.kind === 'sequence' ? node.items : [...node.entries.values()].map(({ value }) => value);
  for (const part of parts) {
    const place = placeIn(part, name);
    if (place) return place;
  }
  return null;
}

/** Whether it is called so, or is one of those that `parallel` makes of what is. */
const isNameOf = (text: string, name: string) =>
  name === text ||
  (text !== '' && name.startsWith(text) && /^(: \[.*\]| \d+\/\d+)$/s.test(name.slice(text.length)));
