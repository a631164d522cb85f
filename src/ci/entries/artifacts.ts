import { isExpiry } from '../duration.ts';
import type { ArtifactsSpec } from '../plan.ts';
import { at, isBoolean, isString, type YamlNode } from '../yaml-node.ts';
import { checkKeys, optionalStrings } from './checks.ts';
import type { Scope } from './scope.ts';

const KEYS = ['name', 'untracked', 'paths', 'exclude', 'when', 'expire_in'];
const NOT_YET = ['reports', 'expose_as', 'public', 'access'];
const WHEN = ['on_success', 'on_failure', 'always'] as const;

/** `artifacts`: what of the job's files is kept, and for how long. */
export function readArtifacts(node: YamlNode, scope: Scope): ArtifactsSpec | null {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return null;
  }
  checkKeys(node, scope, KEYS, NOT_YET);
  const spec: ArtifactsSpec = {};

  const name = at(node, 'name');
  if (name && isString(name)) spec.name = name.value;
  else if (name) scope.error('name', 'should be a string', name.position);

  const untracked = at(node, 'untracked');
  if (untracked && isBoolean(untracked)) spec.untracked = untracked.value;
  else if (untracked) scope.error('untracked', 'should be a boolean value', untracked.position);

  const paths = optionalStrings(at(node, 'paths'), 'paths', scope);
  if (paths) spec.paths = paths;
  const exclude = optionalStrings(at(node, 'exclude'), 'exclude', scope);
  if (exclude) spec.exclude = exclude;

  const when = at(node, 'when');
  if (when && isString(when) && isWhen(when.value)) spec.when = when.value;
  else if (when) scope.error('when', `should be one of: ${WHEN.join(', ')}`, when.position);

  const expireIn = at(node, 'expire_in');
  if (expireIn && isString(expireIn) && isExpiry(expireIn.value)) spec.expire_in = expireIn.value;
  else if (expireIn) scope.error('expire_in', 'should be a duration', expireIn.position);

  return spec;
}

function isWhen(value: string): value is (typeof WHEN)[number] {
  return (WHEN as readonly string[]).includes(value);
}
