import { join } from 'node:path';
import type { Variable } from './job-payload.ts';

/** The variables of a job as its scripts see them. */
export interface JobVariables {
  /** Name → value; for a file variable the path of its file. */
  values: Map<string, string>;
  /** Name → content of the files to write into the temporary folder. */
  files: Map<string, string>;
  /** Values that must not appear in the log. */
  secrets: string[];
}

/**
 * Resolves what the server sent, later entries winning: values are expanded once, raw ones are left alone, and
 * a file variable stands for its path in `tempDir`.
 * @param own what the runner itself provides; the job's variables may override `before`, never `after`.
 */
export function resolveVariables(
  variables: Variable[],
  own: { before: Record<string, string>; after: Record<string, string> },
  tempDir: string,
): JobVariables {
  const sent = new Map(variables.filter(isUsable).map((variable) => [variable.key, variable]));
  const { before, after } = own;
  const lookUp = (name: string): string => {
    const variable = sent.get(name);
    if (after[name] !== undefined) return after[name];
    if (!variable) return before[name] ?? '';
    return variable.file ? join(tempDir, name) : variable.value;
  };

  const values = new Map(Object.entries(before));
  const files = new Map<string, string>();
  const secrets: string[] = [];
  for (const { key, value, raw, file, masked } of sent.values()) {
    const expanded = raw ? value : expand(value, lookUp);
    if (file) files.set(key, expanded);
    values.set(key, file ? join(tempDir, key) : expanded);
    if (masked) secrets.push(expanded, value);
  }
  // A masked value that a later entry of the same name replaced may still be known to the job.
  for (const { masked, value } of variables) if (masked) secrets.push(value);
  for (const [key, value] of Object.entries(after)) {
    values.set(key, value);
    files.delete(key);
  }
  return { values, files, secrets };
}

/**
 * Replaces `$NAME` and `${NAME}` once, not in what was put in; `$$` is a dollar sign, and a dollar sign that no
 * name follows stays.
 */
export function expand(text: string, lookUp: (name: string) => string): string {
  return text.replace(
    /\$(?:\$|\{([A-Za-z0-9_]+)\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (match, braced: string | undefined, plain: string | undefined) =>
      match === '$$' ? '$' : lookUp(braced ?? plain ?? ''),
  );
}

/** Expands a text of the job, such as an artifact's name, with the job's variables. */
export function expandWith(text: string, values: Map<string, string>): string {
  return expand(text, (name) => values.get(name) ?? '');
}

/** Whether the word means yes, as Go's `strconv.ParseBool` reads it. */
export function isTrue(word: string | undefined): boolean {
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(word ?? '');
}

/** Milliseconds of a duration such as `90s`, `1h30m` or a bare number of seconds; undefined if it is none. */
export function duration(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(text)) return undefined;
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) {
    sum += Number(amount) * (units[unit ?? ''] ?? 0);
  }
  return sum;
}

// The name becomes an entry of the environment and the name of a file.
function isUsable({ key, value }: Variable): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(key) && !value.includes('\0');
}
