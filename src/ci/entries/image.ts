import type { ImageSpec, PullPolicy, ServiceSpec } from '../plan.ts';
import { at, isBlank, isNull, isString, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, optionalStrings, requiredString, stringsIn } from './checks.ts';
import type { Scope } from './scope.ts';
import { readScript } from './script.ts';
import { PLAIN_VARIABLES_ONLY, readVariables } from './variables.ts';

const IMAGE_KEYS = ['name', 'entrypoint', 'pull_policy', 'docker', 'kubernetes'];
const SERVICE_KEYS = [...IMAGE_KEYS, 'command', 'alias', 'variables'];
const EXECUTOR_OPTIONS = [
  ['docker', ['platform', 'user']],
  ['kubernetes', ['user']],
] as const;
const PULL_POLICIES: readonly string[] = ['always', 'never', 'if-not-present'] satisfies PullPolicy[];

/** `image`: a name, or a map of what the runner needs to know of it. */
export function readImage(node: YamlNode, scope: Scope): ImageSpec | null {
  if (isString(node)) return readPlainName(node.value, node, scope);
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash or a string', node.position);
    return null;
  }
  return readImageKeys(node, scope, IMAGE_KEYS);
}

/** `services`: a list of images that may have an alias, a command and variables of their own. */
export function readServices(node: YamlNode, scope: Scope): ServiceSpec[] {
  if (node.kind !== 'sequence') {
    scope.error('config', 'should be a array', node.position);
    return [];
  }
  return node.items.flatMap((item) => readService(item, scope.child('service')) ?? []);
}

function readService(node: YamlNode, scope: Scope): ServiceSpec | null {
  const plain = { alias: null, command: null, variables: [] };
  if (isString(node)) {
    const image = readPlainName(node.value, node, scope);
    return image && { ...image, ...plain };
  }
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash or a string', node.position);
    return null;
  }
  const alias = at(node, 'alias');
  if (alias && !isString(alias)) scope.error('alias', 'should be a string', alias.position);
  const image = readImageKeys(node, scope, SERVICE_KEYS);
  if (!image) return null;
  const written = at(node, 'command');
  const command = written && !isNull(written) ? readScript(written, scope.child('command')) : null;
  const variables = readVariables(at(node, 'variables'), scope.child('variables'), PLAIN_VARIABLES_ONLY);
  return { ...image, alias: alias && isString(alias) ? alias.value : null, command, variables };
}

function readPlainName(name: string, node: YamlNode, scope: Scope): ImageSpec | null {
  if (isBlank(node)) scope.error('name', "can't be blank", node.position);
  return scope.failed ? null : { name, entrypoint: null, pull_policy: null, executor_opts: {} };
}

/** Null when something at this place is wrong; complaints of what lies below leave the rest as it is. */
function readImageKeys(node: YamlMapping, scope: Scope, keys: readonly string[]): ImageSpec | null {
  const ports = node.entries.get('ports');
  if (ports) scope.error('config', 'contains disallowed keys: ports', ports.key.position);
  const name = requiredString(at(node, 'name'), 'name', scope, node);
  const entrypoint = optionalStrings(at(node, 'entrypoint'), 'entrypoint', scope);
  const executor_opts: ImageSpec['executor_opts'] = {};
  for (const [executor, known] of EXECUTOR_OPTIONS) {
    const options = at(node, executor);
    if (options && !isNull(options))
      executor_opts[executor] = readExecutorOptions(executor, options, known, scope);
  }
  checkKeys(node, scope, [...keys, 'ports']);
  if (scope.failed || name === null) return null;
  return { name, entrypoint, pull_policy: readPullPolicy(at(node, 'pull_policy'), scope), executor_opts };
}

function readPullPolicy(node: YamlNode | undefined, parent: Scope): PullPolicy[] | null {
  if (node === undefined) return null;
  const scope = parent.child('pull_policy');
  const policies = isString(node) ? [node.value] : stringsIn(node);
  if (policies === null) scope.error('config', 'should be an array of strings or a string', node.position);
  else {
    const unknown = policies.filter((policy) => !PULL_POLICIES.includes(policy));
    if (isString(node) && unknown.length > 0)
      scope.error('config', 'is not included in the list', node.position);
    else if (unknown.length > 0) {
      scope.error('config', `contains unknown values: ${unknown.join(', ')}`, node.position);
    } else if (policies.length === 0) scope.error('config', "can't be blank", node.position);
  }
  return scope.failed ? null : (policies as PullPolicy[]);
}

/** Texts; a user may be a number. Mistakes are those of a schema, told by their place in it. */
function readExecutorOptions(
  executor: string,
  node: YamlNode,
  known: readonly string[],
  scope: Scope,
): Record<string, string> {
  const wrong = (what: string, { position }: YamlNode) => scope.error('executor_opts', what, position);
  const options: Record<string, string> = {};
  if (node.kind !== 'mapping') {
    wrong(`value at \`/${executor}\` is not an object`, node);
    return options;
  }
  for (const [key, { key: written, value }] of node.entries) {
    const place = `\`/${executor}/${key}\``;
    const isUserId = key === 'user' && value.kind === 'scalar' && Number.isInteger(value.value);
    if (!known.includes(key))
      wrong(`object property at ${place} is a disallowed additional property`, written);
    else if (value.kind !== 'scalar' || !(isUserId || isString(value)))
      wrong(`value at ${place} is not a string`, value);
    else if (value.text === '') wrong(`string length at ${place} is less than: 1`, value);
    else options[key] = value.text;
  }
  return options;
}
