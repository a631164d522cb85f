import type { RuleConfig } from '../config.ts';
import { parseExpression } from '../expression.ts';
import { at, isBlank, isBoolean, isNull, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { readAutoCancel } from './auto-cancel.ts';
import { checkKeys, flattenNested, readDuration } from './checks.ts';
import { readChanges, readExists } from './file-clauses.ts';
import { readNeeds } from './needs.ts';
import type { Scope } from './scope.ts';
import { MAX_NESTING } from './script.ts';
import { PLAIN_VARIABLES_ONLY, readVariables } from './variables.ts';

/** What a rule may hold, and which `when` it may say: jobs and `workflow` differ. */
export interface RuleKind {
  when: readonly string[];
  keys: readonly string[];
}

const words = (text: string) => text.split(' ');

export const JOB_RULE: RuleKind = {
  when: ['on_success', 'on_failure', 'always', 'never', 'manual', 'delayed'],
  keys: words('if changes exists when start_in allow_failure variables needs interruptible'),
};

/** `start_in`, `allow_failure` and `needs` say nothing of a pipeline, but are let pass, as GitLab lets them. */
export const WORKFLOW_RULE: RuleKind = {
  when: ['always', 'never'],
  keys: words('if changes exists when variables start_in allow_failure needs auto_cancel'),
};

export const INCLUDE_RULE: RuleKind = { when: ['always', 'never'], keys: words('if exists changes when') };

const LONGEST_DELAY_SECONDS = 7 * 24 * 60 * 60;

/** The rules as mappings, lists within lists flattened; null when something else is among them. */
export function ruleMappings(node: YamlNode): YamlMapping[] | null {
  return flattenNested(node, MAX_NESTING, (leaf) => (leaf.kind === 'mapping' ? leaf : null));
}

export function readRules(mappings: YamlMapping[], scope: Scope, kind: RuleKind): RuleConfig[] {
  return mappings.map((mapping) => readRule(mapping, scope.child('rule'), kind));
}

function readRule(node: YamlMapping, scope: Scope, kind: RuleKind): RuleConfig {
  const rule: RuleConfig = {
    if: null,
    if_text: null,
    changes: null,
    exists: null,
    when: null,
    start_in: null,
    allow_failure: null,
    interruptible: null,
    needs: null,
    auto_cancel: null,
    variables: [],
    position: node.position,
  };
  if (isBlank(node)) {
    scope.error('config', "can't be blank", node.position);
    return rule;
  }
  const when = at(node, 'when');
  const text = when?.kind === 'scalar' ? when.text : '';
  if (kind === JOB_RULE) rule.start_in = readStartIn(node, text === 'delayed', scope);
  const condition = at(node, 'if');
  if (condition) {
    rule.if_text = isString(condition) ? condition.value : null;
    rule.if = rule.if_text === null ? null : parseExpression(rule.if_text);
    if (!rule.if) scope.error('if', 'invalid expression syntax', condition.position);
  }
  rule.allow_failure = optionalBoolean(node, 'allow_failure', scope);
  if (kind === JOB_RULE) rule.interruptible = optionalBoolean(node, 'interruptible', scope);

  if (when && !kind.when.includes(text)) scope.error('when', `unknown value: ${text}`, when.position);
  else if (when) rule.when = text as RuleConfig['when'];

  checkKeys(node, scope, kind.keys);
  if (scope.failed) return rule;
  const changes = at(node, 'changes');
  if (changes) rule.changes = readChanges(changes, scope.child('changes'));
  const exists = at(node, 'exists');
  if (exists) rule.exists = readExists(exists, scope.child('exists'));
  rule.variables = readVariables(at(node, 'variables'), scope.child('variables'), PLAIN_VARIABLES_ONLY);
  const needs = at(node, 'needs');
  if (needs && kind === JOB_RULE) rule.needs = readNeeds(needs, scope.child('needs'), null).jobs;
  const autoCancel = at(node, 'auto_cancel');
  if (autoCancel) rule.auto_cancel = readAutoCancel(autoCancel, scope.child('auto_cancel'));
  return rule;
}

function readStartIn(node: YamlMapping, isDelayed: boolean, scope: Scope): number | null {
  const startIn = at(node, 'start_in');
  if (isDelayed) {
    if (!startIn || isBlank(startIn)) scope.error('start_in', "can't be blank", node.position);
    return readDuration(startIn, 'start_in', scope, { within: node, limit: LONGEST_DELAY_SECONDS });
  }
  if (node.entries.has('start_in')) {
    scope.error('config', 'contains disallowed keys: start_in', (startIn ?? node).position);
  }
  return null;
}

function optionalBoolean(node: YamlMapping, key: string, scope: Scope): boolean | null {
  const value = at(node, key);
  if (!value) return null;
  if (isBoolean(value)) return value.value;
  scope.error(key, 'should be a boolean value', value.position);
  return null;
}

/** Whether a rule says nothing but `when`, and that it runs: then the job may run in two pipelines at once. */
export function alwaysAdds(node: YamlMapping | undefined): boolean {
  if (node === undefined) return false;
  const keys = [...node.entries].filter(([, { value }]) => !isNull(value)).map(([key]) => key);
  const when = at(node, 'when');
  return keys.length === 1 && when !== undefined && !(isString(when) && when.value === 'never');
}
