import { durationSeconds } from '../duration.ts';
import {
  at,
  isBlank,
  isBoolean,
  isString,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../yaml-node.ts';
import type { Scope } from './scope.ts';

/** A list of texts, or null when it is something else. */
export function stringsIn(node: YamlNode): string[] | null {
  if (node.kind !== 'sequence') return null;
  const strings = node.items.filter(isString).map((item) => item.value);
  return strings.length === node.items.length ? strings : null;
}

export const isInteger = (node: YamlNode): node is YamlScalar & { value: number } =>
  node.kind === 'scalar' && Number.isInteger(node.value) && !node.text.includes('.');

/** A whole number or a list of them, or null when it is something else. */
export function integersIn(node: YamlNode): number[] | null {
  if (isInteger(node)) return [node.value];
  if (node.kind !== 'sequence') return null;
  const integers = node.items.filter(isInteger).map((item) => item.value);
  return integers.length === node.items.length ? integers : null;
}

/** A whole number within bounds, which may be written as a text; complaints as Rails words them. */
export function readNumber(
  node: YamlNode,
  attribute: string,
  scope: Scope,
  { least, most }: { least: number; most: number },
): number | null {
  const isNumeric = node.kind === 'scalar' && /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(node.text.trim());
  const value = isNumeric ? Number(node.text) : NaN;
  let complaint: string | null = null;
  if (Number.isNaN(value)) complaint = 'is not a number';
  else if (!Number.isInteger(value)) complaint = 'must be an integer';
  else if (value < least) complaint = `must be greater than or equal to ${least}`;
  else if (value > most) complaint = `must be less than or equal to ${most}`;
  if (complaint !== null) scope.error(attribute, complaint, node.position);
  return complaint === null ? value : null;
}

/** Seconds up to `limit`. A text that is no duration exceeds the limit too, as GitLab has it. */
export function readDuration(
  node: YamlNode | undefined,
  attribute: string,
  scope: Scope,
  { within, limit }: { within: YamlNode; limit: number },
): number | null {
  const { position } = node ?? within;
  const seconds = node && isString(node) ? durationSeconds(node.value) : null;
  if (seconds === null) scope.error(attribute, 'should be a duration', position);
  if (seconds === null || seconds > limit) scope.error(attribute, 'should not exceed the limit', position);
  return seconds === null ? null : Math.floor(seconds);
}

/** A yes or no as an entry of its own. */
export function readBoolean(node: YamlNode, scope: Scope): boolean {
  if (isBoolean(node)) return node.value;
  scope.error('config', 'should be a boolean value', node.position);
  return false;
}

/**
 * The leaves of lists within lists, at most `levels` deep, each accepted by `read`; null when one is not, or when
 * the node is no list.
 */
export function flattenNested<T>(
  node: YamlNode,
  levels: number,
  read: (leaf: YamlNode) => T | null,
): T[] | null {
  if (node.kind !== 'sequence' || levels <= 0) return null;
  const result: T[] = [];
  for (const item of node.items) {
    const leaf = read(item);
    const leaves = leaf === null ? flattenNested(item, levels - 1, read) : [leaf];
    if (leaves === null) return null;
    for (const each of leaves) result.push(each);
  }
  return result;
}

export const readString = (node: YamlNode): string | null => (isString(node) ? node.value : null);

/** Complains of keys that are neither allowed nor of the language, and of those of GitLab's paid editions. */
export function checkKeys(
  mapping: YamlMapping,
  scope: Scope,
  allowed: readonly string[],
  paid: readonly string[] = [],
): void {
  const unknown: string[] = [];
  for (const [key, entry] of mapping.entries) {
    if (paid.includes(key)) {
      if (!(entry.value.kind === 'scalar' && entry.value.value === null)) scope.paid(key, entry.key.position);
    } else if (!allowed.includes(key)) unknown.push(key);
  }
  if (unknown.length === 0) return;
  const first = mapping.entries.get(unknown[0] ?? '')?.key.position ?? mapping.position;
  scope.error('config', `contains unknown keys: ${unknown.join(', ')}`, first);
}

/** Complains when more than one of `keys` is there. */
export function checkExclusive(mapping: YamlMapping, scope: Scope, keys: readonly string[]): void {
  const present = [...mapping.entries.keys()].filter((key) => keys.includes(key));
  if (present.length < 2) return;
  scope.error('config', `these keys cannot be used together: ${present.join(', ')}`, mapping.position);
}

/** The value of an optional key that knows but a few texts; `message` is for the others. */
export function readOneOf<T extends string>(
  mapping: YamlMapping,
  key: string,
  values: readonly T[],
  message: string,
  scope: Scope,
): T | undefined {
  const node = at(mapping, key);
  if (node === undefined) return undefined;
  const value = isString(node) ? values.find((each) => each === node.value) : undefined;
  if (!isString(node)) scope.error(key, 'should be a string', node.position);
  if (value === undefined) scope.error(key, message, node.position);
  return value;
}

/** The list of texts under an optional key, with a complaint when it is none. */
export function optionalStrings(
  node: YamlNode | undefined,
  attribute: string,
  scope: Scope,
): string[] | null {
  if (node === undefined) return null;
  const strings = stringsIn(node);
  if (strings === null) scope.error(attribute, 'should be an array of strings', node.position);
  return strings;
}

/** The text under an optional key, with a complaint when it is none. */
export function optionalString(node: YamlNode | undefined, attribute: string, scope: Scope): string | null {
  if (node === undefined) return null;
  if (isString(node)) return node.value;
  scope.error(attribute, 'should be a string', node.position);
  return null;
}

/** The text under a key that must be there, with a complaint when it is not. */
export function requiredString(
  node: YamlNode | undefined,
  attribute: string,
  scope: Scope,
  within: YamlMapping,
): string | null {
  const position = node?.position ?? within.position;
  const isText = node !== undefined && isString(node);
  if (!isText) scope.error(attribute, 'should be a string', position);
  if (node === undefined || isBlank(node)) scope.error(attribute, "can't be blank", position);
  return isText ? node.value : null;
}
