import type { Position, Problem } from './problem.ts';
import type { TriggerSpec } from './trigger-spec.ts';
import type { Variable } from './variable.ts';

export type { CompileInput, CompileLimits } from './compile-input.ts';
export type { Position, Problem } from './problem.ts';
export type { TriggerInclude, TriggerSpec } from './trigger-spec.ts';
export type { Variable } from './variable.ts';

/**
 * - `plan`: the pipeline can be created.
 * - `missing`: there is no such file; a push leaves no trace of it, an API call answers the message.
 * - `invalid`: the configuration has mistakes; the pipeline is created failed, `yaml_errors` says why.
 * - `filtered_by_workflow`, `empty`: no pipeline either, in the same way.
 */
export type CompileResult =
  | { outcome: 'plan'; plan: Plan; problems: []; warnings: Problem[] }
  | {
      outcome: 'invalid' | 'missing' | 'filtered_by_workflow' | 'empty';
      plan: null;
      problems: [Problem, ...Problem[]];
      warnings: Problem[];
    };

/** A pipeline that can be created. */
export interface Plan {
  /** `workflow:name` with its variables filled in; null when there is none. */
  name: string | null;
  /** All stages in order, `.pre` first and `.post` last, also those without a job. */
  stages: string[];
  /** The root's variables under those of the matching workflow rule. */
  variables: Variable[];
  /** `workflow:auto_cancel` with its defaults, or that of the matching rule. */
  auto_cancel: AutoCancel;
  /** The jobs that the rules let through, in the order of their definition. */
  jobs: PlannedJob[];
}

export interface AutoCancel {
  /** What becomes of the ref's older pipelines when this one is created. */
  on_new_commit: 'conservative' | 'interruptible' | 'none';
  /** Whether the first job that fails ends all others. */
  on_job_failure: 'none' | 'all';
}

export type When = 'on_success' | 'on_failure' | 'always' | 'manual' | 'delayed';

export interface PlannedJob {
  /** A bridge has a `trigger` instead of steps: it creates a pipeline downstream. */
  kind: 'build' | 'bridge';
  name: string;
  stage: string;
  /** Index in the plan's stages. */
  stage_idx: number;
  when: When;
  /** Seconds that a delayed job waits once its turn has come; null for others. */
  start_in: number | null;
  allow_failure: boolean;
  /** The exit codes with which it may fail; empty: `allow_failure` alone decides. */
  allow_failure_exit_codes: number[];
  retry: RetrySpec;
  /** May be canceled for a newer pipeline while it runs. */
  interruptible: boolean;
  /** Variables filled in; null when it holds none. */
  resource_group: string | null;
  environment: EnvironmentSpec | null;
  /** An RE2 expression without its slashes; the last match in the log holds the number. */
  coverage: string | null;
  /** Which of how many a job of `parallel` is, from 1; null for others. */
  instance: { index: number; total: number } | null;
  trigger: TriggerSpec | null;
  /** `dag`: starts when its needs have ended; `stage`: when all earlier stages have. */
  scheduling_type: 'stage' | 'dag';
  /** Names of jobs of this plan, except optional needs, whose job the rules may have dropped. */
  needs: PlannedNeed[];
  /** Artifacts that it fetches from other pipelines, and does not wait for. */
  cross_dependencies?: CrossDependency[];
  /** The jobs whose artifacts it fetches, null when not said: then all of earlier stages, or its needs. */
  dependencies: string[] | null;
  /** Variables filled in where their value was known. */
  tag_list: string[];
  /** Root, workflow, job and rule variables, in this order of precedence, values as written. */
  variables: Variable[];
  /** As the runner takes them, without the timeout: `script` (with before_script), then `after_script`. */
  steps: PlannedStep[];
  image: ImageSpec | null;
  services: ServiceSpec[];
  artifacts: ArtifactsSpec | null;
  /** `artifacts:reports`, an entry for each type. */
  reports: ReportSpec[];
  cache: CacheSpec[];
  /** Seconds; null for the project's. */
  timeout: number | null;
  /** Of a bridge without `trigger`: the full path of the project whose latest pipeline it mirrors. */
  upstream?: string;
  /** What the runner runs around what it does itself. */
  hooks?: HookSpec[];
  /** Steps that the runner runs instead of `steps`, as they are written. */
  run?: RunStep[];
  /** Signed tokens that the job is given, by the name of their variable. */
  id_tokens?: Record<string, IdTokenSpec>;
  /** What is said of a tag once the script has succeeded; there is a step for it in `steps`. */
  release?: ReleaseSpec;
  /** The site that it makes: its folder is among the paths of `artifacts`. */
  pages?: PagesSpec;
  /** What the runner puts in the place of `${{ job.inputs.NAME }}`. */
  inputs?: JobInputSpec[];
  /** What whoever plays the job is asked first. */
  manual_confirmation?: string;
  /** Where the job is written. */
  position: Position;
}

export interface PlannedNeed {
  name: string;
  artifacts: boolean;
  optional: boolean;
}

export interface PlannedStep {
  name: 'script' | 'release' | 'after_script';
  script: string[];
  when: 'on_success' | 'always';
  allow_failure: boolean;
}

export interface HookSpec {
  name: 'pre_get_sources_script';
  script: string[];
}

/** `aud`: for whom the token is; variables are filled in when the job is handed out. */
export interface IdTokenSpec {
  aud: string | string[];
}

/** Texts as written: the shell fills in variables. */
export interface ReleaseSpec {
  tag_name: string;
  /** A text, or the path of a file that the job leaves. */
  description: string;
  tag_message?: string;
  name?: string;
  /** Where the tag is made, should there be none; the job's commit unless said. */
  ref?: string;
  /** ISO 8601. */
  released_at?: string;
  milestones?: string[];
  links?: Record<string, unknown>[];
}

/** `publish`: the folder that is shown, variables filled in; `expire_in`: for how long, null as long as it is there. */
export interface PagesSpec {
  publish: string;
  expire_in: string | null;
}

export interface JobInputSpec {
  key: string;
  type: 'array' | 'boolean' | 'number' | 'string';
  /** Its default, of that type. */
  value: unknown;
}

/** A step of `run`: a script, or a function that is to be found elsewhere. */
export type RunStep = Record<string, unknown>;

export interface ImageSpec {
  name: string;
  entrypoint: string[] | null;
  pull_policy: PullPolicy[] | null;
  executor_opts: {
    docker?: { platform?: string; user?: string };
    kubernetes?: { user?: string };
  };
}

export type PullPolicy = 'always' | 'never' | 'if-not-present';

export interface ServiceSpec extends ImageSpec {
  /** One or several names, separated by spaces or commas. */
  alias: string | null;
  command: string[] | null;
  /** Only for this service. */
  variables: Variable[];
}

/** The archive a job leaves. Fields that were not written are absent, as the runner has its own defaults. */
export interface ArtifactsSpec {
  name?: string;
  untracked?: boolean;
  paths?: string[];
  exclude?: string[];
  when?: 'on_success' | 'on_failure' | 'always';
  /** A duration as written; or `never`; `expirySeconds` of `duration.ts` reads it. */
  expire_in?: string;
  /** Who may download; `public: false` is `developer`. */
  access?: 'all' | 'developer' | 'maintainer' | 'none';
  expose_as?: string;
}

/**
 * A job of another pipeline: of a parent (`pipeline` is its id) or of the last successful one of another project's ref.
 * In a plan the variables are filled in.
 */
export interface CrossDependency {
  pipeline: string | null;
  project: string | null;
  ref: string | null;
  job: string;
  artifacts: boolean;
}

/** One report that a job leaves, see the types of the runner protocol. */
export interface ReportSpec {
  /** For `coverage_report` its format: cobertura or jacoco. */
  artifact_type: string;
  paths: string[];
}

/** One of up to four caches, every field filled in. */
export interface CacheSpec {
  /** As written, or made of `files` and `prefix`; variables are the runner's to fill in. */
  key: string;
  paths: string[];
  untracked: boolean;
  policy: string;
  when: 'on_success' | 'on_failure' | 'always';
  fallback_keys: string[];
  /** Whether protected refs share it with others. */
  unprotect: boolean;
}

/** How often and after what a job is run again by itself. */
export interface RetrySpec {
  /** 0 to 2. */
  max: number;
  /** Failure reasons; `always` is any. */
  when: string[];
  /** Any of these is enough, besides `when`. */
  exit_codes: number[];
}

/** Where a job deploys to. Texts as written: variables are filled in when the job is created or ends. */
export interface EnvironmentSpec {
  name: string;
  url: string | null;
  action: 'start' | 'prepare' | 'stop' | 'verify' | 'access';
  /** The job that stops it. */
  on_stop: string | null;
  /** A duration as written, or with variables. */
  auto_stop_in: string | null;
  deployment_tier: string | null;
}
