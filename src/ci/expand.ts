import { stronglyConnected } from './components.ts';
import type { Lookup, Variable } from './variable.ts';

const REFERENCE = /\$([a-zA-Z_]\w*)|\$\{([a-zA-Z_]\w*)\}|%([a-zA-Z_]\w*)%/g;
/** In values `$$` and `%%` are escapes and start no reference; the runner turns them into the sign. */
const REFERENCE_IN_VALUE = /\$\$|%%|\$([a-zA-Z_]\w*)|\$\{([a-zA-Z_]\w*)\}|%([a-zA-Z_]\w*)%/g;

/** Characters that may be filled in: values within values multiply, so few lines could fill the memory. */
export const MOST_CHARACTERS = 2 * 1024 * 1024;
export const TOO_LARGE = 'the variables are too large once their references are filled in';

export interface ExpandOptions {
  /** What becomes of a reference to an unknown variable: it stays as it is, or nothing is left of it. */
  unknown: 'keep' | 'blank';
  /** Whether references to file and raw variables in values are filled in (default), or left for the runner. */
  file_and_raw?: 'expand' | 'keep';
}

/**
 * `text` with `$NAME`, `${NAME}` and `%NAME%` replaced once; what comes in is not looked into again. References for
 * which there is no room any more stay.
 */
export function expand(
  text: string,
  variables: readonly Variable[] | Lookup,
  options: ExpandOptions,
): string {
  if (!mayRefer(text)) return text;
  const known = 'get' in variables ? variables : byKey(variables);
  return replace(text, REFERENCE, known, options, { left: MOST_CHARACTERS });
}

/** `text` with references filled in through all levels, of variables that make no circle; only what it takes is looked at. */
export function expandThrough(text: string, variables: Lookup, options: ExpandOptions): string {
  if (!mayRefer(text)) return text;
  const open = new Map<string, string[]>();
  const next = namesIn(text, REFERENCE);
  for (let key = next.pop(); key !== undefined; key = next.pop()) {
    const each = variables.get(key);
    if (each === undefined || open.has(key) || !isOpen(each)) continue;
    const names = references(each);
    open.set(key, names);
    next.push(...names);
  }
  const done = new Map<string, Variable>();
  // What names itself is not there while it is filled in.
  const known = { get: (key: string) => done.get(key) ?? (open.has(key) ? undefined : variables.get(key)) };
  const room = { left: MOST_CHARACTERS };
  for (const key of stronglyConnected(open).flat()) {
    const each = variables.get(key)!;
    done.set(key, { ...each, value: replace(each.value, REFERENCE_IN_VALUE, known, options, room) });
  }
  return expand(text, known, options);
}

export type Expansion = { variables: Variable[]; problem: null } | { variables: null; problem: string };

/**
 * Every variable with the references in its value filled in, through all levels: what a value refers to is
 * expanded before it. Raw values stay. Of several variables with one key the last counts. A loop is answered as
 * `circular variable reference detected: ["A", "B"]`; a value that names only itself is no loop, and stays. What
 * comes to too many characters is a problem too.
 * For the runner: `{ unknown: 'keep', file_and_raw: 'keep' }`.
 */
export function expandAll(variables: readonly Variable[], options: ExpandOptions): Expansion {
  const merged = byKey(variables);
  // Most variables refer to nothing: they need no place in the order.
  const done = new Map(merged);
  const open = new Map<string, string[]>();
  for (const [key, each] of merged) {
    if (!isOpen(each)) continue;
    done.delete(key);
    open.set(key, references(each));
  }
  if (open.size === 0) return { variables: [...merged.values()], problem: null };
  const order = stronglyConnected(open);
  const loops = order.filter((keys) => keys.length > 1);
  if (loops.length > 0) {
    const lists = loops.map((keys) => `[${keys.map((key) => `"${key}"`).join(', ')}]`);
    return { variables: null, problem: `circular variable reference detected: ${lists.join(', ')}` };
  }
  const room = { left: MOST_CHARACTERS };
  for (const key of order.flat()) {
    const each = merged.get(key);
    if (each) done.set(key, { ...each, value: replace(each.value, REFERENCE_IN_VALUE, done, options, room) });
    if (room.left < 0) return { variables: null, problem: TOO_LARGE };
  }
  return { variables: [...merged.keys()].flatMap((key) => done.get(key) ?? []), problem: null };
}

/** The last of several with one key, at the place of the first. */
function byKey(variables: readonly Variable[]): Map<string, Variable> {
  return new Map(variables.map((each) => [each.key, each]));
}

/** Characters of a value with its references filled in, and how many of these came in by them. */
export interface Filled {
  length: number;
  characters: number;
}

/** The same without filling it in. `known`: what was found of those that it refers to, where they refer to others. */
export function filledIn(
  each: Variable,
  variables: Lookup,
  known: { get: (key: string) => Filled | undefined },
): Filled {
  const filled = { length: each.value.length, characters: 0 };
  for (const match of each.value.matchAll(REFERENCE_IN_VALUE)) {
    const name = match[1] ?? match[2] ?? match[3];
    const found = name === undefined || name === each.key ? undefined : variables.get(name);
    if (found === undefined) continue;
    const length = known.get(found.key)?.length ?? found.value.length;
    filled.characters += length;
    filled.length += length - match[0].length;
  }
  return filled;
}

/** Whether its value may refer to others. */
export const isOpen = ({ raw, value }: Variable) => !raw && mayRefer(value);

/** Whether the text may hold a reference at all. */
export const mayRefer = (text: string) => text.includes('$') || text.includes('%');

function replace(
  text: string,
  pattern: RegExp,
  variables: Lookup,
  options: ExpandOptions,
  room: { left: number },
): string {
  return text.replace(pattern, (whole: string, a?: string, b?: string, c?: string) => {
    const name = a ?? b ?? c;
    if (name === undefined) return whole;
    const found = variables.get(name);
    if (found === undefined) return options.unknown === 'keep' ? whole : '';
    if ((found.file || found.raw) && options.file_and_raw === 'keep') return whole;
    room.left -= found.value.length;
    return room.left < 0 ? whole : found.value;
  });
}

/** The keys that its value refers to. */
export const references = ({ value }: Variable): string[] => namesIn(value, REFERENCE_IN_VALUE);

const namesIn = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap((match) => match[1] ?? match[2] ?? match[3] ?? []);
