import type { RunStep } from '../plan.ts';
import { isString, toJson, type YamlMapping, type YamlNode } from '../yaml-node.ts';
import type { Scope } from './scope.ts';

const NAME = '^[a-zA-Z_][a-zA-Z0-9_]*$';
const NAMED = new RegExp(NAME);

/** A check of what is at `place`: `/0/env/KEY`. */
type Check = (node: YamlNode, place: string, complain: Complain) => void;
type Complain = (message: string, node: YamlNode) => void;

/**
 * `run`: a list of steps, passed on to the runner as they are. Its mistakes are told as a JSON schema tells them, of the
 * form that the step seems to be meant to have.
 */
export function readRun(node: YamlNode, scope: Scope): RunStep[] {
  const complain: Complain = (message, { position }) => scope.error('run', message, position);
  if (node.kind !== 'sequence') {
    complain('value at root is not an array', node);
    return [];
  }
  for (const [index, step] of node.items.entries()) checkStep(step, `/${index}`, complain);
  return scope.failed ? [] : (node.items.map(toJson) as RunStep[]);
}

function checkStep(node: YamlNode, place: string, complain: Complain): void {
  if (!isMapping(node, place, complain)) return;
  const has = (key: string) => node.entries.has(key);
  if (has('step') && has('func')) {
    complain(`value at \`${place}\` matches \`not\` schema`, node);
    return;
  }
  const isScript = has('script') && !has('step') && !has('func');
  const form = isScript ? SCRIPT : has('func') ? FUNC : STEP;
  checkProperties(form)(node, place, complain);
}

interface Form {
  required: string[];
  properties: Record<string, Check>;
}

function checkProperties({ required, properties }: Form): Check {
  return (node, place, complain) => {
    if (!isMapping(node, place, complain)) return;
    const missing = required.filter((key) => !node.entries.has(key));
    if (missing.length > 0)
      complain(`object at \`${place}\` is missing required properties: ${missing.join(', ')}`, node);
    for (const [key, { value }] of node.entries) {
      const check = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (check) check(value, `${place}/${key}`, complain);
      else complain(`object property at \`${place}/${key}\` is a disallowed additional property`, value);
    }
  };
}

function isMapping(node: YamlNode, place: string, complain: Complain): node is YamlMapping {
  if (node.kind === 'mapping') return true;
  complain(`value at \`${place}\` is not an object`, node);
  return false;
}

const text: Check = (node, place, complain) => {
  if (!isString(node)) complain(`value at \`${place}\` is not a string`, node);
};

const name: Check = (node, place, complain) => {
  if (!isString(node)) text(node, place, complain);
  else if (!NAMED.test(node.value)) complain(`string at \`${place}\` does not match pattern: ${NAME}`, node);
};

const script: Check = (node, place, complain) => {
  if (!isString(node)) text(node, place, complain);
  else if (node.value === '') complain(`string length at \`${place}\` is less than: 1`, node);
};

/** Values by name, each of which `check` has to accept. */
function named(check: Check): Check {
  return (node, place, complain) => {
    if (!isMapping(node, place, complain)) return;
    for (const [key, { value }] of node.entries) {
      if (NAMED.test(key)) check(value, `${place}/${key}`, complain);
      else complain(`object property at \`${place}/${key}\` is a disallowed additional property`, value);
    }
  };
}

const GIT = checkProperties({
  required: ['url', 'rev'],
  properties: { url: text, dir: text, rev: text, file: text },
});
const OCI = checkProperties({
  required: ['registry', 'repository', 'tag'],
  properties: { registry: text, repository: text, tag: text, dir: text, file: text },
});
const IN_GIT = checkProperties({ required: ['git'], properties: { git: GIT } });
const IN_REGISTRY = checkProperties({ required: ['oci'], properties: { oci: OCI } });

const reference: Check = (node, place, complain) => {
  if (node.kind !== 'mapping') text(node, place, complain);
  else (node.entries.has('oci') ? IN_REGISTRY : IN_GIT)(node, place, complain);
};

const env = named(text);
const inputs = named(() => {});
const SCRIPT: Form = { required: ['name', 'script'], properties: { name, env, script } };
const STEP: Form = { required: ['name', 'step'], properties: { name, env, inputs, step: reference } };
const FUNC: Form = { required: ['name', 'func'], properties: { name, env, inputs, func: reference } };
