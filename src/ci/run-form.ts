import { readConfig } from './compile.ts';
import type { InputSpec, InputType } from './header.ts';
import { openInputs } from './inputs.ts';
import type { CompileInput } from './plan.ts';
import type { Problem } from './problem.ts';
import { at, type YamlMapping, type YamlNode } from './yaml-node.ts';
import { mappingOf, nodeOf } from './yaml-value.ts';

/** What a pipeline may be given by whoever begins it. */
export interface RunForm {
  valid: boolean;
  errors: Problem[];
  warnings: Problem[];
  inputs: FormInput[];
  variables: FormVariable[];
}

export interface FormInput {
  name: string;
  type: InputType;
  description: string | null;
  /** It has no default. */
  required: boolean;
  /** Of its type; null: none. */
  default: unknown;
  /** Null: any value. */
  options: unknown[] | null;
  regex: string | null;
  rules: { if: string | null; options: unknown[] | null; default: unknown }[] | null;
}

export interface FormVariable {
  key: string;
  value: string;
  description: string | null;
  options: string[] | null;
}

const EMPTY: Record<InputType, unknown> = { array: [], boolean: false, number: 0, string: '' };
const START = { file: '', line: 1, column: 1 };

/** The form for the configuration; `input.inputs` is what it holds already. What is still missing is no mistake yet. */
export async function runForm(input: CompileInput): Promise<RunForm> {
  let specs: InputSpec[] = [];
  const given = input.inputs ? mappingOf(input.inputs, START) : null;
  const declared = (inputs: InputSpec[]) => {
    specs = inputs;
    const open = new Set(
      openInputs(inputs, given).flatMap(({ spec, required }) => (required ? spec.name : [])),
    );
    return inputs.map((spec) =>
      open.has(spec.name) && !given?.entries.has(spec.name) ? withPlaceholder(spec) : spec,
    );
  };
  const read = await readConfig({ ...input, declared });
  const { problems: errors, warnings } = read.failure ?? { problems: [], warnings: read.warnings };
  return {
    valid: read.failure === null,
    errors,
    warnings,
    inputs: openInputs(specs, given).map(({ spec, ...open }) => formInput(spec, open)),
    variables: formVariables(read.merged),
  };
}

/** So that the rest can be read: any value will do. */
const withPlaceholder = (spec: InputSpec): InputSpec => ({
  ...spec,
  default: nodeOf(EMPTY[spec.type], spec.position),
  options: null,
  regex: null,
  rules: null,
});

const formInput = (
  { name, type, description, regex, rules }: InputSpec,
  open: Pick<FormInput, 'required' | 'default' | 'options'>,
): FormInput => ({
  name,
  type,
  description,
  ...open,
  regex,
  rules:
    rules &&
    rules.map((rule) => {
      const [only] = openInputs(
        [{ ...PLAIN, name, type, options: rule.options, default: rule.default }],
        null,
      );
      return { if: rule.if_text, options: only?.options ?? null, default: only?.default ?? null };
    }),
});

const PLAIN = { description: null, regex: null, rules: null, position: START };

function formVariables(merged: YamlMapping | null): FormVariable[] {
  const variables = merged && at(merged, 'variables');
  if (variables?.kind !== 'mapping') return [];
  return [...variables.entries].map(([key, { value }]) => {
    if (value.kind !== 'mapping')
      return { key, value: textOf(value) ?? '', description: null, options: null };
    const options = at(value, 'options');
    return {
      key,
      value: textOf(at(value, 'value')) ?? '',
      description: textOf(at(value, 'description')),
      options: options?.kind === 'sequence' ? options.items.map((item) => textOf(item) ?? '') : null,
    };
  });
}

const textOf = (node: YamlNode | undefined): string | null => (node?.kind === 'scalar' ? node.text : null);
