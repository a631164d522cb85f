import { CACHE_MISTAKE, cacheSeconds, subkeyProblem } from '../include-location.ts';
import type { TriggerInclude, TriggerSpec } from '../plan.ts';
import { at, isBlank, isBoolean, isString, toJson, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import { checkKeys, optionalString, readOneOf, requiredString, stringsIn } from './checks.ts';
import { INCLUDE_RULE, readRules, ruleMappings } from './rules.ts';
import type { Scope } from './scope.ts';

const STRATEGIES = ['depend', 'mirror'] as const;
const MAX_INCLUDES = 3;
const INCLUDE_TEXTS = [
  'local',
  'artifact',
  'job',
  'project',
  'ref',
  'remote',
  'integrity',
  'template',
  'component',
] as const;
const INCLUDE_KEYS = [...INCLUDE_TEXTS, 'file', 'inputs', 'rules', 'cache'];

/** `trigger`: a project, or a map of a project or of the files that make a child pipeline. */
export function readTrigger(node: YamlNode, scope: Scope): TriggerSpec | null {
  if (isString(node)) {
    if (isBlank(node)) scope.error('config', "can't be blank", node.position);
    return { ...UNSAID, project: node.value };
  }
  if (node.kind !== 'mapping') {
    scope.plainError(`${scope.path} has to be either a string or a hash`, node.position);
    return null;
  }
  if (node.entries.size === 0) scope.error('config', "can't be blank", node.position);
  else if (!node.entries.has('include') && !node.entries.has('project')) {
    scope.error('config', 'must specify either project or include', node.position);
  }
  if (scope.failed) return null;
  return node.entries.has('include') ? readChild(node, scope) : readOtherProject(node, scope);
}

const UNSAID: TriggerSpec = {
  project: null,
  branch: null,
  include: null,
  strategy: null,
  forward: { yaml_variables: true, pipeline_variables: false },
};

function readOtherProject(node: YamlMapping, scope: Scope): TriggerSpec {
  checkKeys(node, scope, ['project', 'branch', 'strategy', 'forward', 'inputs']);
  const project = requiredString(at(node, 'project'), 'project', scope, node);
  const branch = optionalString(at(node, 'branch'), 'branch', scope);
  const strategy = readStrategy(node, scope);
  const inputs = readInputs(node, scope);
  const forward = readForward(at(node, 'forward'), scope);
  return { ...UNSAID, project, branch, strategy, forward, ...inputs };
}

function readChild(node: YamlMapping, scope: Scope): TriggerSpec {
  checkKeys(node, scope, ['include', 'strategy', 'forward']);
  const strategy = readStrategy(node, scope);
  if (scope.failed) return UNSAID;
  const include = readIncludes(at(node, 'include') ?? node, scope.child('include'));
  return { ...UNSAID, include, strategy, forward: readForward(at(node, 'forward'), scope) };
}

function readStrategy(node: YamlMapping, scope: Scope): TriggerSpec['strategy'] {
  return readOneOf(node, 'strategy', STRATEGIES, `should be ${STRATEGIES.join(' or ')}`, scope) ?? null;
}

function readForward(node: YamlNode | undefined, parent: Scope): TriggerSpec['forward'] {
  const forward = { ...UNSAID.forward };
  if (node === undefined || parent.failed) return forward;
  const scope = parent.child('forward');
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return forward;
  }
  checkKeys(node, scope, ['yaml_variables', 'pipeline_variables']);
  for (const key of ['yaml_variables', 'pipeline_variables'] as const) {
    const value = at(node, key);
    if (value && isBoolean(value)) forward[key] = value.value;
    else if (value) scope.error(key, 'should be a boolean value', value.position);
  }
  return forward;
}

/** Values of inputs are told apart where they are declared: in the file that is given them. */
function readInputs(node: YamlMapping, scope: Scope): { inputs?: Record<string, unknown> } {
  const inputs = at(node, 'inputs');
  if (inputs === undefined) return {};
  if (inputs.kind === 'mapping') return { inputs: toJson(inputs) as Record<string, unknown> };
  scope.error('inputs', 'should be a hash', inputs.position);
  return {};
}

function readIncludes(node: YamlNode, scope: Scope): TriggerInclude[] {
  if (isString(node)) return readInclude(node, scope.child('include'));
  if (node.kind !== 'sequence') {
    scope.error('config', 'should be an array or a string', node.position);
    return [];
  }
  if (node.items.length === 0) scope.error('config', "can't be blank", node.position);
  if (node.items.length > MAX_INCLUDES) {
    scope.error('config', `is too long (maximum is ${MAX_INCLUDES})`, node.position);
  }
  return scope.failed ? [] : node.items.flatMap((item) => readInclude(item, scope.child('include')));
}

/** A map that names several files of a project is as many. */
function readInclude(node: YamlNode, scope: Scope): TriggerInclude[] {
  if (isString(node)) {
    return [/^https?:\/\//i.test(node.value) ? { remote: node.value } : { local: node.value }];
  }
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash or a string', node.position);
    return [];
  }
  checkKeys(node, scope, INCLUDE_KEYS);
  const file = at(node, 'file');
  const says = (key: string) => {
    const value = at(node, key);
    return value !== undefined && !isBlank(value);
  };
  if (says('artifact') && !says('job')) {
    scope.error('config', 'must specify the job where to fetch the artifact from', node.position);
  }
  if (says('project') && !says('file')) {
    scope.error('config', 'must specify the file where to fetch the config from', node.position);
  }
  const complaint = subkeyProblem(node);
  if (complaint) scope.plainError(complaint, node.position);
  const files = file && stringsIn(file);
  const include: TriggerInclude = {
    ...readInputs(node, scope),
    ...readIncludeRules(node, scope),
    ...readCache(node, scope),
  };
  for (const key of files ? INCLUDE_TEXTS : ([...INCLUDE_TEXTS, 'file'] as const)) {
    const text = optionalString(at(node, key), key, scope);
    if (text !== null) include[key] = text;
  }
  return files ? files.map((each) => ({ ...include, file: each })) : [include];
}

/** Rules are decided where the child is made; here they are looked over. */
function readIncludeRules(node: YamlMapping, scope: Scope): Pick<TriggerInclude, 'rules'> {
  const written = at(node, 'rules');
  if (written === undefined) return {};
  const mappings = ruleMappings(written);
  if (mappings === null) {
    scope.error('rules', 'should be an array containing hashes and arrays of hashes', written.position);
    return {};
  }
  readRules(mappings, scope.child('rules'), INCLUDE_RULE);
  return { rules: mappings.map(toJson) };
}

function readCache(node: YamlMapping, scope: Scope): Pick<TriggerInclude, 'cache'> {
  const written = at(node, 'cache');
  if (written === undefined) return {};
  if (cacheSeconds(written) === null) scope.error('cache', CACHE_MISTAKE, written.position);
  return { cache: toJson(written) as boolean | string };
}
