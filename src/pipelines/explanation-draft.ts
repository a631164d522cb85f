import type { Clause, Decision, Explanation, ReadVariable } from '../ci/explanation.ts';
import type { ConfigurationDraft } from './configuration-draft.ts';
import { packText } from './pack-text.ts';

/** An explanation as it is stored and as it is sent: JSON, packed. It is made in the compiler's thread. */
export interface ExplanationDraft {
  /** For whoever may read the pipeline and the code. */
  data: string;
  /** The same with the values that are not for all; null: it tells none. */
  full: string | null;
}

/** `holds_values`: such values may stand in whatever is written. */
export function draftExplanation(
  explanation: Explanation,
  { holds_values }: Pick<ConfigurationDraft, 'holds_values'>,
): ExplanationDraft {
  const shown = holds_values ? bareClause : clauseWithoutValues;
  const tells = clausesOf(explanation).some((clause) => holds_values || clause.variables.some(isPrivate));
  return {
    data: pack(tells ? withClauses(explanation, shown) : explanation),
    full: tells ? pack(explanation) : null,
  };
}

const pack = (explanation: Explanation) => packText(JSON.stringify(explanation));

/** Variables of projects and groups are for their maintainers; and who a user is does not stand in the pipeline. */
const isPrivate = ({ source, key }: ReadVariable) => source === 'given' || key.startsWith('GITLAB_USER_');

const clausesOf = ({ workflow, includes, jobs }: Explanation): Clause[] =>
  [workflow, ...includes, ...jobs].flatMap(({ decided_by, passed_over }) =>
    decided_by ? [...passed_over, decided_by] : passed_over,
  );

function withClauses(explanation: Explanation, shown: (clause: Clause) => Clause): Explanation {
  const { workflow, includes, jobs } = explanation;
  const decision = <T extends Decision>(each: T): T => ({
    ...each,
    decided_by: each.decided_by && shown(each.decided_by),
    passed_over: each.passed_over.map(shown),
  });
  return {
    ...explanation,
    workflow: decision(workflow),
    includes: includes.map(decision),
    jobs: jobs.map(decision),
  };
}

const clauseWithoutValues = (clause: Clause): Clause => ({
  ...clause,
  variables: clause.variables.map((each) => (isPrivate(each) ? { ...each, value: null } : each)),
});

/** With the values of predefined variables alone: an expression, and a value that the configuration gives, may hold others. */
const bareClause = (clause: Clause): Clause => ({
  ...clause,
  expression: null,
  variables: clause.variables.map((each) =>
    each.source === 'predefined' && !isPrivate(each) ? each : { ...each, value: null },
  ),
});
