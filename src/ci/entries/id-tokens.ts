import type { IdTokenSpec } from '../plan.ts';
import { at, isString, type YamlNode } from '../yaml-node.ts';
import { checkKeys, stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';

/** `id_tokens`: tokens by the name of the variable that the job finds them in. */
export function readIdTokens(node: YamlNode, scope: Scope): Record<string, IdTokenSpec> {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return {};
  }
  const tokens = [...node.entries].map(([name, { value }]) => [name, readToken(value, scope.child(name))]);
  return Object.fromEntries(tokens) as Record<string, IdTokenSpec>;
}

function readToken(node: YamlNode, scope: Scope): IdTokenSpec {
  const isMapping = node.kind === 'mapping';
  if (!isMapping || !node.entries.has('aud'))
    scope.error('config', 'missing required keys: aud', node.position);
  if (isMapping) checkKeys(node, scope, ['aud']);
  const written = isMapping ? at(node, 'aud') : undefined;
  const aud = written && (isString(written) ? written.value : stringsIn(written));
  if (aud === undefined || aud === null)
    scope.error('aud', 'should be an array of strings or a string', (written ?? node).position);
  return { aud: aud ?? '' };
}
