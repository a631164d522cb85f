import { isExpiry } from '../duration.ts';
import { ENVIRONMENT_NAME, ENVIRONMENT_NAME_MESSAGE, isTier, LONGEST, TIERS } from '../environment-words.ts';
import { mayRefer } from '../expand.ts';
import type { EnvironmentSpec } from '../plan.ts';
import { at, isBlank, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, optionalString, readOneOf } from './checks.ts';
import { checkKubernetes } from './kubernetes.ts';
import type { Scope } from './scope.ts';

const KEYS = ['name', 'url', 'action', 'on_stop', 'auto_stop_in', 'deployment_tier', 'kubernetes'];
const ACTIONS = ['start', 'stop', 'prepare', 'verify', 'access'] as const;
const ACTION_MESSAGE = 'should be start, stop, prepare, verify, or access';

/** `environment`: where the job deploys to, or what it stops; its name, or a map. */
export function readEnvironment(node: YamlNode, scope: Scope): EnvironmentSpec | null {
  if (isString(node)) {
    const name = readName(node, node, scope);
    return name === null ? null : { name, ...UNSAID };
  }
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash or a string', node.position);
    return null;
  }
  return readSpelledOut(node, scope);
}

const UNSAID = {
  url: null,
  action: 'start',
  on_stop: null,
  auto_stop_in: null,
  deployment_tier: null,
} as const;

function readSpelledOut(node: YamlMapping, scope: Scope): EnvironmentSpec | null {
  const name = readName(at(node, 'name'), node, scope);
  checkKeys(node, scope, KEYS);

  const url = optionalString(at(node, 'url'), 'url', scope);
  if (url !== null && url.length > LONGEST) {
    scope.error('url', `is too long (maximum is ${LONGEST} characters)`, node.position);
  }
  const action = readOneOf(node, 'action', ACTIONS, ACTION_MESSAGE, scope);
  const tier = at(node, 'deployment_tier');
  const deployment_tier = optionalString(tier, 'deployment_tier', scope);
  if (tier && !(deployment_tier && (isTier(deployment_tier) || mayRefer(deployment_tier)))) {
    scope.error('deployment_tier', `must be one of ${TIERS.join(', ')}`, tier.position);
  }
  const on_stop = optionalString(at(node, 'on_stop'), 'on_stop', scope);
  const auto_stop_in = readAutoStopIn(at(node, 'auto_stop_in'), scope);
  const kubernetes = at(node, 'kubernetes');
  if (kubernetes?.kind === 'mapping') checkKubernetes(kubernetes, scope.child('kubernetes'));
  else if (kubernetes) scope.error('kubernetes', 'should be a hash', kubernetes.position);
  return name === null
    ? null
    : { name, url, action: action ?? 'start', on_stop, auto_stop_in, deployment_tier };
}

function readName(node: YamlNode | undefined, within: YamlNode, scope: Scope): string | null {
  const { position } = node ?? within;
  if (node === undefined || isBlank(node)) scope.error('name', "can't be blank", position);
  if (node && isString(node) && ENVIRONMENT_NAME.test(node.value)) return node.value;
  scope.error('name', ENVIRONMENT_NAME_MESSAGE, position);
  return null;
}

function readAutoStopIn(node: YamlNode | undefined, scope: Scope): string | null {
  if (node === undefined) return null;
  const isPeriod = isString(node) && (mayRefer(node.value) || isExpiry(node.value));
  if (isPeriod) return node.value;
  scope.error('auto_stop_in', 'should be a duration', node.position);
  return null;
}
