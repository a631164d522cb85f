import type { WorkflowConfig } from '../config.ts';
import { at, isString, type YamlNode } from '../yaml-node.ts';
import { readAutoCancel } from './auto-cancel.ts';
import { checkKeys } from './checks.ts';
import { readRules, ruleMappings, WORKFLOW_RULE } from './rules.ts';
import type { Scope } from './scope.ts';

const MAX_NAME = 255;

/** `workflow`: the pipeline's name, whether it is created at all, and what it cancels. */
export function readWorkflow(node: YamlNode, scope: Scope): WorkflowConfig {
  const workflow: WorkflowConfig = {
    name: null,
    rules: null,
    auto_cancel: {},
    position: node.position,
  };
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return workflow;
  }
  checkKeys(node, scope, ['name', 'rules', 'auto_cancel']);
  const name = at(node, 'name');
  if (name && isString(name)) {
    if (name.value.length > MAX_NAME) {
      scope.error('name', `is too long (maximum is ${MAX_NAME} characters)`, name.position);
    }
    workflow.name = name.value;
  } else if (name) scope.error('name', 'should be a string', name.position);

  if (scope.failed) return workflow;
  const rules = at(node, 'rules');
  if (rules) {
    const below = scope.child('rules');
    const mappings = ruleMappings(rules);
    if (mappings) workflow.rules = readRules(mappings, below, WORKFLOW_RULE);
    else below.error('config', 'should be a array', rules.position);
  }
  const autoCancel = at(node, 'auto_cancel');
  if (autoCancel) workflow.auto_cancel = readAutoCancel(autoCancel, scope.child('auto_cancel'));
  return workflow;
}
