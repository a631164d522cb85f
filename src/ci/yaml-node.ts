import type { Position } from './problem.ts';

/**
 * A value of the configuration that remembers where it is written. Aliased nodes are shared, so nodes are never
 * changed: merging makes new ones.
 */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

export interface YamlScalar {
  kind: 'scalar';
  value: ScalarValue;
  /** The value as Ruby would print it: `493` for `0755`, `1.0`, `true`; empty for null. */
  text: string;
  position: Position;
}

/** Numbers beyond 2^53 have their `text`. */
export type ScalarValue = string | number | boolean | null;

export interface YamlSequence {
  kind: 'sequence';
  items: YamlNode[];
  position: Position;
  /** Set while it stands for a value elsewhere: `!reference [a, b]`. */
  reference?: Reference;
}

export interface Reference {
  /** The keys that lead to the value; null when it is none of the form that a reference has. */
  path: string[] | null;
  /** What is behind the tag, as Ruby would print it. */
  shown: string;
}

export interface YamlMapping {
  kind: 'mapping';
  entries: Map<string, YamlEntry>;
  position: Position;
}

export interface YamlEntry {
  /** Job names have to be text, so what the key was before it became one matters. */
  key: YamlScalar;
  value: YamlNode;
}

/** The value under `key` of a mapping; undefined when absent, also when it is written as null. */
export function at(mapping: YamlMapping, key: string): YamlNode | undefined {
  const value = mapping.entries.get(key)?.value;
  return value && isNull(value) ? undefined : value;
}

export const isNull = (node: YamlNode) => node.kind === 'scalar' && node.value === null;

export const isString = (node: YamlNode): node is YamlScalar & { value: string } =>
  node.kind === 'scalar' && typeof node.value === 'string';

export const isBoolean = (node: YamlNode): node is YamlScalar & { value: boolean } =>
  node.kind === 'scalar' && typeof node.value === 'boolean';

/** Rails' `blank?`: null, false, white space, empty collections. */
export function isBlank(node: YamlNode): boolean {
  if (node.kind === 'sequence') return node.items.length === 0;
  if (node.kind === 'mapping') return node.entries.size === 0;
  return node.value === null || node.value === false || (isString(node) && node.value.trim() === '');
}

/** As JSON, the way messages quote a piece of configuration. */
export function toJson(node: YamlNode): unknown {
  if (node.kind === 'sequence') return node.items.map(toJson);
  if (node.kind === 'scalar') return node.value;
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toJson(entry.value)]));
}
