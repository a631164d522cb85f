import type { Expression } from './expression.ts';
import type { ArtifactsSpec, ImageSpec, PlannedNeed, ServiceSpec, When } from './plan.ts';
import type { Position } from './problem.ts';
import type { Variable } from './variable.ts';

/** The configuration once every entry is known to be well-formed: defaults inherited, names resolved nowhere. */
export interface Config {
  /** In order, `.pre` first and `.post` last. */
  stages: string[];
  variables: Variable[];
  workflow: WorkflowConfig;
  /** Hidden ones left out, in the order of their definition. */
  jobs: JobConfig[];
}

export interface WorkflowConfig {
  name: string | null;
  /** Null when there is no `workflow:rules`: then every pipeline runs. */
  rules: RuleConfig[] | null;
  position: Position;
}

export interface RuleConfig {
  if: Expression | null;
  when: When | 'never' | null;
  allow_failure: boolean | null;
  variables: Variable[];
}

export interface JobConfig {
  name: string;
  position: Position;
  stage: string;
  /** As written; null when the job does not say. */
  when: When | null;
  allow_failure: boolean | null;
  /** Null when it has none; a job with an empty list never runs. */
  rules: RuleConfig[] | null;
  /** Null when it waits for stages. */
  needs: PlannedNeed[] | null;
  dependencies: string[] | null;
  tags: string[];
  variables: Variable[];
  /** All, none, or those named of the root's variables. */
  inherit_variables: boolean | string[];
  before_script: string[];
  script: string[];
  /** Null when it has none. */
  after_script: string[] | null;
  image: ImageSpec | null;
  services: ServiceSpec[];
  artifacts: ArtifactsSpec | null;
  /** Seconds. */
  timeout: number | null;
}
