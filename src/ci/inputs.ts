import { holds, type Value } from './expression.ts';
import { shown, type InputRule, type InputSpec, type InputType } from './header.ts';
import { refuse, type Position } from './problem.ts';
import { compileRegex } from './regex.ts';
import { isBoolean, isNull, toJson, type YamlMapping, type YamlNode } from './yaml-node.ts';
import { nodeOf } from './yaml-value.ts';

/** How many complaints are told at once, as GitLab has it. */
const TOLD = 3;

/**
 * The value of every input: what was given for it, or its default. Throws `CompileError` with up to three complaints;
 * what has no place in the header is told at `position`.
 */
export function inputValues(
  specs: readonly InputSpec[],
  given: YamlMapping | null,
  position: Position,
): ReadonlyMap<string, YamlNode> {
  const complaints: { message: string; position: Position }[] = [];
  const names = [...(given?.entries.keys() ?? [])];
  const unknown = names.filter((name) => !specs.some((spec) => spec.name === name));
  if (unknown.length > 0)
    complaints.push({ message: `unknown input arguments: ${unknown.join(', ')}`, position });
  const values = new Map<string, YamlNode>();
  for (const spec of specs) {
    const written = given?.entries.get(spec.name)?.value;
    const value = written && !isNull(written) ? written : null;
    const rule = ruleOf(spec, values, given);
    const complain = (text: string) =>
      complaints.push({ message: `\`${spec.name}\` input: ${text}`, position: spec.position });
    values.set(spec.name, valueOf(spec, rule, value, complain));
  }
  const [first] = complaints;
  if (first === undefined) return values;
  const told = complaints.slice(0, TOLD).map(({ message }) => message);
  return refuse('inputs', told.join(', '), first.position);
}

/** Of the rules of an input the first that holds. */
const ruleOf = (
  { rules }: InputSpec,
  values: ReadonlyMap<string, YamlNode>,
  given: YamlMapping | null,
): InputRule | null =>
  rules?.find((each) => each.if === null || holds(each.if, asked(values, given))) ?? null;

/** What each input is to begin with, and may be, as the rules have it for what is given. */
export function openInputs(
  specs: readonly InputSpec[],
  given: YamlMapping | null,
): { spec: InputSpec; required: boolean; default: unknown; options: unknown[] | null }[] {
  const values = new Map<string, YamlNode>();
  return specs.map((spec) => {
    const rule = ruleOf(spec, values, given);
    const written = given?.entries.get(spec.name)?.value ?? null;
    const byDefault = spec.rules ? (rule?.default ?? null) : spec.default;
    values.set(spec.name, coerce(spec.type, written ?? byDefault ?? nodeOf(null, spec.position)));
    const options = spec.rules ? (rule?.options ?? null) : spec.options;
    return {
      spec,
      required: !isOptional(spec),
      default: byDefault === null || isNull(byDefault) ? null : toJson(coerce(spec.type, byDefault)),
      options: options && options.map((option) => (spec.type === 'string' ? shown(option) : toJson(option))),
    };
  });
}

const isOptional = ({ default: byDefault, rules }: InputSpec) =>
  byDefault !== null || (rules?.some((each) => each.default || !each.if) ?? false);

/** What rules may ask for: what was given as it was given, and of the inputs above this one the rest. */
function asked(values: ReadonlyMap<string, YamlNode>, given: YamlMapping | null): Map<string, Value> {
  const result = new Map<string, Value>();
  for (const [name, value] of values) result.set(`inputs.${name}`, comparable(value));
  for (const [name, { value }] of given?.entries ?? []) result.set(`inputs.${name}`, comparable(value));
  return result;
}

/** A list equals nothing that an expression can name. */
function comparable(node: YamlNode): Value {
  if (node.kind !== 'scalar') return NaN;
  return node.value;
}

type Complain = (text: string) => void;

function valueOf(
  spec: InputSpec,
  rule: InputRule | null,
  given: YamlNode | null,
  complain: Complain,
): YamlNode {
  if (!isOptional(spec) && given === null) complain('required value has not been provided');
  else {
    const byDefault = spec.rules ? (rule?.default ?? null) : spec.default;
    const isLeftOpen = spec.rules !== null && (byDefault === null || isNull(byDefault));
    if (isOptional(spec) && byDefault && !isLeftOpen) check(spec, rule, byDefault, 'default', complain);
    if (given) check(spec, rule, given, 'provided', complain);
    return coerce(spec.type, given ?? byDefault ?? nodeOf(null, spec.position));
  }
  return nodeOf(null, spec.position);
}

function check(
  spec: InputSpec,
  rule: InputRule | null,
  written: YamlNode,
  which: 'default' | 'provided',
  complain: Complain,
): void {
  const { type, regex } = spec;
  const value = coerce(type, written);
  if (!isOfType(type, value)) complain(`${which} value is not ${type === 'array' ? 'an' : 'a'} ${type}`);
  const options = spec.rules ? (rule?.options ?? null) : spec.options;
  if (type === 'boolean' && spec.options) complain('Options can only be used with string and number inputs');
  else if (options) checkOptions(type, options, value, complain);
  if (regex === null) return;
  if (type !== 'string') complain('RegEx validation can only be used with string inputs');
  else if (value.kind === 'scalar') {
    const pattern = compileRegex(regex);
    if (pattern === null) complain('invalid regular expression');
    else if (!pattern.matcher(value.text).find())
      complain(`${which} value does not match required RegEx pattern`);
  }
}

function checkOptions(type: InputType, options: YamlNode[], value: YamlNode, complain: Complain): void {
  const allowed = new Set(options.map((option) => identity(type, option)));
  if (type === 'array') {
    const items = value.kind === 'sequence' ? value.items : [];
    const others = items.filter((item) => !allowed.has(identity(type, item)));
    if (others.length === 0) return;
    const list = others.map(shown).join(', ');
    complain(`${list} cannot be used because it is not in the list of allowed options`);
  } else if (type !== 'boolean' && value.kind === 'scalar' && !allowed.has(identity(type, value))) {
    const list = type === 'number' ? 'the list of the allowed options' : 'the list of allowed options';
    complain(`\`${value.text}\` cannot be used because it is not in ${list}`);
  }
}

/** Of a text input the options are texts, whatever they are written as. */
const identity = (type: InputType, node: YamlNode) =>
  type === 'string' ? shown(node) : JSON.stringify(toJson(node));

function isOfType(type: InputType, node: YamlNode): boolean {
  if (type === 'array') return node.kind === 'sequence';
  if (node.kind !== 'scalar') return false;
  if (type === 'boolean') return isBoolean(node);
  return typeof node.value === type;
}

/** A scalar becomes a text where one is asked for; elsewhere a text that is JSON becomes what it says. */
function coerce(type: InputType, node: YamlNode): YamlNode {
  if (node.kind !== 'scalar') return node;
  if (type === 'string') return { ...node, value: node.text };
  if (typeof node.value !== 'string') return node;
  try {
    return nodeOf(JSON.parse(node.value), node.position);
  } catch {
    return node;
  }
}
