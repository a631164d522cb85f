/** An input of the configuration, as `GET …/ci/run_form` tells of it. */
export interface FormInput {
  name: string;
  type: 'array' | 'boolean' | 'number' | 'string';
  description: string | null;
  required: boolean;
  default: unknown;
  options: readonly unknown[] | null;
  regex: string | null;
  rules: readonly unknown[] | null;
}

/** A variable of the configuration that is worth asking for. */
export interface FormVariable {
  key: string;
  value: string;
  description: string | null;
  options: readonly string[] | null;
}

/** A variable that somebody adds. */
export interface VariableRow {
  id: number;
  key: string;
  value: string;
  file: boolean;
}

/** What somebody has entered, as text; what is not there is as the configuration has it. */
export interface Entered {
  inputs: Readonly<Record<string, string>>;
  variables: Readonly<Record<string, string>>;
  rows: readonly VariableRow[];
}

/** What a link has filled in: `?var[KEY]=value&file_var[KEY]=value&input[NAME]=value`, as GitLab's links do. */
export function enteredIn(search: URLSearchParams): Entered {
  const inputs: Record<string, string> = {};
  const rows: VariableRow[] = [];
  for (const [name, value] of search) {
    const [, what, key = ''] = /^(var|file_var|input)\[(.+)\]$/s.exec(name) ?? [];
    if (what === 'input') inputs[key] = value;
    else if (what !== undefined) rows.push({ id: rows.length, key, value, file: what === 'file_var' });
  }
  return { inputs, variables: {}, rows };
}

/** The rows as shown: there is always an empty one at the end to begin another with. */
export function withEmptyRow(rows: readonly VariableRow[]): readonly VariableRow[] {
  const last = rows.at(-1);
  if (last && last.key === '' && last.value === '') return rows;
  return [...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, key: '', value: '', file: false }];
}

/** A value as text in a field: a list of texts is a line each, anything else that is no text is JSON. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every(isLine)) return value.join('\n');
  return JSON.stringify(value);
}

const isLine = (item: unknown): boolean => typeof item === 'string' && item !== '' && !/^\s*\[|\n/.test(item);

/** What a text in the field of an input means; `problem` when it is nothing of that type. */
export function valueOf(
  { type, options }: Pick<FormInput, 'type' | 'options'>,
  text: string,
): { value: unknown } | { problem: string } {
  switch (type) {
    case 'string':
      return { value: text };
    case 'boolean':
      return { value: text === 'true' };
    case 'number': {
      const value = Number(text);
      return text.trim() === '' || !Number.isFinite(value) ? { problem: 'Is not a number' } : { value };
    }
    case 'array':
      return listOf(text, options);
  }
}

function listOf(text: string, options: readonly unknown[] | null): { value: unknown } | { problem: string } {
  if (/^\s*\[/.test(text))
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value)) return { value };
    } catch {
      return { problem: 'Begins as a JSON array does, but is none: check quotes and brackets' };
    }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return { value: lines.map((line) => options?.find((option) => textOf(option) === line) ?? line) };
}

export interface RunBody {
  ref: string;
  variables: { key: string; value: string; variable_type: 'env_var' | 'file'; raw: boolean }[];
  inputs: Record<string, unknown>;
}

/** The place of a problem with a row of variables. */
export const rowProblem = (id: number): string => `row ${id}`;

/**
 * What is sent for the form; `problems` by the name of the input, or the place of the row: with any, nothing is sent.
 * Inputs that nobody touched are left to the configuration. The variables that the form shows are sent as shown.
 */
export function bodyOf(
  ref: string,
  form: { inputs: readonly FormInput[]; variables: readonly FormVariable[] },
  entered: Entered,
): { body: RunBody; problems: Record<string, string> } {
  const problems: Record<string, string> = {};
  const inputs: Record<string, unknown> = {};
  for (const input of form.inputs) {
    const text = entered.inputs[input.name] ?? (input.required && input.type === 'boolean' ? 'false' : '');
    const isLeft = text === '' && (input.type !== 'string' || !(input.name in entered.inputs));
    if (isLeft && !input.required) continue;
    if (text === '' && input.required) {
      problems[input.name] = input.options === null ? 'Needs a value' : 'Needs one of its options';
      continue;
    }
    const found = valueOf(input, text);
    if ('problem' in found) problems[input.name] = found.problem;
    else inputs[input.name] = found.value;
  }
  const shown = form.variables.filter(isShown).map(({ key, value }) => ({
    key,
    value: entered.variables[key] ?? value,
    variable_type: 'env_var' as const,
    raw: false,
  }));
  const added = entered.rows.flatMap(({ id, key, value, file }) => {
    if (key === '' && value === '') return [];
    if (!/^\w+$/.test(key)) {
      problems[rowProblem(id)] = key === '' ? 'Needs a key' : 'A key has only letters, digits and _';
      return [];
    }
    return [{ key, value, variable_type: file ? ('file' as const) : ('env_var' as const), raw: false }];
  });
  const overridden = new Set(added.map(({ key }) => key));
  const variables = [...shown.filter(({ key }) => !overridden.has(key)), ...added];
  return { body: { ref, variables, inputs }, problems };
}

/** GitLab's form shows the variables that say what they are for. */
export const isShown = ({ description }: FormVariable): boolean => description !== null && description !== '';

/** What the rules of inputs are decided by: the values so far, as far as they are any. */
export function askedWith(inputs: readonly FormInput[], entered: Entered): Record<string, string> {
  if (!inputs.some(({ rules }) => rules !== null)) return {};
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const text = entered.inputs[input.name];
      if (text === undefined || input.type === 'array') return [];
      return 'problem' in valueOf(input, text) ? [] : [[input.name, text]];
    }),
  );
}

/** Splits what the server said into what belongs to inputs (`` `NAME` input: … ``) and the rest. */
export function problemsSaid(message: string): { inputs: Record<string, string>; rest: string } {
  const inputs: Record<string, string> = {};
  const parts = message.split(/(?:^|, )(?=`[^`]+` input: |unknown input arguments: )/);
  const rest = parts.filter((part) => {
    const [, name, text] = /^`([^`]+)` input: (.+)$/s.exec(part) ?? [];
    if (name === undefined || text === undefined) return true;
    inputs[name] = text.charAt(0).toUpperCase() + text.slice(1);
    return false;
  });
  return { inputs, rest: rest.join(', ').trim() };
}

/** What of the errors is not about values that inputs have yet to be given: those are told once one runs it. */
export const beyondInputs = <Told extends { message: string }>(errors: readonly Told[]): Told[] =>
  errors.flatMap((error) => {
    const { rest } = problemsSaid(error.message);
    return rest === '' ? [] : [{ ...error, message: rest }];
  });
