import type { RuleConfig } from './config.ts';
import { expand, expandAll } from './expand.ts';
import { holds } from './expression.ts';
import { changesHold, existsHolds } from './file-clauses.ts';
import type { When } from './plan.ts';
import { type RepositoryView, RuleError } from './repository-view.ts';
import { maskValues, type Variable } from './variable.ts';

/** What a rule decides. */
export type RuleOutcome = Omit<RuleConfig, 'if' | 'changes' | 'exists' | 'when'> & { when: When };
/** What a rule asks. */
export type RuleClauses = Pick<RuleConfig, 'if' | 'changes' | 'exists'>;

/**
 * What the first matching rule decides; null when it says `never`, or none matches.
 * @throws RuleError when a rule cannot be decided
 */
export async function applyRules(
  rules: readonly RuleConfig[],
  defaultWhen: When,
  variables: readonly Variable[],
  view: RepositoryView,
): Promise<RuleOutcome | null> {
  const rule = await firstMatch(rules, variables, view);
  if (!rule || rule.when === 'never') return null;
  return { ...rule, when: rule.when ?? defaultWhen };
}

/** The first rule whose every clause holds; a rule without any holds always. @throws RuleError */
async function firstMatch<T extends RuleClauses>(
  rules: readonly T[],
  variables: readonly Variable[],
  view: RepositoryView,
): Promise<T | undefined> {
  const values = valuesByKey(variables);
  let expanded: readonly Variable[] | undefined;
  const fill = (text: string) => {
    expanded ??= expandAll(variables, { unknown: 'keep' }).variables ?? variables;
    return expand(text, expanded, { unknown: 'keep' });
  };
  try {
    for (const rule of rules) {
      if (rule.if && !holds(rule.if, values)) continue;
      if (rule.changes && !(await changesHold(rule.changes, fill, view))) continue;
      if (rule.exists && !(await existsHolds(rule.exists, fill, view))) continue;
      return rule;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    throw new RuleError(maskValues(error.message, variables));
  }
}

/** The values that `rules:if` sees. */
export function valuesByKey(variables: readonly Variable[]): Map<string, string> {
  return new Map(variables.map(({ key, value }) => [key, value]));
}
