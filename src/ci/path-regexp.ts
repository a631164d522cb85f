import { createContext, Script } from 'node:vm';
import { RE2JS } from 're2js';

/** How long all expressions of one compilation that go back in their paths may take together. */
const MOST_MILLISECONDS = 2000;

/** What is left of that time. */
export class Patience {
  milliseconds = MOST_MILLISECONDS;
}

/** Only what runs in a context of its own can be stopped; making one takes longer than most expressions do. */
const room = { find: (): string[] => [] };
createContext(room);
const FIND = new Script('find()');

/** Escapes of a letter that JavaScript reads as Ruby does, with those that are written otherwise there. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'dDwWsSbBnrtfv0'].map((letter) => [letter, `\\${letter}`])),
  A: '(?<![^])',
  z: '(?![^])',
  Z: '(?=\\n?(?![^]))',
  h: '[0-9a-fA-F]',
  H: '[^0-9a-fA-F]',
};

const TOKEN = /\\x[\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\c[a-zA-Z]|\\[^]|\{,\d+\}|\[:\^?\w+:\]|\[\^?\]?|&&|[^]/g;
/** A bracket right behind the one that opens a class is one of its characters. */
const CLASS_OPENS = /^\[\^?\]?$/;

/** Says which paths an expression finds something in, those that come first and no more than `most`. */
export type PathFinder = (paths: readonly string[], most: number, patience: Patience) => string[];

/** The expression takes too long. */
export class PathRegexpTimeout extends Error {
  constructor() {
    super(`exceeded the time budget (${MOST_MILLISECONDS / 1000}s) while evaluating paths`);
  }
}

/**
 * The expression, which is one of Ruby, or null when it is none that can be read. RE2 takes a time that is bounded by the
 * lengths alone, so that it is asked wherever it can be: what looks ahead or behind goes back in the path instead, and
 * is stopped. @throws PathRegexpTimeout when the finder is asked
 */
export function compilePathRegexp(source: string): PathFinder | null {
  const written = forBothEngines(source);
  if (written === null) return null;
  try {
    const compiled = RE2JS.compile(written.re2, RE2JS.MULTILINE);
    return (paths, most) => firstMatching(paths, most, (path) => compiled.matcher(path).find());
  } catch {
    return written.javaScript === null ? null : compileBacktracking(written.javaScript);
  }
}

function compileBacktracking(source: string): PathFinder | null {
  const [ignoresCase = ''] = /^\(\?i\)/.exec(source) ?? [];
  let expression: RegExp;
  try {
    expression = new RegExp(source.slice(ignoresCase.length), ignoresCase ? 'im' : 'm');
  } catch {
    return null;
  }
  return (paths, most, patience) => {
    const timeout = Math.floor(patience.milliseconds);
    if (timeout < 1) throw new PathRegexpTimeout();
    room.find = () => {
      const begun = performance.now();
      const found = firstMatching(paths, most, (path) => expression.test(path));
      patience.milliseconds -= performance.now() - begun;
      return found;
    };
    try {
      return FIND.runInContext(room, { timeout }) as string[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      patience.milliseconds = 0;
      throw new PathRegexpTimeout();
    }
  };
}

/** The paths that match, those that come first and no more than `most`. */
export function firstMatching(
  paths: readonly string[],
  most: number,
  matches: (path: string) => boolean,
): string[] {
  const found: string[] = [];
  for (const path of paths) {
    if (!matches(path)) continue;
    found.push(path);
    if (found.length === most) break;
  }
  return found;
}

/** What an engine would read without a word and take for something else is refused: null, for one of them or for both. */
function forBothEngines(source: string): { re2: string; javaScript: string | null } | null {
  let re2 = '';
  let javaScript: string | null = '';
  let inClass = false;
  for (const [token] of source.matchAll(TOKEN)) {
    // Neither knows classes within classes, or what they have in common; RE2 quotes with what is a letter for Ruby.
    const opens = CLASS_OPENS.test(token);
    if ((inClass && (opens || token === '&&')) || token === '\\Q') return null;
    const meant: string = inClass ? token : token.replace(/^\{,/, '{0,');
    const translated = inJavaScript(meant, inClass);
    re2 += meant;
    javaScript = javaScript === null || translated === null ? null : javaScript + translated;
    inClass = opens || (inClass && token !== ']');
  }
  return { re2, javaScript };
}

function inJavaScript(token: string, inClass: boolean): string | null {
  if (inClass && token.startsWith('[:')) return null;
  if (CLASS_OPENS.test(token)) return token.replace(']', '\\]');
  if (!/^\\[a-zA-Z0-9]$/.test(token)) return token;
  const escape = ESCAPES[token[1] ?? ''];
  return escape === undefined || (inClass && escape.length > 2) ? null : escape;
}
