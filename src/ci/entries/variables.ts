import { variable, type Variable } from '../variable.ts';
import {
  at,
  isBoolean,
  isNull,
  isString,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../yaml-node.ts';
import { stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';

/** The keys a variable may be spelled out with: all of them at the root, fewer in jobs, none in rules. */
export type VariableKeys = readonly ('value' | 'description' | 'expand' | 'options')[];

export const ROOT_VARIABLE_KEYS: VariableKeys = ['value', 'description', 'expand', 'options'];
export const JOB_VARIABLE_KEYS: VariableKeys = ['value', 'expand'];
export const PLAIN_VARIABLES_ONLY: VariableKeys = [];

/** A map of variables. Numbers and booleans become text; `expand: false` makes a variable raw. */
export function readVariables(node: YamlNode | undefined, scope: Scope, allowed: VariableKeys): Variable[] {
  if (node === undefined) return [];
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return [];
  }
  const variables: Variable[] = [];
  for (const [key, { key: written, value }] of node.entries) {
    const below = scope.child(key, { kind: 'variable' });
    if (!isScalarValue(value) && value.kind !== 'mapping') {
      below.plainError('variable definition must be either a string or a hash', value.position);
      continue;
    }
    if (!isAlphanumeric(written)) below.error('key', 'must be an alphanumeric string', written.position);
    variables.push(
      value.kind === 'mapping' ? readSpelledOut(key, value, below, allowed) : variable(key, value.text),
    );
  }
  return variables;
}

const isScalarValue = (node: YamlNode): node is YamlScalar => node.kind === 'scalar' && !isNull(node);

const isAlphanumeric = (node: YamlNode) =>
  isString(node) || (node.kind === 'scalar' && Number.isInteger(node.value));

function readSpelledOut(key: string, node: YamlMapping, scope: Scope, allowed: VariableKeys): Variable {
  const value = at(node, 'value');
  const description = at(node, 'description');
  const expand = at(node, 'expand');
  const options = at(node, 'options');
  if (value && !isScalarValue(value)) scope.error('config value', 'must be a scalar', value.position);
  if (description && !isAlphanumeric(description)) {
    scope.error('config description', 'must be an alphanumeric string', description.position);
  }
  if (expand && !isBoolean(expand))
    scope.error('config expand', 'should be a boolean value', expand.position);
  const choices = options && stringsIn(options);
  if (choices === null) scope.error('config options', 'should be an array of strings', node.position);
  if (allowed.length === 0) scope.error('config', 'must be a string', node.position);
  else {
    const extra = [...node.entries.keys()].filter((name) => !(allowed as readonly string[]).includes(name));
    if (extra.length > 0) scope.error('config', `uses invalid data keys: ${extra.join(', ')}`, node.position);
  }
  const text = value?.kind === 'scalar' ? value.text : '';
  if (choices && choices.length > 0 && !(value && isString(value) && choices.includes(text))) {
    scope.error('config', 'value must be present in options', node.position);
  }
  return variable(key, text, { raw: expand !== undefined && isBoolean(expand) && !expand.value });
}
