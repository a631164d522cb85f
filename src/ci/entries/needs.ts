import type { NeedConfig } from '../config.ts';
import { at, isBoolean, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, requiredString } from './checks.ts';
import { readParallel } from './parallel.ts';
import type { Scope } from './scope.ts';

const OTHER_PIPELINES = ['pipeline', 'project', 'ref'];

/** `needs`: jobs of this pipeline to wait for. An empty list means: for nothing at all. */
export function readNeeds(node: YamlNode, scope: Scope): NeedConfig[] {
  if (node.kind === 'scalar') scope.error('config', 'can only be a hash or an array', node.position);
  if (node.kind === 'mapping' && node.entries.size === 0) {
    scope.error('config', 'can not be an empty hash', node.position);
  }
  if (scope.failed) return [];
  return flatten(node).flatMap((need) => readNeed(need, scope.child('need')) ?? []);
}

function flatten(node: YamlNode): YamlNode[] {
  return node.kind === 'sequence' ? node.items.flatMap(flatten) : [node];
}

function readNeed(node: YamlNode, scope: Scope): NeedConfig | null {
  if (isString(node)) {
    if (node.value.trim() === '') scope.error('config', "can't be blank", node.position);
    return { name: node.value, artifacts: true, optional: false };
  }
  if (node.kind === 'mapping') {
    const elsewhere = OTHER_PIPELINES.find((key) => node.entries.has(key));
    if (elsewhere) {
      scope.unsupported(elsewhere, node.position);
      return null;
    }
    if (node.entries.has('job')) return readSpelledOut(node, scope);
  }
  scope.plainError(`${scope.path} has an unsupported type`, node.position);
  return null;
}

function readSpelledOut(node: YamlMapping, scope: Scope): NeedConfig | null {
  checkKeys(node, scope, ['job', 'artifacts', 'optional', 'parallel']);
  const name = requiredString(at(node, 'job'), 'job', scope, node);
  const flag = (key: string, byDefault: boolean): boolean => {
    const value = at(node, key);
    if (value && !isBoolean(value)) scope.error(key, 'should be a boolean value', value.position);
    return value && isBoolean(value) ? value.value : byDefault;
  };
  const artifacts = flag('artifacts', true);
  const optional = flag('optional', false);
  if (scope.failed || name === null) return null;
  const written = at(node, 'parallel');
  const parallel = written && readParallel(written, scope.child('parallel'), { number: false });
  const need = { name, artifacts, optional };
  return parallel && 'matrix' in parallel ? { ...need, parallel: parallel.matrix } : need;
}
