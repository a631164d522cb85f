import type { JobConfig, PolicyConfig, PolicyKey } from './config.ts';
import { holds as isTrue, matchesPattern } from './expression.ts';
import { ASSUMED_UNKNOWN, matchingGlobs } from './file-clauses.ts';
import { isOfMergeRequest } from './predefined.ts';
import type { Found, RepositoryView } from './repository-view.ts';
import { type Notes, valuesOf } from './rules.ts';
import type { Lookup } from './variable.ts';

/** What `only` and `except` look at. */
export interface PolicyContext {
  predefined: ReadonlyMap<string, string>;
  variables: Lookup;
  view: RepositoryView;
}

/** How a key of `only` or `except` fared. */
export interface PolicyTrial {
  keyword: 'only' | 'except';
  key: PolicyKey;
  policy: PolicyConfig;
  holds: boolean;
  changes: Found | null;
}

/**
 * Whether `only` and `except` let the job in: all that `only` says has to hold, and nothing that `except` says. Every
 * key that was asked is added to `trials`: of a job that is left out the last one decided.
 */
export async function policiesHold(
  { only, except }: Pick<JobConfig, 'only' | 'except'>,
  context: PolicyContext,
  trials: Notes<PolicyTrial>,
): Promise<boolean> {
  for (const [keyword, policy] of [
    ['only', only],
    ['except', except],
  ] as const) {
    if (!policy) continue;
    for (const key of ['refs', 'kubernetes', 'variables', 'changes'] as const) {
      const found = await ask(key, policy, context);
      if (found === null) continue;
      const [holds, changes] = typeof found === 'boolean' ? [found, null] : [found.holds, found];
      trials.push({ keyword, key, policy, holds, changes });
      if (holds === (keyword === 'except')) return false;
    }
  }
  return true;
}

/** Of each key any item is enough; null when it is not said. There is no cluster, so none is active. */
function ask(
  key: PolicyKey,
  { refs, kubernetes, variables, changes }: PolicyConfig,
  { predefined, variables: known, view }: PolicyContext,
): boolean | Promise<Found> | null {
  switch (key) {
    case 'refs':
      return refs && refs.some((ref) => refMatches(ref, predefined));
    case 'kubernetes':
      return kubernetes ? false : null;
    case 'variables': {
      const values = valuesOf(known);
      return variables && variables.some(({ expression }) => isTrue(expression, values));
    }
    case 'changes':
      return changes && findChanged(changes, view);
  }
}

/**
 * `branches`, `tags`, a source in singular or plural, the name of the ref, or an expression that finds something in it;
 * after `@` the full path of a project. The pipeline of a merge request is of no branch and no tag, so it has its source
 * alone.
 */
function refMatches(written: string, predefined: ReadonlyMap<string, string>): boolean {
  const [ref = '', ...rest] = written.split('@');
  const project = rest.join('@');
  if (rest.length > 0 && project !== predefined.get('CI_PROJECT_PATH')) return false;
  const begun_by = predefined.get('CI_PIPELINE_SOURCE') ?? '';
  const source = begun_by.replace(/_event$/, '');
  if (ref === source || ref === pluralOf(source)) return true;
  if (isOfMergeRequest(predefined)) return false;
  const isTag = predefined.has('CI_COMMIT_TAG');
  if (ref === (isTag ? 'tags' : 'branches')) return true;
  const name = predefined.get('CI_COMMIT_REF_NAME') ?? '';
  return matchesPattern(ref, name) ?? ref === name;
}

const pluralOf = (source: string) => (/(?:x|ch|ss|sh)$/.test(source) ? `${source}es` : `${source}s`);

/** Globs as written: nothing is filled in, other than in rules. */
async function findChanged(globs: readonly string[], view: RepositoryView): Promise<Found> {
  return await view.once(['only', globs], async () => {
    const paths = await view.changedPaths(null);
    return paths === null ? ASSUMED_UNKNOWN : matchingGlobs(globs, paths);
  });
}
