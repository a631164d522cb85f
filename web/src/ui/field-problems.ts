import { ApiProblem, messageOf } from '../api/problem.ts';

/** What is wrong, at the field where it is; `rest` is what belongs to none of them, or null. */
export interface FieldProblems {
  fields: Readonly<Record<string, string | undefined>>;
  rest: string | null;
}

/**
 * Takes a refusal apart for a form.
 * @param names of the form's fields; of `project_namespace.path`, the last word is looked at
 */
export function fieldProblems(error: unknown, names: readonly string[]): FieldProblems {
  if (error === null || error === undefined) return { fields: {}, rest: null };
  const said = error instanceof ApiProblem ? Object.entries(error.fields) : [];
  if (said.length === 0) return { fields: {}, rest: messageOf(error) };
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const [field, text] of said) {
    const name = field.slice(field.lastIndexOf('.') + 1).replace(/^visibility_level$/, 'visibility');
    if (names.includes(name)) fields[name] ??= sentence(name, text);
    else rest.push(field === 'base' ? text : sentence(name, text));
  }
  return { fields, rest: rest.length === 0 ? null : rest.join(' ') };
}

/** GitLab's words go on from the name of the field: `has already been taken`. */
function sentence(name: string, text: string): string {
  const words = `${name.replaceAll('_', ' ')} ${text}`;
  return words.charAt(0).toUpperCase() + words.slice(1) + (words.endsWith('.') ? '' : '.');
}
