import type { ChangesClause, ExistsClause } from './config.ts';
import { compileGlob } from './fnmatch.ts';
import { compilePathRegexp, firstMatching, PathRegexpTimeout } from './path-regexp.ts';
import { type FilePlace, type Found, MOST_FOUND, type RepositoryView, RuleError } from './repository-view.ts';

/** With more comparisons of a path and a glob than this, GitLab makes none and takes the rule to match. */
const MAX_PATTERN_COMPARISONS = 50_000;

/** Characters of `regexp`, as it is written and with its variables filled in. */
export const MAX_REGEXP = 255;

type Expand = (text: string) => string;

/** Nobody knows the paths. */
export const ASSUMED_UNKNOWN: Found = { holds: true, paths: [], assumed: 'unknown' };
const ASSUMED_TOO_MANY: Found = { holds: true, paths: [], assumed: 'too_many' };
const NOTHING: Found = { holds: false, paths: [], assumed: null };

/** Which of the paths have changed. What is not known may have. @throws RuleError */
export async function findChanges(
  { paths: globs, regexp, compare_to }: ChangesClause,
  expand: Expand,
  view: RepositoryView,
): Promise<Found> {
  const expanded = [...new Set(globs.map(expand))];
  const since = compare_to === null ? null : expand(compare_to);
  const expression = regexp === null ? null : expand(regexp);
  return await view.once(['changes', expanded, expression, since], async () => {
    const paths = await view.changedPaths(since);
    if (paths === null) return ASSUMED_UNKNOWN;
    if (expression === null) return findByGlobs(expanded, paths);
    return findByRegexp(expression, paths, 'rules:changes', view);
  });
}

/** Which of the files are there. @throws RuleError */
export async function findExisting(
  { paths: globs, regexp, project, ref }: ExistsClause,
  expand: Expand,
  view: RepositoryView,
): Promise<Found> {
  if (globs.length === 0 && regexp === null) return NOTHING;
  const place: FilePlace = { project: project && expand(project), ref: ref && expand(ref) };
  const expanded = globs.map(expand);
  const expression = regexp === null ? null : expand(regexp);
  return await view.once(['exists', expanded, expression, place], async () => {
    if (expression !== null) {
      const all = await view.files(place, true);
      return all === null ? ASSUMED_UNKNOWN : findByRegexp(expression, all, 'rules:exists', view);
    }
    const paths = await view.files(place, !expanded.every(isOfTopLevel));
    if (paths === null) return ASSUMED_UNKNOWN;
    const exact = expanded.flatMap((glob) => exactly(glob) ?? []);
    const found = firstOf(paths, (path) => exact.some((matches) => matches(path)));
    return found.holds ? found : findByGlobs(expanded.filter(isPattern), paths);
  });
}

function findByGlobs(globs: readonly string[], paths: readonly string[]): Found {
  if (globs.length * paths.length > MAX_PATTERN_COMPARISONS) return ASSUMED_TOO_MANY;
  return matchingGlobs(globs, paths);
}

/** Those that match a glob, however many comparisons it takes. */
export function matchingGlobs(globs: readonly string[], paths: readonly string[]): Found {
  const compiled = globs.map(compileGlob);
  return firstOf(paths, (path) => compiled.some((matches) => matches(path)));
}

function findByRegexp(
  regexp: string,
  paths: readonly string[],
  clause: string,
  { patience }: RepositoryView,
): Found {
  const fail = (what: string): never => {
    throw new RuleError(`${clause}:regexp ${what}`);
  };
  if (regexp.length > MAX_REGEXP)
    fail(`is too long (maximum is ${MAX_REGEXP} characters after variable expansion)`);
  if (paths.length > MAX_PATTERN_COMPARISONS) return ASSUMED_TOO_MANY;
  const find = compilePathRegexp(regexp) ?? fail('must be a regular expression after variable expansion');
  try {
    return foundIn(find(paths, MOST_FOUND, patience));
  } catch (error) {
    if (error instanceof PathRegexpTimeout) return fail(error.message);
    throw error;
  }
}

function firstOf(paths: readonly string[], matches: (path: string) => boolean): Found {
  return foundIn(firstMatching(paths, MOST_FOUND, matches));
}

const foundIn = (paths: readonly string[]): Found =>
  paths.length === 0 ? NOTHING : { holds: true, paths, assumed: null };

/**
 * A glob that needs no pattern, so that it counts as no comparison: a path, a folder (`docs/`), and an extension.
 * Null for others.
 */
function exactly(glob: string): ((path: string) => boolean) | null {
  const suffix = suffixOf(glob);
  if (suffix !== null) return (path) => path.endsWith(suffix);
  if (!isExact(glob)) return null;
  return glob.endsWith('/') ? (path) => path.startsWith(glob) : (path) => path === glob;
}

const isExact = (glob: string) => !/[*?[{]/.test(glob);
const isPattern = (glob: string) => !isExact(glob) && suffixOf(glob) === null;
const isOfTopLevel = (glob: string) => !glob.includes('/') && !glob.includes('**');

/** The extension of a glob that asks for it in any folder, with its dot; null when it is something else. */
function suffixOf(glob: string): string | null {
  const rest = glob.startsWith('**/*') ? glob.slice(4) : glob;
  return rest !== glob && rest.startsWith('.') && !rest.includes('/') && isExact(rest) ? rest : null;
}
