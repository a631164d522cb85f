import { type Position, refuse } from './problem.ts';
import { text } from './yaml-scalar.ts';
import type { YamlEntry, YamlMapping, YamlNode } from './yaml-node.ts';

/** As deep as a file may nest, see `max_yaml_depth`. */
const MAX_DEPTH = 100;

/** A value that JSON can hold as a node, all of it at one place. Throws `CompileError` where it nests too deep. */
export function nodeOf(value: unknown, position: Position, depth = 0): YamlNode {
  if (depth > MAX_DEPTH) refuse('inputs', 'The parsed YAML is too big', position);
  if (Array.isArray(value)) {
    return { kind: 'sequence', items: value.map((item) => nodeOf(item, position, depth + 1)), position };
  }
  if (typeof value === 'object' && value !== null) return mappingOf(value, position, depth + 1);
  if (typeof value === 'string') return { kind: 'scalar', ...text(value), position };
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, text: String(value), position };
  }
  return { kind: 'scalar', value: null, text: '', position };
}

export function mappingOf(values: object, position: Position, depth = 0): YamlMapping {
  const entries = new Map<string, YamlEntry>();
  for (const [key, value] of Object.entries(values)) {
    entries.set(key, {
      key: { kind: 'scalar', ...text(key), position },
      value: nodeOf(value, position, depth),
    });
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
