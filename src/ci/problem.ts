/** Where something is written. `line` and `column` count from 1. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/**
 * The pass that found the problem, or, for the two refusals that are no mistake in the file,
 * what became of the pipeline.
 */
export type ProblemCode =
  | 'syntax'
  | 'include'
  | 'extends'
  | 'reference'
  | 'entry'
  | 'unsupported'
  | 'logic'
  | 'rules'
  | 'needs'
  | 'variables'
  | 'filtered_by_workflow'
  | 'empty';

/** What is wrong with the configuration, or doubtful. `message` is GitLab's text to the letter. */
export interface Problem extends Position {
  message: string;
  code: ProblemCode;
  /** The keys that lead to the place: `jobs:build:artifacts`; empty for the file as a whole. */
  path: string;
}
