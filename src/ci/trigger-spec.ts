/** The pipeline that a bridge creates: of another project, or of `include` as a child of its own. */
export interface TriggerSpec {
  /** Full path, variables as written; null for a child. */
  project: string | null;
  branch: string | null;
  /** Null when there is none. */
  include: TriggerInclude[] | null;
  /** Whether the bridge waits for the pipeline and ends as it does. */
  strategy: 'depend' | 'mirror' | null;
  forward: { yaml_variables: boolean; pipeline_variables: boolean };
  /** What the other project's pipeline is given; absent when nothing. */
  inputs?: Record<string, unknown>;
}

/** One configuration file of a child pipeline; exactly one of `local`, `artifact`, `file`, `remote`,
 * `template` and `component` is set. */
export interface TriggerInclude {
  local?: string;
  artifact?: string;
  /** The job whose artifact it is. */
  job?: string;
  project?: string;
  file?: string;
  ref?: string;
  remote?: string;
  /** Of the file at `remote`. */
  integrity?: string;
  template?: string;
  component?: string;
  /** What the file is given. */
  inputs?: Record<string, unknown>;
  /** Whether it is included, as written; of a file at an address how long what was fetched will do. */
  rules?: unknown[];
  cache?: boolean | string;
}
