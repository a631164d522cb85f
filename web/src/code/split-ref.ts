/** A ref and a path in it, as an address names both at once: `feature/a/docs/x.md`. */
export interface RefAndPath {
  ref: string;
  path: string;
}

/** Where a ref has more parts than this, it is not looked for. */
const DEEPEST_REF = 30;

/** What the ref of an address could be, the longest first. */
export function refCandidates(rest: string): string[] {
  const parts = rest.split('/').slice(0, DEEPEST_REF);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

/**
 * Which part of an address is the ref: the longest branch or tag that it begins with, otherwise its first part, which
 * may be a commit.
 */
export function splitRef(rest: string, refs: ReadonlySet<string>): RefAndPath {
  const trimmed = rest.replace(/\/+$/, '');
  const ref = refCandidates(trimmed).find((each) => refs.has(each)) ?? trimmed.split('/', 1)[0] ?? '';
  return { ref, path: trimmed.slice(ref.length).replace(/^\/+/, '') };
}

const escaped = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** An expression of RE2 that only these names match. */
export const oneOf = (names: readonly string[]): string => `^(?:${names.map(escaped).join('|')})$`;
