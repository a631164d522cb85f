import type { JobConfig, RuleConfig } from '../config.ts';
import { at, isString, type YamlEntry, type YamlMapping } from '../yaml-node.ts';
import { checkExclusive, optionalString, readBoolean, stringsIn } from './checks.ts';
import type { Inheritable } from './default.ts';
import { readEnvironment } from './environment.ts';
import { inherits, readInherit, type Inherit } from './inherit.ts';
import { type Needs, readNeeds } from './needs.ts';
import { readOnly, readPolicy } from './policy.ts';
import { JOB_RULE, readRules, ruleMappings } from './rules.ts';
import type { Scope } from './scope.ts';
import { JOB_VARIABLE_KEYS, readVariables } from './variables.ts';

/** What jobs and bridges may both say. */
export const PROCESSABLE_KEYS: readonly string[] =
  'extends stage only except rules variables inherit allow_failure when needs resource_group environment interruptible'.split(
    ' ',
  );

const NOT_WITH_RULES = ['only', 'except', 'start_in'];
const MAX_NAME = 255;
const DEFAULT_STAGE = 'test';

/**
 * What GitLab checks of jobs and bridges alike before it looks into their values. Answers the keys that clash with
 * rules: they need no second complaint.
 */
export function checkProcessable(name: string, { key, value }: YamlEntry, scope: Scope): string[] {
  const node = value as YamlMapping;
  if (name.trim() === '') scope.error('name', "can't be blank", key.position);
  if (typeof key.value !== 'string') scope.error('name', 'should be a symbol', key.position);
  if (name.length > MAX_NAME)
    scope.error('name', `is too long (maximum is ${MAX_NAME} characters)`, key.position);
  checkExclusive(node, scope, ['script', 'trigger']);
  checkExclusive(node, scope, ['run', 'trigger']);
  const rules = at(node, 'rules');
  const clashing = rules ? NOT_WITH_RULES.filter((each) => at(node, each)) : [];
  if (clashing.length > 0) {
    scope.error('config', `key may not be used with \`rules\`: ${clashing.join(', ')}`, node.position);
  }
  const parents = at(node, 'extends');
  if (parents && !isString(parents) && !stringsIn(parents)) {
    scope.error('extends', 'should be an array of strings or a string', parents.position);
  }
  if (rules && !ruleMappings(rules)) {
    scope.error('rules', 'should be an array containing hashes and arrays of hashes', rules.position);
  }
  optionalString(at(node, 'resource_group'), 'resource_group', scope);
  return clashing;
}

/** `when`, with a complaint when it is none of those that the kind of job knows. */
export function checkWhen(node: YamlMapping, scope: Scope, known: readonly string[]): void {
  const when = at(node, 'when');
  if (when && !(isString(when) && known.includes(when.value))) {
    scope.error('when', `should be one of: ${known.join(', ')}`, when.position);
  }
}

type Common = Pick<
  JobConfig,
  | 'name'
  | 'position'
  | 'written'
  | 'stage'
  | 'when'
  | 'rules'
  | 'only'
  | 'except'
  | 'variables'
  | 'inherit_variables'
  | 'environment'
  | 'interruptible'
  | 'resource_group'
>;

/** The values that jobs and bridges have in common, in the order in which their mistakes are told. */
export function readProcessable(
  name: string,
  entry: YamlEntry,
  scope: Scope,
  inherited: Inheritable,
): { common: Common; inherit: Inherit } {
  const node = entry.value as YamlMapping;
  const stage = at(node, 'stage');
  if (stage && !isString(stage)) scope.child('stage').error('config', 'should be a string', stage.position);
  const only = at(node, 'only');
  const except = at(node, 'except');
  const policies = {
    only: only ? readOnly(only, scope.child('only')) : null,
    except: except ? readPolicy(except, scope.child('except')) : null,
  };
  const rules = readOwnRules(node, scope);
  const variables = readVariables(at(node, 'variables'), scope.child('variables'), JOB_VARIABLE_KEYS);
  const inherit = readInherit(at(node, 'inherit'), scope.child('inherit'));
  const environment = at(node, 'environment');
  const interruptible = at(node, 'interruptible');
  const when = at(node, 'when');
  const group = at(node, 'resource_group');
  const common: Common = {
    name,
    position: entry.key.position,
    written: node,
    stage: stage && isString(stage) ? stage.value : DEFAULT_STAGE,
    when: when && isString(when) ? (when.value as JobConfig['when']) : null,
    rules,
    ...policies,
    variables,
    inherit_variables: inherit.variables,
    environment: environment ? readEnvironment(environment, scope.child('environment')) : null,
    interruptible: interruptible
      ? readBoolean(interruptible, scope.child('interruptible'))
      : inherits(inherit.default, 'interruptible') && (inherited.interruptible ?? false),
    resource_group: group && isString(group) ? group.value : null,
  };
  return { common, inherit };
}

function readOwnRules(node: YamlMapping, scope: Scope): RuleConfig[] | null {
  const rules = at(node, 'rules');
  const mappings = rules && ruleMappings(rules);
  return mappings ? readRules(mappings, scope.child('rules'), JOB_RULE) : null;
}

/** `needs`, null when it is not said. */
export function readOwnNeeds(node: YamlMapping, scope: Scope, besides: 'cross' | 'bridge'): Needs | null {
  const needs = at(node, 'needs');
  return needs ? readNeeds(needs, scope.child('needs'), besides) : null;
}
