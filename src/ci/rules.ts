import type { RuleConfig } from './config.ts';
import { holds, type Values } from './expression.ts';
import { findChanges, findExisting } from './file-clauses.ts';
import type { KnownVariables } from './known-variables.ts';
import type { When } from './plan.ts';
import { type Found, type RepositoryView, RuleError } from './repository-view.ts';
import { type Lookup, maskValues } from './variable.ts';

/** What a rule decides. */
export type RuleOutcome = Omit<RuleConfig, 'if' | 'if_text' | 'changes' | 'exists' | 'when' | 'position'> & {
  when: When;
};

/** How a rule fared; for the last that was asked, how far it was when it could not be decided. */
export interface RuleTrial {
  rule: RuleConfig;
  /** The clause that does not hold; null: the rule matches. */
  failed: 'if' | 'changes' | 'exists' | null;
  /** What was found by those clauses that were asked. */
  changes: Found | null;
  exists: Found | null;
}

/** Where the outcome of each question is noted. */
export interface Notes<T> {
  push: (trial: T) => unknown;
}

/**
 * What the first matching rule decides; null when it says `never`, or none matches. Every rule that was asked is
 * added to `trials`.
 * @throws RuleError when a rule cannot be decided
 */
export async function applyRules(
  rules: readonly RuleConfig[],
  defaultWhen: When,
  variables: KnownVariables,
  view: RepositoryView,
  trials: Notes<RuleTrial>,
): Promise<RuleOutcome | null> {
  const rule = await firstMatch(rules, variables, view, trials);
  if (!rule || rule.when === 'never') return null;
  return { ...rule, when: rule.when ?? defaultWhen };
}

/** The first rule whose every clause holds; a rule without any holds always. @throws RuleError */
async function firstMatch(
  rules: readonly RuleConfig[],
  variables: KnownVariables,
  view: RepositoryView,
  trials: Notes<RuleTrial>,
): Promise<RuleConfig | undefined> {
  const values = valuesOf(variables);
  const fill = (text: string) => variables.fill(text, 'keep');
  try {
    for (const rule of rules) {
      const trial: RuleTrial = { rule, failed: null, changes: null, exists: null };
      trials.push(trial);
      trial.failed = await failingClause(trial, values, fill, view);
      if (trial.failed === null) return rule;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    throw new RuleError(maskValues(error.message, variables.list()));
  }
}

/** The first clause of the rule that does not hold, null when all do; what was found is noted in the trial. */
async function failingClause(
  trial: RuleTrial,
  values: Values,
  fill: (text: string) => string,
  view: RepositoryView,
): Promise<RuleTrial['failed']> {
  const { rule } = trial;
  if (rule.if && !holds(rule.if, values)) return 'if';
  if (rule.changes) {
    trial.changes = await findChanges(rule.changes, fill, view);
    if (!trial.changes.holds) return 'changes';
  }
  if (rule.exists) {
    trial.exists = await findExisting(rule.exists, fill, view);
    if (!trial.exists.holds) return 'exists';
  }
  return null;
}

/** The values that `rules:if` sees. */
export const valuesOf = (variables: Lookup): Values => ({ get: (key) => variables.get(key)?.value });
