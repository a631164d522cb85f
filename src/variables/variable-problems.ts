/** What can be wrong with a variable, in GitLab's words. */

/** Characters. */
const LONGEST = 255;
const LONGEST_VALUE = 10_000;

const tooLong = (most: number) => `is too long (maximum is ${most} characters)`;

export function keyProblems(key: string): string[] {
  return [
    ...(key === '' ? ["can't be blank"] : []),
    ...(key.length > LONGEST ? [tooLong(LONGEST)] : []),
    ...(/^\w+$/.test(key) ? [] : ["can contain only letters, digits and '_'."]),
  ];
}

/**
 * A masked value is one that is recognised in a log: in one line, long enough, without spaces. Where references in it
 * are expanded, only of characters that mean nothing.
 */
const MASKABLE = /^[\w+=/@:.~-]{8,}$/;
const MASKABLE_RAW = /^\S{8,}$/;

function valueProblems({ value, masked, raw }: Checked): string[] {
  return [
    ...(value.length > LONGEST_VALUE
      ? [`The value of the provided variable exceeds the ${LONGEST_VALUE} character limit`]
      : []),
    ...(masked === 0 || (raw === 1 ? MASKABLE_RAW : MASKABLE).test(value) ? [] : ['is invalid']),
  ];
}

const SCOPE = /^[\w/${}. *-]+$/;
const SCOPE_MESSAGE = "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and spaces";

function scopeProblems(scope: string): string[] {
  if (scope === '') return ["can't be blank"];
  if (scope.length > LONGEST) return [tooLong(LONGEST)];
  return SCOPE.test(scope) ? [] : [SCOPE_MESSAGE];
}

export interface Checked {
  key: string;
  /** In the clear. */
  value: string;
  masked: 0 | 1;
  raw: 0 | 1;
  environment_scope: string;
  description: string | null;
}

/** What is wrong with a variable, by field; empty when it is good. */
export function variableProblems(variable: Checked): Record<string, string[]> {
  const { description } = variable;
  const problems = {
    key: keyProblems(variable.key),
    value: valueProblems(variable),
    environment_scope: scopeProblems(variable.environment_scope),
    description: description !== null && description.length > LONGEST ? [tooLong(LONGEST)] : [],
  };
  return Object.fromEntries(Object.entries(problems).filter(([, texts]) => texts.length > 0));
}
