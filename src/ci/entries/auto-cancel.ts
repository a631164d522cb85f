import type { AutoCancel } from '../plan.ts';
import type { YamlNode } from '../yaml-node.ts';
import { checkKeys, readOneOf } from './checks.ts';
import type { Scope } from './scope.ts';

const ON_NEW_COMMIT = ['conservative', 'interruptible', 'none'] as const;
const ON_JOB_FAILURE = ['none', 'all'] as const;

const mustBe = (values: readonly string[]) => `must be one of: ${values.join(', ')}`;

/** `workflow:auto_cancel`: what is said of it, as a matching rule may say the rest. */
export function readAutoCancel(node: YamlNode, scope: Scope): Partial<AutoCancel> {
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return {};
  }
  checkKeys(node, scope, ['on_new_commit', 'on_job_failure']);
  const said: Partial<AutoCancel> = {};
  const on_new_commit = readOneOf(node, 'on_new_commit', ON_NEW_COMMIT, mustBe(ON_NEW_COMMIT), scope);
  const on_job_failure = readOneOf(node, 'on_job_failure', ON_JOB_FAILURE, mustBe(ON_JOB_FAILURE), scope);
  if (on_new_commit) said.on_new_commit = on_new_commit;
  if (on_job_failure) said.on_job_failure = on_job_failure;
  return said;
}
