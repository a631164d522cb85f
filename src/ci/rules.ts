import type { RuleConfig } from './config.ts';
import { holds } from './expression.ts';
import type { When } from './plan.ts';
import type { Variable } from './variable.ts';

export interface RuleOutcome {
  when: When;
  /** Null when the rule does not say. */
  allow_failure: boolean | null;
  variables: Variable[];
}

/** What the first matching rule decides; null when it says `never`, or none matches. */
export function applyRules(
  rules: readonly RuleConfig[],
  defaultWhen: When,
  variables: ReadonlyMap<string, string>,
): RuleOutcome | null {
  const rule = rules.find((each) => each.if === null || holds(each.if, variables));
  if (!rule || rule.when === 'never') return null;
  return { when: rule.when ?? defaultWhen, allow_failure: rule.allow_failure, variables: rule.variables };
}
