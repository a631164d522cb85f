import { checkExclusive, checkKeys, stringsIn } from './entries/checks.ts';
import { Scope } from './entries/scope.ts';
import { parseExpression, type Expression, inputsOf } from './expression.ts';
import { stronglyConnected } from './components.ts';
import { refuse } from './problem.ts';
import { at, isBlank, isNull, isString, toJson, type YamlMapping, type YamlNode } from './yaml-node.ts';

export const INPUT_TYPES = ['array', 'boolean', 'number', 'string'] as const;
export type InputType = (typeof INPUT_TYPES)[number];

/** An input as the header declares it. */
export interface InputSpec {
  name: string;
  type: InputType;
  description: string | null;
  /** Null: it has none, so it has to be given unless `rules` have one. Written as null it is a null node. */
  default: YamlNode | null;
  /** Null: any value. */
  options: YamlNode[] | null;
  /** RE2, without slashes. */
  regex: string | null;
  /** Null: there are none. The first that holds says what the default and the options are. */
  rules: InputRule[] | null;
  /** Where its name is written. */
  position: YamlNode['position'];
}

export interface InputRule {
  if: Expression | null;
  /** The same as written. */
  if_text: string | null;
  options: YamlNode[] | null;
  default: YamlNode | null;
}

const MAX_OPTIONS = 50;
export const JOB_INPUT_KEYS = ['default', 'description', 'options', 'regex', 'type'];
const INPUT_KEYS = [...JOB_INPUT_KEYS, 'rules'];
/** How many complaints are told at once, as GitLab has it. */
const TOLD = 3;

/** What a component may say of itself with `$[[ component.x ]]`. `version`: null unless it was asked for by one. */
export interface ComponentFacts {
  name: string;
  sha: string;
  version: string | null;
  /** What stands behind the `@` where it is included. */
  reference: string;
}

const FACTS: readonly string[] = ['name', 'sha', 'version', 'reference'] satisfies (keyof ComponentFacts)[];

/** What a header declares: inputs in order, and what the component wants to say of itself. */
export interface Header {
  inputs: InputSpec[];
  facts: (keyof ComponentFacts)[];
}

/**
 * Reads a header; `included` are the inputs that it takes from other files, which come first. Throws `CompileError` with
 * up to three complaints.
 */
export function readHeader(header: YamlMapping, included: readonly YamlMapping[]): Header {
  const scope = new Scope(['header']);
  const read = readSpec(header, included, scope);
  const [first] = scope.problems;
  if (first === undefined) return read;
  const told = scope.problems.slice(0, TOLD).map(({ message }) => message);
  const { file, line, column } = first;
  return refuse('inputs', told.join(', '), { file, line, column });
}

function readSpec(header: YamlMapping, included: readonly YamlMapping[], scope: Scope): Header {
  const read: Header = { inputs: [], facts: [] };
  checkKeys(header, scope, ['spec']);
  const spec = at(header, 'spec');
  if (scope.failed || spec === undefined) return read;
  const inSpec = scope.child('spec');
  if (spec.kind !== 'mapping') {
    inSpec.error('config', 'should be a hash', spec.position);
    return read;
  }
  checkKeys(spec, inSpec, ['inputs', 'description', 'include', 'component']);
  if (inSpec.failed) return read;
  const inputs = at(spec, 'inputs');
  const inInputs = inSpec.child('inputs');
  if (inputs && inputs.kind !== 'mapping') inInputs.error('config', 'should be a hash', inputs.position);
  const own = inputs?.kind === 'mapping' ? [inputs] : [];
  const entries = [...included, ...own].flatMap((mapping) => [...mapping.entries]);
  checkUnique(entries, spec.position);
  read.inputs = entries.flatMap(
    ([name, { key, value }]) => readInput(name, key, value, inInputs.child(name)) ?? [],
  );
  if (inInputs.problems.length === 0) checkReferences(read.inputs, inInputs);
  const component = at(spec, 'component');
  if (component) read.facts = readFacts(component, inSpec.child('component'));
  return read;
}

function checkUnique(entries: readonly [name: string, unknown][], position: YamlNode['position']): void {
  const byName = Map.groupBy(entries, ([name]) => name);
  const repeated = [...byName].filter(([, all]) => all.length > 1).map(([name]) => name);
  if (repeated.length === 0) return;
  const message =
    `Duplicate input keys found: ${repeated.join(', ')}. ` +
    'Input keys must be unique across all included files and inline specifications.';
  refuse('inputs', message, position);
}

function readFacts(node: YamlNode, scope: Scope): Header['facts'] {
  const facts = stringsIn(node);
  if (node.kind !== 'sequence') scope.error('config', 'should be a array', node.position);
  if (facts === null) scope.error('config', 'should be an array of strings', node.position);
  const others = facts?.filter((fact) => !FACTS.includes(fact)) ?? [];
  if (others.length > 0)
    scope.error('config', `contains unknown values: ${others.join(', ')}`, node.position);
  return (facts ?? []) as Header['facts'];
}

/** One input of a header, or, with fewer `keys`, of a job; null when it is no mapping. */
export function readInput(
  name: string,
  key: YamlNode,
  node: YamlNode,
  scope: Scope,
  keys: readonly string[] = INPUT_KEYS,
): InputSpec | null {
  const { position } = key;
  const spec: InputSpec = {
    name,
    type: 'string',
    description: null,
    default: null,
    options: null,
    regex: null,
    rules: null,
    position,
  };
  if (isNull(node)) return spec;
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return null;
  }
  checkKeys(node, scope, keys);
  if (keys.includes('rules')) {
    checkExclusive(node, scope, ['rules', 'options']);
    checkExclusive(node, scope, ['rules', 'default']);
  }
  const description = at(node, 'description');
  if (description && !(isString(description) || Number.isInteger(toJson(description)))) {
    scope.error('input description', 'must be an alphanumeric string', description.position);
  } else if (description) spec.description = shown(description);
  const regex = at(node, 'regex');
  if (regex && isString(regex)) spec.regex = regex.value;
  else if (regex) scope.error('input regex', 'should be a string', regex.position);
  const type = at(node, 'type');
  const known = type && INPUT_TYPES.find((each) => isString(type) && type.value === each);
  if (known) spec.type = known;
  else if (type) scope.error('input type', `unknown value: ${shown(type)}`, type.position);
  spec.options = readOptions(at(node, 'options'), 'input options', scope);
  if (spec.options?.some(isNull)) {
    scope.error('config', 'options array cannot contain null values', node.position);
  }
  spec.default = node.entries.get('default')?.value ?? null;
  const rules = at(node, 'rules');
  if (rules && !scope.failed) spec.rules = readRules(rules, scope.child('rules'));
  return spec;
}

function readOptions(node: YamlNode | undefined, attribute: string, scope: Scope): YamlNode[] | null {
  if (node === undefined) return null;
  if (node.kind !== 'sequence') {
    scope.error(attribute, 'should be an array', node.position);
    return null;
  }
  if (node.items.length > MAX_OPTIONS)
    scope.error('config', `cannot define more than ${MAX_OPTIONS} options`, node.position);
  return node.items;
}

function readRules(node: YamlNode, scope: Scope): InputRule[] {
  if (node.kind === 'sequence')
    return node.items.map((item) => readRule(item, scope.child('rule', { word: ofInput })));
  scope.error('config', 'should be an array', node.position);
  return [];
}

/** What is wrong with a rule is told as a mistake of its input. */
const ofInput = (message: string) =>
  message.replace(
    /^(?:header:spec:inputs:)?(.+):rules:rule (?:config )?/,
    (_, name) => `\`${name}\` input: `,
  );

function readRule(node: YamlNode, scope: Scope): InputRule {
  const rule: InputRule = { if: null, if_text: null, options: null, default: null };
  if (isBlank(node)) scope.error('config', "can't be blank", node.position);
  if (node.kind !== 'mapping') {
    scope.error('config', 'should be a hash', node.position);
    return rule;
  }
  checkKeys(node, scope, ['if', 'options', 'default']);
  const condition = at(node, 'if');
  if (condition) {
    rule.if = isString(condition) ? parseExpression(condition.value) : null;
    rule.if_text = isString(condition) ? condition.value : null;
    if (!rule.if) scope.error('if', 'invalid expression syntax', condition.position);
  }
  rule.options = readOptions(at(node, 'options'), 'options', scope);
  rule.default = node.entries.get('default')?.value ?? null;
  if (scope.failed) return rule;
  const { options } = rule;
  const text = rule.default && shown(rule.default);
  if (rule.default === null) {
    const words = "must define 'options' with at least one value and a 'default'";
    scope.error('rule', words, node.position);
  } else if (options && options.length > 0 && !options.some((option) => shown(option) === text)) {
    scope.error('default', `'${text}' must be one of the options`, rule.default.position);
  }
  return rule;
}

/** Rules may ask for inputs that there are, and for none that asks for this one. */
function checkReferences(specs: readonly InputSpec[], scope: Scope): void {
  const graph = new Map<string, string[]>();
  for (const { name, rules, position } of specs) {
    const below = scope.child(name);
    const asked = (rules ?? []).map((rule) => (rule.if ? inputsOf(rule.if) : []));
    graph.set(name, asked.flat());
    for (const [index, names] of asked.entries()) {
      const undefinedOnes = names.filter((each) => !specs.some((spec) => spec.name === each));
      if (undefinedOnes.length === 0) continue;
      const list = undefinedOnes.join(', ');
      below.error('config', `rule[${index}] references undefined inputs: ${list}`, position);
    }
  }
  const [first] = specs;
  const isCircular =
    stronglyConnected(graph).some((names) => names.length > 1) ||
    [...graph].some(([name, names]) => names.includes(name));
  if (first && isCircular)
    scope.child(first.name).error('config', 'circular dependency detected', first.position);
}

/** A value as Ruby puts it into a text. */
export function shown(node: YamlNode): string {
  return node.kind === 'scalar' ? node.text : JSON.stringify(toJson(node));
}
