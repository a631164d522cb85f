/** Where something is written. `line` and `column` count from 1. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** The place of something that has one, and nothing else of it. */
export const onlyPlace = ({ file, line, column }: Position): Position => ({ file, line, column });

/**
 * The pass that found the problem, or, for the three refusals that are no mistake in the file, what became of the
 * pipeline. `unread`: an include that whoever compiles could not reach; `repeated`: a key that is written twice.
 */
export type ProblemCode =
  | 'syntax'
  | 'include'
  | 'unread'
  | 'repeated'
  | 'extends'
  | 'reference'
  | 'inputs'
  | 'entry'
  | 'unsupported'
  | 'logic'
  | 'needs'
  | 'tags'
  | 'variables'
  | 'missing'
  | 'filtered_by_workflow'
  | 'empty';

/** What is wrong with the configuration, or doubtful. `message` is GitLab's text to the letter. */
export interface Problem extends Position {
  message: string;
  code: ProblemCode;
  /** The keys that lead to the place: `jobs:build:artifacts`; empty for the file as a whole. */
  path: string;
}

export function problem(code: ProblemCode, message: string, position: Position, path = ''): Problem {
  return { message, code, ...position, path };
}

/** Ends a pass that stops at its first problem. */
export class CompileError extends Error {
  readonly problem: Problem;

  constructor(found: Problem) {
    super(found.message);
    this.name = 'CompileError';
    this.problem = found;
  }
}

/** Stops the pass with one problem. */
export function refuse(code: ProblemCode, message: string, position: Position, path = ''): never {
  throw new CompileError(problem(code, message, position, path));
}
