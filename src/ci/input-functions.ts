import type { Variable } from './variable.ts';
import { isString, type YamlNode } from './yaml-node.ts';
import { nodeOf } from './yaml-value.ts';

type Outcome = { value: string | string[] } | { complaint: string };
type Run = (text: string, match: RegExpExecArray, find: FindVariable) => Outcome;

/** The variable of this name, when there is one. It is asked for those alone whose value is filled in. */
export type FindVariable = (key: string) => Variable | undefined;

interface InputFunction {
  name: string;
  /** How it is called. */
  pattern: RegExp;
  run: Run;
}

const FUNCTIONS: InputFunction[] = [
  {
    name: 'truncate',
    pattern: /^truncate\(\s*(\d+)\s*,\s*(\d+)\s*\)?$/,
    run: (text, [, offset, length]) => {
      return { value: [...text].slice(Number(offset), Number(offset) + Number(length)).join('') };
    },
  },
  {
    name: 'expand_vars',
    pattern: /^expand_vars$/,
    run: (text, _, find) => expandVariables(text, find),
  },
  { name: 'posix_escape', pattern: /^posix_escape$/, run: (text) => ({ value: shellEscape(text) }) },
  { name: 'posix_quote', pattern: /^posix_quote$/, run: (text) => ({ value: shellEscape(text) }) },
  {
    name: 'split',
    pattern: /^split\('([^']*)'\)$/,
    run: (text, [, separator = '']) => {
      if (separator === '') return { complaint: 'invalid argument: separator cannot be empty' };
      const parts = text.split(separator === ' ' ? /\s+/ : separator);
      return { value: parts.map((part) => part.trim()).filter((part) => part !== '') };
    },
  },
];

/** The value with the functions of a block applied, one after the other. */
export function applyFunctions(
  calls: readonly string[],
  input: YamlNode,
  find: FindVariable,
): { node: YamlNode } | { complaints: string[] } {
  const complaints: string[] = [];
  const found = calls.flatMap((call) => {
    for (const each of FUNCTIONS) {
      const match = each.pattern.exec(call);
      if (match) return { ...each, match };
    }
    complaints.push(
      `no function matching \`${call}\`: check that the function name, arguments, and types are correct`,
    );
    return [];
  });
  if (complaints.length > 0) return { complaints };
  let node = input;
  for (const { name, match, run } of found) {
    const outcome = isString(node)
      ? run(node.value, match, find)
      : { complaint: `invalid input type: ${name} can only be used with string inputs` };
    if ('complaint' in outcome)
      return { complaints: [`error in \`${name}\` function: ${outcome.complaint}`] };
    node = nodeOf(outcome.value, node.position);
  }
  return { node };
}

const REFERENCE = /\$([a-zA-Z_]\w*)|\$\{([a-zA-Z_]\w*)\}|%([a-zA-Z_]\w*)%/g;

/** Once, not within values; what is masked may not be shown in a configuration. */
function expandVariables(text: string, find: FindVariable): Outcome {
  let isMasked = false;
  const value = text.replace(REFERENCE, (whole: string, a?: string, b?: string, c?: string) => {
    const found = find(a ?? b ?? c ?? '');
    if (found?.masked) isMasked = true;
    return found?.value ?? whole;
  });
  return isMasked
    ? { complaint: 'variable expansion error: masked variables cannot be expanded' }
    : { value };
}

/** For a POSIX shell, as Ruby's Shellwords writes it. */
function shellEscape(text: string): string {
  if (text === '') return "''";
  return text.replace(/[^\w\-.,:+/@\n]/gu, String.raw`\$&`).replaceAll('\n', "'\n'");
}
