import { at, isBoolean, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, stringsIn } from './checks.ts';
import { DEFAULT_KEYS, DEFAULT_PAID } from './default.ts';
import type { Scope } from './scope.ts';

const KNOWN: readonly string[] = [...DEFAULT_KEYS, ...DEFAULT_PAID];

/** All, nothing, or what is named. */
export type Inheritance = boolean | string[];

export interface Inherit {
  default: Inheritance;
  variables: Inheritance;
}

/** What a job takes from `default` and from the root's variables: everything, unless it says otherwise. */
export function readInherit(node: YamlNode | undefined, scope: Scope): Inherit {
  const inherit: Inherit = { default: true, variables: true };
  if (node === undefined) return inherit;
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return inherit;
  }
  checkKeys(node, scope, ['default', 'variables']);
  if (scope.failed) return inherit;
  inherit.default = readInheritance(node, 'default', scope);
  inherit.variables = readInheritance(node, 'variables', scope);
  if (Array.isArray(inherit.default)) {
    const unknown = inherit.default.filter((key) => !KNOWN.includes(key));
    const below = scope.child('default');
    if (unknown.length > 0)
      below.error('config', `contains unknown values: ${unknown.join(', ')}`, node.position);
  }
  return inherit;
}

function readInheritance(inherit: YamlMapping, key: string, parent: Scope): Inheritance {
  const node = at(inherit, key);
  if (node === undefined) return true;
  if (isBoolean(node)) return node.value;
  const scope = parent.child(key);
  if (node.kind !== 'sequence') {
    scope.plainError(`${scope.path} should be a bool or array of strings`, node.position);
    return false;
  }
  const names = stringsIn(node);
  if (names === null) scope.error('config', 'should be an array of strings', node.position);
  return names ?? false;
}

/** Whether `key` comes down. */
export const inherits = (inheritance: Inheritance, key: string) =>
  Array.isArray(inheritance) ? inheritance.includes(key) : inheritance;
