import { RE2JS } from 're2js';
import type { ChangesClause, ExistsClause } from './config.ts';
import { compileGlob } from './fnmatch.ts';
import type { FilePlace, RepositoryView } from './repository-view.ts';

/** With more comparisons of a path and a glob than this, GitLab makes none and takes the rule to match. */
const MAX_PATTERN_COMPARISONS = 50_000;

type Expand = (text: string) => string;

/** Whether one of the paths has changed. What is not known may have. @throws RuleError */
export async function changesHold(
  { paths: globs, regexp, compare_to }: ChangesClause,
  expand: Expand,
  view: RepositoryView,
): Promise<boolean> {
  const expanded = [...new Set(globs.map(expand))];
  const since = compare_to === null ? null : expand(compare_to);
  return await view.once(['changes', expanded, regexp, since], async () => {
    const paths = await view.changedPaths(since);
    if (paths === null) return true;
    return regexp === null ? globsMatch(expanded, paths) : someMatch(regexp, paths);
  });
}

/** Whether one of the files is there. @throws RuleError */
export async function existsHolds(
  { paths: globs, regexp, project, ref }: ExistsClause,
  expand: Expand,
  view: RepositoryView,
): Promise<boolean> {
  if (globs.length === 0 && regexp === null) return false;
  const place: FilePlace = { project: project && expand(project), ref: ref && expand(ref) };
  const expanded = globs.map(expand);
  return await view.once(['exists', expanded, regexp, place], async () => {
    if (regexp !== null) {
      const all = await view.files(place, true);
      return all === null || someMatch(regexp, all);
    }
    const paths = await view.files(place, !expanded.every(isOfTopLevel));
    if (paths === null) return true;
    return (
      expanded.some((glob) => exactMatches(glob, paths)) || globsMatch(expanded.filter(isPattern), paths)
    );
  });
}

function globsMatch(globs: readonly string[], paths: readonly string[]): boolean {
  if (globs.length * paths.length > MAX_PATTERN_COMPARISONS) return true;
  return globs.map(compileGlob).some((matches) => paths.some(matches));
}

function someMatch(regexp: string, paths: readonly string[]): boolean {
  const compiled = RE2JS.compile(regexp);
  return paths.some((path) => compiled.matcher(path).find());
}

/** Globs that need no pattern, so that they count as no comparison: a path, a folder (`docs/`), and an extension. */
function exactMatches(glob: string, paths: readonly string[]): boolean {
  const suffix = suffixOf(glob);
  if (suffix !== null) return paths.some((path) => path.endsWith(suffix));
  if (!isExact(glob)) return false;
  return glob.endsWith('/') ? paths.some((path) => path.startsWith(glob)) : paths.includes(glob);
}

const isExact = (glob: string) => !/[*?[{]/.test(glob);
const isPattern = (glob: string) => !isExact(glob) && suffixOf(glob) === null;
const isOfTopLevel = (glob: string) => !glob.includes('/') && !glob.includes('**');

/** The extension of a glob that asks for it in any folder, with its dot; null when it is something else. */
function suffixOf(glob: string): string | null {
  const rest = glob.startsWith('**/*') ? glob.slice(4) : glob;
  return rest !== glob && rest.startsWith('.') && !rest.includes('/') && isExact(rest) ? rest : null;
}
