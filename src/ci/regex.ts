import { RE2JS } from 're2js';

/** Characters of an expression: a longer one takes seconds for each text that it is asked about. */
const MAX_REGEX = 10_000;

/** The expression compiled, or null when RE2 refuses it or it is too long. */
export function compileRegex(source: string): RE2JS | null {
  if (source.length > MAX_REGEX) return null;
  try {
    return RE2JS.compile(source);
  } catch {
    return null;
  }
}
