import type { JobConfig, PolicyConfig } from './config.ts';
import { holds, matchesPattern } from './expression.ts';
import { compileGlob } from './fnmatch.ts';
import type { RepositoryView } from './repository-view.ts';
import { valuesByKey } from './rules.ts';
import type { Variable } from './variable.ts';

/** What `only` and `except` look at. */
export interface PolicyContext {
  predefined: ReadonlyMap<string, string>;
  variables: readonly Variable[];
  view: RepositoryView;
}

/** Whether `only` and `except` let the job in: all that `only` says has to hold, and nothing that `except` says. */
export async function policiesHold(
  { only, except }: Pick<JobConfig, 'only' | 'except'>,
  context: PolicyContext,
): Promise<boolean> {
  for (const condition of only ? conditionsOf(only, context) : []) if (!(await condition())) return false;
  for (const condition of except ? conditionsOf(except, context) : []) if (await condition()) return false;
  return true;
}

/** One for each key that is given; of each any item is enough. There is no cluster, so none is active. */
function conditionsOf(
  { refs, kubernetes, variables, changes }: PolicyConfig,
  { predefined, variables: known, view }: PolicyContext,
): (() => boolean | Promise<boolean>)[] {
  return [
    ...(refs ? [() => refs.some((ref) => refMatches(ref, predefined))] : []),
    ...(kubernetes ? [() => false] : []),
    ...(variables ? [() => variables.some((each) => holds(each, valuesByKey(known)))] : []),
    ...(changes ? [() => haveChanged(changes, view)] : []),
  ];
}

/**
 * `branches`, `tags`, a source in singular or plural, the name of the ref, or an expression that finds something in it;
 * after `@` the full path of a project.
 */
function refMatches(written: string, predefined: ReadonlyMap<string, string>): boolean {
  const [ref = '', ...rest] = written.split('@');
  const project = rest.join('@');
  if (rest.length > 0 && project !== predefined.get('CI_PROJECT_PATH')) return false;
  const isTag = predefined.has('CI_COMMIT_TAG');
  if (ref === (isTag ? 'tags' : 'branches')) return true;
  const source = (predefined.get('CI_PIPELINE_SOURCE') ?? '').replace(/_event$/, '');
  if (ref === source || ref === pluralOf(source)) return true;
  const name = predefined.get('CI_COMMIT_REF_NAME') ?? '';
  return matchesPattern(ref, name) ?? ref === name;
}

const pluralOf = (source: string) => (/(?:x|ch|ss|sh)$/.test(source) ? `${source}es` : `${source}s`);

/** Globs as written: nothing is filled in, other than in rules. */
async function haveChanged(globs: readonly string[], view: RepositoryView): Promise<boolean> {
  return await view.once(['only', globs], async () => {
    const paths = await view.changedPaths(null);
    return paths === null || globs.map(compileGlob).some((matches) => paths.some(matches));
  });
}
