import type { Clause, Decision, Explanation, ReadVariable } from '../ci/explanation.ts';
import { packText } from './pack-text.ts';

/** An explanation as it is stored and as it is sent: JSON, packed. It is made in the compiler's thread. */
export interface ExplanationDraft {
  /** For whoever may read the pipeline and the code. */
  data: string;
  /** The same with the values that the pipeline was given; null: it reads none. */
  full: string | null;
}

export function draftExplanation(explanation: Explanation): ExplanationDraft {
  return {
    data: pack(withoutValues(explanation)),
    full: readsPrivate(explanation) ? pack(explanation) : null,
  };
}

const pack = (explanation: Explanation) => packText(JSON.stringify(explanation));

/** Variables of projects and groups are for their maintainers; and who a user is does not stand in the pipeline. */
const isPrivate = ({ source, key }: ReadVariable) => source === 'given' || key.startsWith('GITLAB_USER_');

const clausesOf = ({ decided_by, passed_over }: Decision): Clause[] =>
  decided_by ? [...passed_over, decided_by] : passed_over;

const readsPrivate = ({ workflow, includes, jobs }: Explanation): boolean =>
  [workflow, ...includes, ...jobs].some((decision) =>
    clausesOf(decision).some(({ variables }) => variables.some(isPrivate)),
  );

function withoutValues(explanation: Explanation): Explanation {
  if (!readsPrivate(explanation)) return explanation;
  const { workflow, includes, jobs } = explanation;
  return {
    ...explanation,
    workflow: decisionWithoutValues(workflow),
    includes: includes.map(decisionWithoutValues),
    jobs: jobs.map(decisionWithoutValues),
  };
}

const decisionWithoutValues = <T extends Decision>(decision: T): T => ({
  ...decision,
  decided_by: decision.decided_by && clauseWithoutValues(decision.decided_by),
  passed_over: decision.passed_over.map(clauseWithoutValues),
});

const clauseWithoutValues = (clause: Clause): Clause => ({
  ...clause,
  variables: clause.variables.map((each) => (isPrivate(each) ? { ...each, value: null } : each)),
});
