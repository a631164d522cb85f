import type { JobConfig } from '../config.ts';
import type { When } from '../plan.ts';
import { at, isBlank, isBoolean, isString, type YamlEntry, type YamlMapping } from '../yaml-node.ts';
import { checkKeys, optionalStrings, stringsIn } from './checks.ts';
import { DEFAULT_KEYS, readInheritable, type Inheritable } from './default.ts';
import { inherits, readInherit } from './inherit.ts';
import { readNeeds } from './needs.ts';
import { JOB_RULE, readRules, ruleMappings } from './rules.ts';
import type { Scope } from './scope.ts';
import { readScript } from './script.ts';
import { JOB_VARIABLE_KEYS, readVariables } from './variables.ts';

const words = (text: string) => text.split(' ');
const KEYS = [
  ...DEFAULT_KEYS,
  ...words('extends stage rules variables inherit allow_failure when needs script dependencies'),
];
const NOT_YET = [
  ...words(
    'only except resource_group environment interruptible run trigger cache hooks coverage retry parallel',
  ),
  ...words('release id_tokens publish pages manual_confirmation inputs secrets identity dast_configuration'),
];
const NOT_WITH_RULES = ['only', 'except', 'start_in'];
const WHEN: readonly string[] = ['on_success', 'on_failure', 'always', 'manual', 'delayed'] satisfies When[];
const MAX_NAME = 255;
const DEFAULT_STAGE = 'test';

/**
 * One job with what it inherits, or null when something at its own level is wrong. Mistakes below that level are
 * told too, but leave the rest readable.
 */
export function readJob(
  name: string,
  entry: YamlEntry,
  scope: Scope,
  inherited: Inheritable,
): JobConfig | null {
  const node = entry.value as YamlMapping;
  checkOwnLevel(name, entry, node, scope);
  if (scope.failed) return null;

  const stage = at(node, 'stage');
  if (stage && !isString(stage)) scope.child('stage').error('config', 'should be a string', stage.position);
  const rules = at(node, 'rules');
  const mappings = rules && ruleMappings(rules);
  const variables = readVariables(at(node, 'variables'), scope.child('variables'), JOB_VARIABLE_KEYS);
  const inherit = readInherit(at(node, 'inherit'), scope.child('inherit'));
  const script = at(node, 'script');
  const own = readInheritable(node, scope);
  const taken = Object.entries(inherited).filter(([key]) => inherits(inherit.default, key));
  const effective: Inheritable = { ...Object.fromEntries(taken), ...own };
  const needsNode = at(node, 'needs');
  const needs = needsNode ? readNeeds(needsNode, scope.child('needs')) : null;
  const dependenciesNode = at(node, 'dependencies');
  const dependencies = dependenciesNode ? stringsIn(dependenciesNode) : null;
  if (dependencies && needs && needs.length > 0) {
    const missing = dependencies.filter((each) => !needs.some((need) => need.name === each));
    if (missing.length > 0) {
      scope.error('dependencies', `the ${missing.join(', ')} should be part of needs`, node.position);
    }
  }
  const when = at(node, 'when');
  const allowFailure = at(node, 'allow_failure');
  return {
    name,
    position: entry.key.position,
    stage: stage && isString(stage) ? stage.value : DEFAULT_STAGE,
    when: when && isString(when) ? (when.value as When) : null,
    allow_failure: allowFailure && isBoolean(allowFailure) ? allowFailure.value : null,
    rules: mappings ? readRules(mappings, scope.child('rules'), JOB_RULE) : null,
    needs,
    dependencies,
    tags: effective.tags ?? [],
    variables,
    inherit_variables: inherit.variables,
    before_script: effective.before_script ?? [],
    script: script ? readScript(script, scope.child('script')) : [],
    after_script: effective.after_script ?? null,
    image: effective.image ?? null,
    services: effective.services ?? [],
    artifacts: effective.artifacts ?? null,
    timeout: effective.timeout ?? null,
  };
}

/** What GitLab checks of a job before it looks into its values. */
function checkOwnLevel(name: string, { key }: YamlEntry, node: YamlMapping, scope: Scope): void {
  if (name.trim() === '') scope.error('name', "can't be blank", key.position);
  if (typeof key.value !== 'string') scope.error('name', 'should be a symbol', key.position);
  if (name.length > MAX_NAME)
    scope.error('name', `is too long (maximum is ${MAX_NAME} characters)`, key.position);

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
  const notYet = NOT_YET.filter((each) => !clashing.includes(each));
  checkKeys(node, scope, [...KEYS, ...clashing, 'start_in'], notYet);

  const script = at(node, 'script');
  if (node.entries.has('script') && (!script || isBlank(script))) {
    scope.error('script', "can't be blank", (script ?? node).position);
  }
  const when = at(node, 'when');
  const isKnown = when && isString(when) && WHEN.includes(when.value);
  if (when && !isKnown) scope.error('when', `should be one of: ${WHEN.join(', ')}`, when.position);
  const isDelayed = when && isString(when) && when.value === 'delayed';
  if (isDelayed) scope.unsupported('when:delayed', when.position);
  optionalStrings(at(node, 'dependencies'), 'dependencies', scope);

  const allowFailure = at(node, 'allow_failure');
  if (allowFailure?.kind === 'mapping') scope.unsupported('allow_failure:exit_codes', allowFailure.position);
  else if (allowFailure && !isBoolean(allowFailure)) {
    scope.error('allow_failure', 'should be a hash or a boolean value', allowFailure.position);
  }
  const startIn = at(node, 'start_in');
  if (startIn && !isDelayed && clashing.length === 0)
    scope.error('start_in', 'must be blank', startIn.position);
}
