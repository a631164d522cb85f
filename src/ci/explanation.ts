import type { PolicyKey } from './config.ts';
import { onlyPlace, type Position, type Problem } from './problem.ts';

/**
 * Why a pipeline has the jobs that it has. It is made as the pipeline is, out of what its rules were asked and found; values
 * of masked variables are not in it.
 */
export interface Explanation {
  /** Whether there is a pipeline. */
  valid: boolean;
  errors: Place[];
  warnings: Place[];
  workflow: Decision;
  /** The items of `include` that have rules, in the order in which they were met. */
  includes: IncludeDecision[];
  /** Every job that the configuration has, in the order of their definition; none when it could not be read. */
  jobs: JobDecision[];
  /** Whether more was asked than is told: there are bounds. */
  abridged: boolean;
}

export type Place = Position & Pick<Problem, 'message'>;

/**
 * - `rule`: it matched, and lets in; `never`: it matched, and says so.
 * - `no_rule_matched`, `no_rules`: there are some, none of which matched; there is nothing to ask.
 * - `only_except`: both let it in; `only`, `except`: this leaves it out.
 * - `undecided`: a rule could not be decided, so there is no pipeline; `not_asked`: it was refused before.
 * - `skipped`: whoever pushed wanted no jobs, so the configuration was not read.
 * - `workflow`: the pipeline as a whole is left out.
 * - `empty_parallel`: `parallel` makes none of it; `same_name`: another job made by `parallel` is called so, and stays.
 */
export type Reason =
  | 'rule'
  | 'never'
  | 'no_rule_matched'
  | 'no_rules'
  | 'only_except'
  | 'only'
  | 'except'
  | 'undecided'
  | 'not_asked'
  | 'skipped'
  | 'workflow'
  | 'empty_parallel'
  | 'same_name';

export interface Decision {
  included: boolean;
  reason: Reason;
  /** The same in a sentence. */
  message: string;
  /** What decided; null when nothing was asked, or nothing of it matched. */
  decided_by: Clause | null;
  /** What was asked before, and did not decide. */
  passed_over: Clause[];
}

export interface IncludeDecision extends Decision, Position {
  /** As it is written there, without its rules and inputs. */
  location: string;
}

export interface JobDecision extends Decision, Position {
  name: string;
  stage: string;
  /** Null when it is left out. */
  when: string | null;
  /** Optional needs whose jobs are not in the pipeline. */
  dropped_needs: string[];
}

/** A rule, or a key of `only` or `except`, and how it fared. */
export interface Clause extends Position {
  keyword: 'rules' | 'only' | 'except';
  /** Of rules: which one, from 1. */
  number: number | null;
  /** Of `only` and `except`. */
  key: PolicyKey | null;
  holds: boolean;
  /** Of a rule that does not hold: its first clause that does not. */
  failed: 'if' | 'changes' | 'exists' | null;
  /** As written; several are joined by ` || `. */
  expression: string | null;
  /** What the expression reads. */
  variables: ReadVariable[];
  /** Of the paths that match the first ten; null where they were not asked. */
  changes: FoundPaths | null;
  exists: FoundPaths | null;
}

export interface ReadVariable {
  key: string;
  /** Null when it is not defined, and where it is not to be seen. Of long ones the beginning. */
  value: string | null;
  defined: boolean;
  masked: boolean;
  /** `given`: by the project, its groups, the server, or whoever wanted the pipeline; null when it is not defined. */
  source: 'predefined' | 'configuration' | 'given' | null;
}

export interface FoundPaths {
  paths: readonly string[];
  /** Why it holds without a path: what has changed is not known; or there are too many. */
  assumed: 'unknown' | 'too_many' | null;
}

/** Of a configuration that was given up before anything could be asked. */
export function refused(problem: Problem): Explanation {
  return {
    valid: false,
    errors: [asPlace(problem)],
    warnings: [],
    workflow: NOT_ASKED,
    includes: [],
    jobs: [],
    abridged: false,
  };
}

/** Of a pipeline that is there, without jobs, since somebody wanted it so. */
export function skipped(message: string): Explanation {
  return {
    valid: true,
    errors: [],
    warnings: [],
    workflow: { ...NOT_ASKED, reason: 'skipped', message },
    includes: [],
    jobs: [],
    abridged: false,
  };
}

/** Of a pipeline that nothing was asked for. */
export const NOT_ASKED: Decision = {
  included: false,
  reason: 'not_asked',
  message: 'the configuration was refused before',
  decided_by: null,
  passed_over: [],
};

export const asPlace = (found: Problem): Place => ({ message: found.message, ...onlyPlace(found) });
