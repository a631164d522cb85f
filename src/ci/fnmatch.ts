/**
 * Globs as Ruby's `File.fnmatch` reads them with PATHNAME, DOTMATCH and EXTGLOB, over the whole of a path: `*`, `?`
 * and `[…]` stay within one name, `**` followed by `/` is any number of folders, also none, and an ordinary `*`
 * anywhere else. `{a,b}` is written out before. A file whose name begins with a dot is like any other.
 */
export type Glob = (path: string) => boolean;

/** Alternatives that one glob may be written out to; one of more matches everything. */
const MOST_ALTERNATIVES = 1000;

/** Any number of names or characters. */
const STAR = Symbol('*');
type Name = (typeof STAR | Character)[];
type Character = (character: string) => boolean;

export function compileGlob(glob: string): Glob {
  const written = writeOut(glob);
  if (written === null) return () => true;
  const alternatives = written.map(segmentsOf);
  return (path) => {
    const names = path.split('/').map((name) => [...name]);
    return alternatives.some((segments) => matches(segments, names, matchesName));
  };
}

const matchesName = (name: Name, characters: string[]) =>
  matches(name, characters, (one, character) => one(character));

/**
 * Whether the pattern is the whole of `text`, each piece as `one` compares it. Only the last star ever has to take
 * more: what an earlier one could take besides, the last can as well. So this ends in time for any pattern.
 */
function matches<P, T>(
  pattern: readonly (typeof STAR | P)[],
  text: readonly T[],
  one: (piece: P, of: T) => boolean,
): boolean {
  let at = 0;
  let afterStar = -1;
  let taken = 0;
  for (let index = 0; ;) {
    const piece = pattern[at];
    const here = text[index];
    if (piece === STAR) {
      afterStar = ++at;
      taken = index;
    } else if (piece !== undefined && here !== undefined && one(piece, here)) {
      at++;
      index++;
    } else if (at === pattern.length && index === text.length) return true;
    else if (afterStar < 0 || taken >= text.length) return false;
    else {
      at = afterStar;
      index = ++taken;
    }
  }
}

/** Each alternative of `{a,b}`, braces within braces too. A brace that is not closed leaves none; null: too many. */
function writeOut(glob: string): string[] | null {
  const done: string[] = [];
  const open = [glob];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const braces = outerBraces(next);
    if (braces === 'unclosed') continue;
    if (braces === null) done.push(next);
    else {
      const [before, after] = [next.slice(0, braces.from), next.slice(braces.to + 1)];
      const inside = next.slice(braces.from + 1, braces.to);
      for (const part of splitAtCommas(inside).toReversed()) open.push(before + part + after);
    }
    if (done.length + open.length > MOST_ALTERNATIVES) return null;
  }
  return done;
}

function outerBraces(text: string): { from: number; to: number } | 'unclosed' | null {
  let depth = 0;
  let from = -1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '{' && depth++ === 0) from = at;
    else if (text[at] === '}' && from >= 0 && --depth === 0) return { from, to: at };
  }
  return from < 0 ? null : 'unclosed';
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '{') depth++;
    else if (text[at] === '}') depth--;
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** A `/` within brackets is one of their characters, and parts no names. */
function segmentsOf(glob: string): (typeof STAR | Name)[] {
  const segments: (typeof STAR | Name)[] = [];
  const characters = [...glob];
  let name: Name = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (name.length === 0 && characters.slice(at, at + 3).join('') === '**/') {
      segments.push(STAR);
      at += 2;
    } else if (character === '/') {
      segments.push(name);
      name = [];
    } else if (character === '*') name.push(STAR);
    else if (character === '?') name.push(() => true);
    else if (character === '[') {
      const set = bracketsAt(characters, at + 1);
      name.push(set.holds);
      at = set.end;
    } else {
      const isEscape = character === '\\' && at + 1 < characters.length;
      const literal = isEscape ? characters[++at] : character;
      name.push((other) => other === literal);
    }
  }
  return [...segments, name];
}

/** The set that begins there, and where its `]` is. One that is not closed holds nothing; `[!]` holds everything. */
function bracketsAt(characters: readonly string[], start: number): { holds: Character; end: number } {
  const negated = characters[start] === '!' || characters[start] === '^';
  const ranges: [string, string][] = [];
  let at = negated ? start + 1 : start;
  const take = () => {
    if (characters[at] === '\\') at++;
    return characters[at++] ?? '';
  };
  while (at < characters.length) {
    if (characters[at] === ']') {
      const holds = (character: string) =>
        ranges.some(([from, to]) => isBetween(character, from, to)) !== negated;
      return { holds, end: at };
    }
    const from = take();
    const isRange = characters[at] === '-' && characters[at + 1] !== ']';
    if (isRange) at++;
    ranges.push([from, isRange ? take() : from]);
  }
  return { holds: () => false, end: characters.length };
}

/** Either end counts even where the range runs backwards. */
function isBetween(character: string, from: string, to: string): boolean {
  const [code = 0, first = 0, last = 0] = [character, from, to].map((each) => each.codePointAt(0));
  return code === first || code === last || (code > first && code < last);
}
