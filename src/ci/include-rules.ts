import type { RuleConfig } from './config.ts';
import { INCLUDE_RULE, readRules, ruleMappings } from './entries/rules.ts';
import { Scope } from './entries/scope.ts';
import { type Origin, placeOf } from './include-file.ts';
import type { KnownVariables } from './known-variables.ts';
import { CompileError, refuse } from './problem.ts';
import { RepositoryView, RuleError } from './repository-view.ts';
import { applyRules, type Notes, type RuleTrial } from './rules.ts';
import type { YamlNode } from './yaml-node.ts';

/**
 * Whether the rules of an item of `include` let it in. Files are looked for where the including
 * file stands. The rules that were asked are added to `trials`. Stops at the first mistake.
 */
export async function letsIn(
  node: YamlNode,
  variables: KnownVariables,
  origin: Origin,
  view: RepositoryView,
  trials: Notes<RuleTrial>,
): Promise<boolean> {
  const fail = (message: string): never => refuse('include', message, node.position, 'include:rules');
  const mappings = ruleMappings(node);
  if (mappings === null)
    return fail('include:rules should be an array containing hashes and arrays of hashes');
  const scope = new Scope(['include', 'rules']);
  const rules = readRules(mappings, scope, INCLUDE_RULE).map((rule) => placed(rule, origin));
  const [first] = scope.problems;
  if (first) throw new CompileError({ ...first, code: 'include' });
  // What comes from elsewhere belongs to no commit, and is told of none.
  const seen = origin.trusted ? view : new RepositoryView(undefined);
  try {
    return (await applyRules(rules, 'always', variables, seen, trials)) !== null;
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return fail(`include:${error.message}`);
  }
}

/** The rule, looking for files at the commit of the file that it stands in unless it names another. */
function placed(rule: RuleConfig, { at }: Origin): RuleConfig {
  if (at === null || rule.exists === null || rule.exists.project !== null) return rule;
  return { ...rule, exists: { ...rule.exists, ...placeOf(at) } };
}
