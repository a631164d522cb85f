import type { AutoCancel } from '../plan.ts';
import { at, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys } from './checks.ts';
import type { Scope } from './scope.ts';

const ON_NEW_COMMIT = ['conservative', 'interruptible', 'none'] as const;
const ON_JOB_FAILURE = ['none', 'all'] as const;

/** `workflow:auto_cancel`: what is said of it, as a matching rule may say the rest. */
export function readAutoCancel(node: YamlNode, scope: Scope): Partial<AutoCancel> {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return {};
  }
  checkKeys(node, scope, ['on_new_commit', 'on_job_failure']);
  const said: Partial<AutoCancel> = {};
  const on_new_commit = readOneOf(node, 'on_new_commit', ON_NEW_COMMIT, scope);
  const on_job_failure = readOneOf(node, 'on_job_failure', ON_JOB_FAILURE, scope);
  if (on_new_commit) said.on_new_commit = on_new_commit;
  if (on_job_failure) said.on_job_failure = on_job_failure;
  return said;
}

function readOneOf<T extends string>(
  mapping: YamlMapping,
  key: string,
  values: readonly T[],
  scope: Scope,
): T | undefined {
  const node = at(mapping, key);
  if (node === undefined) return undefined;
  const value = isString(node) ? values.find((each) => each === node.value) : undefined;
  if (!isString(node)) scope.error(key, 'should be a string', node.position);
  if (value === undefined) scope.error(key, `must be one of: ${values.join(', ')}`, node.position);
  return value;
}
