import type { Expression } from './expression.ts';
import type {
  ArtifactsSpec,
  AutoCancel,
  CacheSpec,
  CrossDependency,
  EnvironmentSpec,
  HookSpec,
  IdTokenSpec,
  JobInputSpec,
  ImageSpec,
  PagesSpec,
  PlannedJob,
  PlannedNeed,
  ReleaseSpec,
  ReportSpec,
  RetrySpec,
  RunStep,
  ServiceSpec,
  TriggerSpec,
  When,
} from './plan.ts';
import type { Position } from './problem.ts';
import type { YamlMapping } from './yaml-node.ts';
import type { Variable } from './variable.ts';

/** The configuration once every entry is known to be well-formed: defaults inherited, names resolved nowhere. */
export interface Config {
  /** In order, `.pre` first and `.post` last. */
  stages: string[];
  variables: Variable[];
  workflow: WorkflowConfig;
  /** Hidden ones left out, in the order of their definition. */
  jobs: JobConfig[];
  /** Those of which `parallel` leaves nothing: it makes none of them, or a later job has the same name. */
  unmade: { job: JobConfig; because: 'empty_parallel' | 'same_name' }[];
}

export interface WorkflowConfig {
  name: string | null;
  /** Null when there is no `workflow:rules`: then every pipeline runs. */
  rules: RuleConfig[] | null;
  auto_cancel: Partial<AutoCancel>;
  position: Position;
}

/** Everything is null where the rule does not say. */
export interface RuleConfig {
  if: Expression | null;
  /** The same as written. */
  if_text: string | null;
  changes: ChangesClause | null;
  exists: ExistsClause | null;
  when: When | 'never' | null;
  /** Seconds. */
  start_in: number | null;
  allow_failure: boolean | null;
  interruptible: boolean | null;
  needs: NeedConfig[] | null;
  /** Of the pipeline, in `workflow:rules`. */
  auto_cancel: Partial<AutoCancel> | null;
  variables: Variable[];
  position: Position;
}

/** `only` or `except`: of what is not null, within each any item is enough. */
export interface PolicyConfig {
  refs: string[] | null;
  /** Whether a cluster has to be active. */
  kubernetes: boolean;
  variables: WrittenExpression[] | null;
  changes: string[] | null;
  /** Where each of its keys is written; that of `refs` also where they are the whole of it. */
  places: Readonly<Partial<Record<PolicyKey, Position>>>;
}

export interface WrittenExpression {
  expression: Expression;
  text: string;
}

export type PolicyKey = 'refs' | 'kubernetes' | 'variables' | 'changes';

/** Globs, or an expression of Ruby's instead; `compare_to` is a ref, commit or variable. */
export interface ChangesClause {
  paths: string[];
  regexp: string | null;
  compare_to: string | null;
}

/** The same of files that are there; of another project (full path), and there at a ref. */
export interface ExistsClause {
  paths: string[];
  regexp: string | null;
  project: string | null;
  ref: string | null;
}

/** A need of a job, or of those of its instances that have these values. */
export type NeedConfig = PlannedNeed & { parallel?: Matrix };

/** Each map stands for all combinations of its values, in the order of its keys. */
export type Matrix = ReadonlyMap<string, string[]>[];

export type Parallel = { number: number } | { matrix: Matrix };

/** A cache whose key may have to be made of files. */
export type CacheConfig = Omit<CacheSpec, 'key'> & { key: string | CacheKeyFiles };

export interface CacheKeyFiles {
  files: string[];
  /** Whether the commits that have changed the files make the key, instead of what is in them. */
  by_commit: boolean;
  prefix: string | null;
}

export interface JobConfig {
  kind: 'build' | 'bridge';
  name: string;
  position: Position;
  /** As it is after `extends` and `!reference`. */
  written: YamlMapping;
  stage: string;
  /** As written; null when the job does not say. */
  when: When | null;
  /** Seconds; null unless it is delayed. */
  start_in: number | null;
  allow_failure: boolean | null;
  allow_failure_exit_codes: number[];
  /** Null when the job does not say. */
  retry: RetrySpec | null;
  interruptible: boolean;
  /** As written. */
  resource_group: string | null;
  environment: EnvironmentSpec | null;
  coverage: string | null;
  /** Of bridges alone. */
  trigger: TriggerSpec | null;
  /** Null when there is one of it, and once it has been written out. */
  parallel: Parallel | null;
  /** Which of those it is. */
  instance: PlannedJob['instance'];
  /** Null when it has none; a job with an empty list never runs. */
  rules: RuleConfig[] | null;
  /** They decide where there are no rules; null when they are not said. */
  only: PolicyConfig | null;
  except: PolicyConfig | null;
  /** Null when it waits for stages. */
  needs: NeedConfig[] | null;
  /** Variables as written. */
  cross_dependencies: CrossDependency[];
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
  reports: ReportSpec[];
  cache: CacheConfig[];
  /** Seconds. */
  timeout: number | null;
  /** Absent where the job does not say, as in all of these. */
  upstream?: string;
  hooks?: HookSpec[];
  run?: RunStep[];
  manual_confirmation?: string;
  release?: ReleaseSpec;
  inputs?: JobInputSpec[];
  pages?: PagesSpec;
  id_tokens?: Record<string, IdTokenSpec>;
}
