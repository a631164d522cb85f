import type { RE2JS } from 're2js';
import { compileRegex } from './regex.ts';

/**
 * The language of `rules:if`. Values are texts, null, true and false: an undefined variable is null, a defined but empty one is
 * `""`. `!` binds closest, then `==` and `!=` like `=~` and `!~`, then `&&`, then `||`; all these are left-associative.
 */
export type Expression =
  | { kind: 'value'; value: Value }
  | { kind: 'variable'; name: string }
  | { kind: 'input'; name: string }
  | { kind: 'pattern'; source: string; compiled: RE2JS }
  | { kind: '!'; of: Expression }
  | { kind: Operator; left: Expression; right: Expression };

/** By the name of a variable, or of an input behind `inputs.`. */
export interface Values {
  get: (name: string) => Value | undefined;
}

type Operator = '==' | '!=' | '=~' | '!~' | '&&' | '||';
/** A pattern's text is compiled when its place in the tree is known. */
type Operand =
  Exclude<Expression, { kind: Operator | 'pattern' | '!' }> | { kind: 'pattern'; source: string };
type Token =
  | { kind: 'operand'; operand: Operand }
  | { kind: 'operator'; operator: Operator }
  | { kind: '(' | ')' | '!' };

/** The hundredth token is one too many. */
const MAX_TOKENS = 99;

/** Tried in this order at each place; sticky, so that they match there or not at all. */
const LEXEMES: [RegExp, (match: RegExpExecArray) => Token][] = [
  [/\(/y, () => ({ kind: '(' })],
  [/\)/y, () => ({ kind: ')' })],
  [/\$(\w+)/y, (match) => operand({ kind: 'variable', name: match[1] ?? '' })],
  [/\$\[\[\s*inputs\.(\w+)\s*\]\]/y, (match) => operand({ kind: 'input', name: match[1] ?? '' })],
  [/"(.*?)"|'(.*?)'/y, (match) => operand({ kind: 'value', value: match[1] ?? match[2] ?? '' })],
  [
    /\/(?:[^/]|\\\/)+[^\\]\/[ismU]*/y,
    (match) => operand({ kind: 'pattern', source: unescapeSlashes(match[0]) }),
  ],
  [/null/y, () => operand({ kind: 'value', value: null })],
  [/(true|false)\b/y, (match) => operand({ kind: 'value', value: match[0] === 'true' })],
  [/==|=~|!=|!~|&&|\|\|/y, (match) => ({ kind: 'operator', operator: match[0] as Operator })],
  [/!/y, () => ({ kind: '!' })],
];

const PRECEDENCE: Record<Operator, number> = { '==': 3, '!=': 3, '=~': 3, '!~': 3, '&&': 2, '||': 1 };

/** The expression's tree, or null when its syntax is wrong or a regular expression in it is. */
export function parseExpression(text: string): Expression | null {
  const tokens = tokenize(text);
  return tokens && parse(tokens);
}

/**
 * Whether the expression holds: whether its value is neither null nor empty. Inputs are asked for under
 * `inputs.NAME`, which is no variable's name.
 */
export function holds(expression: Expression, variables: Values): boolean {
  return isPresent(evaluate(expression, variables));
}

/** The names of the inputs that the expression asks for. */
export function inputsOf(expression: Expression): string[] {
  if (expression.kind === 'input') return [expression.name];
  if (expression.kind === '!') return inputsOf(expression.of);
  return 'left' in expression ? [...inputsOf(expression.left), ...inputsOf(expression.right)] : [];
}

/** The names of the variables that the expression reads, each once. */
export function variablesOf(expression: Expression): string[] {
  const names = new Set<string>();
  const collect = (part: Expression) => {
    if (part.kind === 'variable') names.add(part.name);
    if (part.kind === '!') collect(part.of);
    if (!('left' in part)) return;
    collect(part.left);
    collect(part.right);
  };
  collect(expression);
  return [...names];
}

/** The expression of `/source/flags`, its flags in front as RE2 takes them; null when the text has not this form. */
function patternSource(text: string): string | null {
  const match = /^\/(.*)\/([ismU]*)$/m.exec(text);
  if (!match) return null;
  return match[2] ? `(?${match[2]})${match[1]}` : (match[1] ?? '');
}

/** As `patternSource`, null also when RE2 refuses it. */
export function readPattern(text: string): string | null {
  return compilePattern(text) && patternSource(text);
}

/** Whether the text has the form `/source/flags`, be the source right or not. */
export const isPattern = (text: string) => patternSource(text) !== null;

/** Whether the pattern finds something in the text; null when it is none. */
export function matchesPattern(pattern: string, text: string): boolean | null {
  return compilePattern(pattern)?.matcher(text).find() ?? null;
}

/** What has been compiled: in a large configuration every job has the same few patterns, of a template or an anchor. */
const patterns = new Map<string, RE2JS | null>();
const KEPT = 50;
/** Of characters; a longer one may take much memory. */
const MAX_KEPT = 100;

/** The pattern `/source/flags` compiled, or null when the text has not this form or RE2 refuses it. */
function compilePattern(text: string): RE2JS | null {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  const pattern = compileAnew(text);
  if (patterns.size === KEPT) patterns.clear();
  if (text.length <= MAX_KEPT) patterns.set(text, pattern);
  return pattern;
}

function compileAnew(text: string): RE2JS | null {
  const source = patternSource(text);
  return source === null ? null : compileRegex(source);
}

function operand(value: Operand): Token {
  return { kind: 'operand', operand: value };
}

const unescapeSlashes = (source: string) => source.replaceAll('\\/', '/');

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++;
    if (at === text.length) return tokens;
    if (tokens.length === MAX_TOKENS) return null;
    const length = tokens.length;
    for (const [pattern, build] of LEXEMES) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (!match) continue;
      tokens.push(build(match));
      at = pattern.lastIndex;
      break;
    }
    if (tokens.length === length) return null;
  }
}

/** Precedence climbing. */
function parse(tokens: Token[]): Expression | null {
  let at = 0;
  const primary = (): Expression | null => {
    const token = tokens[at++];
    if (token?.kind === 'operand') {
      const { operand: value } = token;
      if (value.kind !== 'pattern') return value;
      const compiled = compilePattern(value.source);
      return compiled && { ...value, compiled };
    }
    if (token?.kind === '!') {
      const of = primary();
      return of && { kind: '!', of };
    }
    if (token?.kind !== '(') return null;
    const inner = binary(1);
    return inner && tokens[at++]?.kind === ')' ? inner : null;
  };
  const binary = (least: number): Expression | null => {
    let left = primary();
    for (;;) {
      const token = tokens[at];
      if (left === null || token?.kind !== 'operator' || PRECEDENCE[token.operator] < least) return left;
      at++;
      const right = binary(PRECEDENCE[token.operator] + 1);
      if (right === null) return null;
      left = { kind: token.operator, left, right };
    }
  };
  const whole = binary(1);
  return at === tokens.length ? whole : null;
}

/** Variables are texts; inputs may be of other types. */
export type Value = string | boolean | number | null;

const isPresent = (value: Value) => value !== null && value !== false && value !== '' && !isBlank(value);
/** As Ruby has it, which asks so between `&&` and `||`: an empty text is one, too. */
const isTruthy = (value: Value) => value !== null && value !== false;
const isBlank = (value: Value) => typeof value === 'string' && value.trim() === '';

function evaluate(expression: Expression, variables: Values): Value {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'variable':
      return variables.get(expression.name) ?? null;
    case 'input':
      return variables.get(`inputs.${expression.name}`) ?? null;
    case 'pattern':
      return expression.source;
    case '!':
      return !isPresent(evaluate(expression.of, variables));
    case '==':
      return areEqual(evaluate(expression.left, variables), evaluate(expression.right, variables));
    case '!=':
      return !areEqual(evaluate(expression.left, variables), evaluate(expression.right, variables));
    case '=~':
      return matches(evaluate(expression.left, variables), expression.right, variables);
    case '!~':
      return !matches(evaluate(expression.left, variables), expression.right, variables);
    case '&&': {
      const left = evaluate(expression.left, variables);
      return isTruthy(left) ? evaluate(expression.right, variables) : left;
    }
    case '||': {
      const left = evaluate(expression.left, variables);
      return isTruthy(left) ? left : evaluate(expression.right, variables);
    }
  }
}

/** True and false equal the texts `true` and `false`. */
function areEqual(left: Value, right: Value): boolean {
  const [one, other] = [typeof left, typeof right];
  const mixed = (one === 'boolean' && other === 'string') || (one === 'string' && other === 'boolean');
  return mixed ? String(left) === String(right) : left === right;
}

/** Searches, unanchored. A right side that is no pattern is searched for the left one, as GitLab does. */
function matches(left: Value, right: Expression, variables: Values): boolean {
  const text = left === null ? '' : String(left);
  if (right.kind === 'pattern') return right.compiled.matcher(text).find();
  const value = evaluate(right, variables);
  if (value === null || value === false) return false;
  const pattern = compilePattern(String(value));
  return pattern ? pattern.matcher(text).find() : String(value).includes(text);
}
