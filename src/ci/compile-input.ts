import type { InputSpec } from './header.ts';
import type { CompileResult } from './plan.ts';
import type { Answer, Question } from './repository-view.ts';
import type { Ask } from './sources.ts';
import type { StoredVariable } from './stored-variable.ts';
import type { Variable } from './variable.ts';

/** All that a compilation may depend on: the same input gives the same result anywhere. */
export interface CompileInput {
  /** Path of the root file in the repository; `.gitlab-ci.yml` unless the project says otherwise. */
  file?: string;
  /** The text of a repository file at the pipeline's commit, null when there is none. Paths have no leading `/`. */
  fetchFile: (path: string) => Promise<string | null>;
  /** Told of each file that is read, by the name that places give it. */
  seen?: (file: string, text: string) => void;
  /** Answers what rules ask of repositories; without it nobody knows what has changed, and no file is there. */
  lookUp?: (question: Question) => Promise<Answer>;
  /** What else includes may want; nothing is there unless said. */
  ask?: Ask;
  /** What YAML variables override: server, project, pipeline and user variables of `predefined.ts`. */
  predefined: readonly Variable[];
  /**
   * What overrides YAML variables, lowest first: the instance's, those of groups from the outermost on, the
   * project's; in each the more specific scope later. Only protected refs are given protected ones.
   */
  stored?: readonly StoredVariable[];
  /** What overrides those too: the pipeline's own. */
  variables: readonly Variable[];
  /** What is given for the inputs that the root file declares: values that JSON can hold, by name. */
  inputs?: Readonly<Record<string, unknown>>;
  /** Whether values of variables that are not for all stand in the inputs or the root file. */
  given_holds_values?: boolean;
  /** The outcomes of which a pipeline will keep what it was made of; of the others that is not written down. */
  kept_of?: readonly CompileResult['outcome'][];
  /** Told of these; answers those that count. */
  declared?: (inputs: InputSpec[]) => InputSpec[];
  limits?: Partial<CompileLimits>;
}

export interface CompileLimits {
  /** Bytes of one file, and of its values with aliases written out. */
  max_yaml_size_bytes: number;
  /** Nested collections in one file. */
  max_yaml_depth: number;
  /** Files included, counting one that is included twice as two. */
  ci_max_includes: number;
  /** Bytes of all files together. */
  ci_max_total_yaml_size_bytes: number;
  /** Needs of one job. */
  ci_needs_size_limit: number;
  /** Jobs of one pipeline, those of `parallel` each. */
  ci_pipeline_size: number;
}
