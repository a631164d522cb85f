import type { RuleConfig } from './config.ts';
import { holds } from './expression.ts';
import type { When } from './plan.ts';

/** What a rule decides. */
export type RuleOutcome = Omit<RuleConfig, 'if' | 'when'> & { when: When };

/** What the first matching rule decides; null when it says `never`, or none matches. */
export function applyRules(
  rules: readonly RuleConfig[],
  defaultWhen: When,
  variables: ReadonlyMap<string, string>,
): RuleOutcome | null {
  const rule = rules.find((each) => each.if === null || holds(each.if, variables));
  if (!rule || rule.when === 'never') return null;
  return { ...rule, when: rule.when ?? defaultWhen };
}
