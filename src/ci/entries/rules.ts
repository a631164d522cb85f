import type { RuleConfig } from '../config.ts';
import { parseExpression } from '../expression.ts';
import { at, isBlank, isBoolean, isNull, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, flattenNested } from './checks.ts';
import type { Scope } from './scope.ts';
import { MAX_NESTING } from './script.ts';
import { PLAIN_VARIABLES_ONLY, readVariables } from './variables.ts';

/** What a rule may hold, and which `when` it may say: jobs and `workflow` differ. */
export interface RuleKind {
  when: readonly string[];
  keys: readonly string[];
  /** Known to the language, not built yet. */
  not_yet: readonly string[];
}

export const JOB_RULE: RuleKind = {
  when: ['on_success', 'on_failure', 'always', 'never', 'manual', 'delayed'],
  keys: ['if', 'when', 'allow_failure', 'variables'],
  not_yet: ['changes', 'exists', 'start_in', 'needs', 'interruptible'],
};

/** The last three say nothing of a pipeline, but are let pass, as GitLab lets them. */
export const WORKFLOW_RULE: RuleKind = {
  when: ['always', 'never'],
  keys: ['if', 'when', 'variables', 'start_in', 'allow_failure', 'needs'],
  not_yet: ['changes', 'exists', 'auto_cancel'],
};

/** The rules as mappings, lists within lists flattened; null when something else is among them. */
export function ruleMappings(node: YamlNode): YamlMapping[] | null {
  return flattenNested(node, MAX_NESTING, (leaf) => (leaf.kind === 'mapping' ? leaf : null));
}

export function readRules(mappings: YamlMapping[], scope: Scope, kind: RuleKind): RuleConfig[] {
  return mappings.map((mapping) => readRule(mapping, scope.child('rule'), kind));
}

function readRule(node: YamlMapping, scope: Scope, kind: RuleKind): RuleConfig {
  const rule: RuleConfig = { if: null, when: null, allow_failure: null, variables: [] };
  if (isBlank(node)) {
    scope.error('config', "can't be blank", node.position);
    return rule;
  }
  const condition = at(node, 'if');
  if (condition) {
    rule.if = isString(condition) ? parseExpression(condition.value) : null;
    if (!rule.if) scope.error('if', 'invalid expression syntax', condition.position);
  }
  const allowFailure = at(node, 'allow_failure');
  if (allowFailure && isBoolean(allowFailure)) rule.allow_failure = allowFailure.value;
  else if (allowFailure) scope.error('allow_failure', 'should be a boolean value', allowFailure.position);

  const when = at(node, 'when');
  const text = when?.kind === 'scalar' ? when.text : '';
  if (when && !kind.when.includes(text)) scope.error('when', `unknown value: ${text}`, when.position);
  else if (when && text === 'delayed') scope.unsupported('when:delayed', when.position);
  else if (when) rule.when = text as RuleConfig['when'];

  checkKeys(node, scope, kind.keys, kind.not_yet);
  if (!scope.failed) {
    rule.variables = readVariables(at(node, 'variables'), scope.child('variables'), PLAIN_VARIABLES_ONLY);
  }
  return rule;
}

/** Whether a rule says nothing but `when`, and that it runs: then the job may run in two pipelines at once. */
export function alwaysAdds(node: YamlMapping | undefined): boolean {
  if (node === undefined) return false;
  const keys = [...node.entries].filter(([, { value }]) => !isNull(value)).map(([key]) => key);
  const when = at(node, 'when');
  return keys.length === 1 && when !== undefined && !(isString(when) && when.value === 'never');
}
