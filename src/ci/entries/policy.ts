import type { PolicyConfig, PolicyKey, WrittenExpression } from '../config.ts';
import { isPattern, parseExpression, readPattern } from '../expression.ts';
import { at, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, optionalStrings, stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';

const KEYS: readonly PolicyKey[] = ['refs', 'kubernetes', 'variables', 'changes'];
const NOTHING: PolicyConfig = {
  refs: null,
  kubernetes: false,
  variables: null,
  changes: null,
  places: {},
};

/** What `only` says when it says nothing, also in a map that has no `refs`. */
export const DEFAULT_ONLY: PolicyConfig = { ...NOTHING, refs: ['branches', 'tags'] };

/** `only` or `except`: a list of refs, or a map of what has to hold. */
export function readPolicy(node: YamlNode, scope: Scope, byDefault: PolicyConfig = NOTHING): PolicyConfig {
  if (node.kind === 'sequence')
    return { ...byDefault, refs: readRefs(node, 'config', scope), places: { refs: node.position } };
  if (node.kind === 'mapping') return { ...byDefault, ...readMap(node, scope) };
  scope.plainError(`${scope.path} has to be either an array of conditions or a hash`, node.position);
  return byDefault;
}

export const readOnly = (node: YamlNode, scope: Scope) => readPolicy(node, scope, DEFAULT_ONLY);

/** What the map says. A key without a value is an empty list, of which nothing holds. */
function readMap(node: YamlMapping, scope: Scope): Partial<PolicyConfig> {
  if (node.entries.size === 0) scope.error('config', "can't be blank", node.position);
  checkKeys(node, scope, KEYS);
  const policy: Partial<PolicyConfig> = { places: placesOf(node) };
  if (node.entries.has('variables')) policy.variables = readExpressions(at(node, 'variables'), scope);
  const refs = at(node, 'refs');
  if (node.entries.has('refs')) policy.refs = refs ? readRefs(refs, 'refs', scope) : [];
  const kubernetes = at(node, 'kubernetes');
  const cluster = kubernetes?.kind === 'scalar' ? kubernetes.text : '';
  if (kubernetes && cluster !== 'active')
    scope.error('kubernetes', `unknown value: ${cluster}`, kubernetes.position);
  if (kubernetes) policy.kubernetes = true;
  optionalStrings(at(node, 'variables'), 'variables', scope);
  if (node.entries.has('changes'))
    policy.changes = optionalStrings(at(node, 'changes'), 'changes', scope) ?? [];
  return policy;
}

function placesOf({ entries }: YamlMapping): PolicyConfig['places'] {
  return Object.fromEntries(
    KEYS.flatMap((name) => {
      const entry = entries.get(name);
      return entry ? [[name, entry.key.position]] : [];
    }),
  );
}

function readExpressions(node: YamlNode | undefined, scope: Scope): WrittenExpression[] {
  if (node?.kind !== 'sequence') return [];
  return node.items.filter(isString).flatMap((item) => {
    const expression = parseExpression(item.value);
    if (!expression) scope.error('variables', 'invalid expression syntax', item.position);
    return expression ? { expression, text: item.value } : [];
  });
}

function readRefs(node: YamlNode, attribute: string, scope: Scope): string[] {
  const refs = stringsIn(node);
  if (refs?.every((ref) => !isPattern(ref) || readPattern(ref) !== null)) return refs;
  const message = 'should be an array of strings or regular expressions using re2 syntax';
  scope.error(attribute, message, node.position);
  return [];
}
