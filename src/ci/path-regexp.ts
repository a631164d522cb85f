import { createContext, Script } from 'node:vm';
import { RE2JS } from 're2js';

/** How long all expressions of one compilation that go back in their paths may take together. */
const MOST_MILLISECONDS = 500;

/** What is left of that time. */
export class Patience {
  milliseconds = MOST_MILLISECONDS;
}

/** Escapes that mean in JavaScript what they mean in Ruby, with those that are written otherwise there. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'dDwWsSbBnrtfvxukc0123456789'].map((letter) => [letter, `\\${letter}`])),
  A: '(?<![^])',
  z: '(?![^])',
  Z: '(?=\\n?(?![^]))',
  h: '[0-9a-fA-F]',
  H: '[^0-9a-fA-F]',
};

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
  try {
    const compiled = RE2JS.compile(source, RE2JS.MULTILINE);
    return (paths, most) => firstMatching(paths, most, (path) => compiled.matcher(path).find());
  } catch {
    return compileBacktracking(source);
  }
}

function compileBacktracking(source: string): PathFinder | null {
  const translated = inJavaScript(source);
  if (translated === null) return null;
  let expression: RegExp;
  try {
    expression = new RegExp(translated, 'm');
  } catch {
    return null;
  }
  return (paths, most, patience) => {
    const timeout = Math.floor(patience.milliseconds);
    if (timeout < 1) throw new PathRegexpTimeout();
    const find = () => firstMatching(paths, most, (path) => expression.test(path));
    const begun = performance.now();
    try {
      return new Script('find()').runInContext(createContext({ find }), { timeout }) as string[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new PathRegexpTimeout();
    } finally {
      patience.milliseconds -= performance.now() - begun;
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

/** What JavaScript would read without a word and take for something else is refused: null. */
function inJavaScript(source: string): string | null {
  let written = '';
  let inClass = false;
  for (const [token] of source.matchAll(/\\[^]|[^]/g)) {
    if (/^\\[a-zA-Z0-9]$/.test(token)) {
      const escape = ESCAPES[token[1] ?? ''];
      if (escape === undefined || (inClass && escape.length > 2)) return null;
      written += escape;
      continue;
    }
    // Classes within classes, and what they have in common.
    if (inClass && (token === '[' || token === '&')) return null;
    if (token === '[') inClass = true;
    else if (token === ']') inClass = false;
    written += token;
  }
  return written;
}
