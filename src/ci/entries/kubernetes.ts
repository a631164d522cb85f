import { at, isBlank, isBoolean, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, optionalString } from './checks.ts';
import type { Scope } from './scope.ts';

const KEYS = ['namespace', 'agent', 'flux_resource_path', 'managed_resources', 'dashboard'];

/**
 * `environment:kubernetes`: how GitLab's dashboard looks into a cluster. There is none here, so it is checked and has no
 * effect. What stands below `dashboard` and `managed_resources` is told as a JSON schema tells it.
 */
export function checkKubernetes(node: YamlMapping, scope: Scope): void {
  if (isBlank(node)) scope.error('config', "can't be blank", node.position);
  checkKeys(node, scope, KEYS);
  const namespace = at(node, 'namespace');
  const path = at(node, 'flux_resource_path');
  const dashboard = at(node, 'dashboard');
  const managed = at(node, 'managed_resources');
  optionalString(namespace, 'namespace', scope);
  requireFor(namespace, 'namespace', isSaid(path) ? path : undefined, scope);
  const agent = at(node, 'agent');
  optionalString(agent, 'agent', scope);
  const needsAgent = [path, dashboard].find(isSaid) ?? (managed && isEnabled(managed) ? managed : undefined);
  requireFor(agent, 'agent', needsAgent, scope);
  optionalString(path, 'flux_resource_path', scope);
  if (managed) checkManaged(managed, scope);
  if (dashboard && isSaid(dashboard)) checkDashboard(dashboard, scope);
  for (const [key, value] of [
    ['namespace', namespace],
    ['flux_resource_path', path],
  ] as const) {
    const inDashboard = dashboard?.kind === 'mapping' ? at(dashboard, key) : undefined;
    if (value && isSaid(value) && isSaid(inDashboard))
      scope.error(key, `cannot be specified when dashboard.${key} is set`, value.position);
  }
}

const isSaid = (node: YamlNode | undefined): node is YamlNode => node !== undefined && !isBlank(node);

function requireFor(
  node: YamlNode | undefined,
  attribute: string,
  because: YamlNode | undefined,
  scope: Scope,
) {
  if (because && !isSaid(node)) scope.error(attribute, "can't be blank", (node ?? because).position);
}

function isEnabled(node: YamlNode): boolean {
  const enabled = node.kind === 'mapping' ? at(node, 'enabled') : undefined;
  return enabled !== undefined && isBoolean(enabled) && enabled.value;
}

function checkManaged(node: YamlNode, scope: Scope): void {
  const complain: Complain = (text, { position }) => scope.error('managed_resources', text, position);
  checkObject(node, complain, {
    enabled(value, place) {
      if (!isBoolean(value)) complain(`value at \`${place}\` is not a boolean`, value);
    },
  });
}

function checkDashboard(node: YamlNode, scope: Scope): void {
  const complain: Complain = (text, { position }) => scope.error('dashboard', text, position);
  const upTo =
    (most: number): Check =>
    (value, place) => {
      if (!isString(value)) complain(`value at \`${place}\` is not a string`, value);
      else if (value.value === '') complain(`string length at \`${place}\` is less than: 1`, value);
      else if (value.value.length > most)
        complain(`string length at \`${place}\` is greater than: ${most}`, value);
    };
  const properties = { namespace: upTo(63), flux_resource_path: upTo(255) };
  checkObject(node, complain, properties, ['namespace']);
}

type Complain = (text: string, node: YamlNode) => void;
type Check = (value: YamlNode, place: string) => void;

function checkObject(
  node: YamlNode,
  complain: Complain,
  properties: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
): void {
  if (node.kind !== 'mapping') {
    complain('value at root is not an object', node);
    return;
  }
  const entries = [...node.entries].map(([key, { value }]) => ({ key, value }));
  const isKnown = ({ key }: { key: string }) => Object.hasOwn(properties, key);
  for (const { key, value } of entries.filter(isKnown)) properties[key]?.(value, `/${key}`);
  const missing = required.filter((key) => !node.entries.has(key));
  if (missing.length > 0)
    complain(`object at root is missing required properties: ${missing.join(', ')}`, node);
  for (const { key, value } of entries.filter((each) => !isKnown(each)))
    complain(`object property at \`/${key}\` is a disallowed additional property`, value);
}
