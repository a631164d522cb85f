import type { Position } from './problem.ts';
import { text } from './yaml-scalar.ts';
import type { YamlEntry, YamlMapping, YamlNode } from './yaml-node.ts';

/** A value that JSON can hold as a node, all of it at one place. */
export function nodeOf(value: unknown, position: Position): YamlNode {
  if (Array.isArray(value)) {
    return { kind: 'sequence', items: value.map((item) => nodeOf(item, position)), position };
  }
  if (typeof value === 'object' && value !== null) return mappingOf(value, position);
  if (typeof value === 'string') return { kind: 'scalar', ...text(value), position };
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, text: String(value), position };
  }
  return { kind: 'scalar', value: null, text: '', position };
}

export function mappingOf(values: object, position: Position): YamlMapping {
  const entries = new Map<string, YamlEntry>();
  for (const [key, value] of Object.entries(values)) {
    entries.set(key, { key: { kind: 'scalar', ...text(key), position }, value: nodeOf(value, position) });
  }
  return { kind: 'mapping', entries, position };
}

/** As JSON, numbers as they are written. */
export function jsonOf(node: YamlNode): string {
  if (node.kind === 'sequence') return `[${node.items.map(jsonOf).join(',')}]`;
  if (node.kind === 'mapping') {
    const pairs = [...node.entries].map(([key, { value }]) => `${JSON.stringify(key)}:${jsonOf(value)}`);
    return `{${pairs.join(',')}}`;
  }
  if (typeof node.value === 'number' && Number.isFinite(node.value)) return node.text;
  return JSON.stringify(node.value);
}
