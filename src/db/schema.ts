import type { Generated } from 'kysely';
import type {
  PipelineOrigin,
  PipelineSchedules,
  PipelineScheduleVariables,
  JobMessages,
  PipelineTriggers,
} from './rows/downstream.ts';
import type { ProjectStatistics, RetentionSettings, StorageChanges } from './rows/storage.ts';
import type { JobDotenvVariables, UnitTestRuns, UnitTests } from './rows/reports.ts';
import type { Deployments, Environments, ResourceGroups } from './rows/environments.ts';

/**
 * The rows as both databases store them: ids and times are integers (times in milliseconds since
 * 1970), booleans are 0 | 1, JSON is text. A column has the name that the API gives the field.
 */
export type Bit = 0 | 1;
/** Milliseconds since 1970-01-01 UTC. */
export type Time = number;
/** JSON, serialised. The word behind it says of what. */
export type Json = string;

export interface Tables {
  instance: Instance;
  users: Users;
  personal_access_tokens: PersonalAccessTokens;
  namespaces: Namespaces;
  members: Members;
  projects: Projects;
  protected_branches: ProtectedBranches;
  protected_tags: ProtectedTags;
  pushes: Pushes;
  commits: Commits;
  pipelines: Pipelines;
  pipeline_variables: PipelineVariables;
  job_messages: JobMessages;
  pipeline_triggers: PipelineTriggers;
  pipeline_schedules: PipelineSchedules;
  pipeline_schedule_variables: PipelineScheduleVariables;
  jobs: Jobs;
  job_specs: JobSpecs;
  job_needs: JobNeeds;
  job_queue: JobQueue;
  queued_projects: QueuedProjects;
  job_variables: JobVariables;
  runners: Runners;
  runner_projects: RunnerProjects;
  runner_namespaces: RunnerNamespaces;
  runner_managers: RunnerManagers;
  job_traces: JobTraces;
  job_artifacts: JobArtifacts;
  project_statistics: ProjectStatistics;
  storage_changes: StorageChanges;
  job_dotenv_variables: JobDotenvVariables;
  unit_tests: UnitTests;
  unit_test_runs: UnitTestRuns;
  resource_groups: ResourceGroups;
  environments: Environments;
  deployments: Deployments;
  work: Work;
}

/** What there is one of: registration token digest, migration notes. `key` is unique. */
export interface Instance {
  key: string;
  value: string;
}

export interface Users {
  id: Generated<number>;
  /** Unique whatever the case. */
  username: string;
  email: string;
  name: string;
  /** active | blocked | deactivated */
  state: Generated<string>;
  admin: Generated<Bit>;
  bot: Generated<Bit>;
  password_digest: string | null;
  public_email: Generated<string>;
  /** The profile's free fields: bio, location, linkedin, website_url, organization, job_title, pronouns… */
  profile: Generated<Json>;
  created_at: Time;
  updated_at: Time;
}

export interface PersonalAccessTokens {
  id: Generated<number>;
  user_id: number;
  name: string;
  description: string | null;
  token_digest: string;
  /** JSON list of scopes. */
  scopes: Json;
  /** `YYYY-MM-DD`; the token ends when that day begins, UTC. */
  expires_at: string | null;
  revoked: Generated<Bit>;
  /** Tokens that replaced one another: using a rotated one revokes its whole family. */
  family_id: number | null;
  created_at: Time;
  last_used_at: Time | null;
}

/** A group (`kind` group) or a person's own namespace (`kind` user). */
export interface Namespaces {
  id: Generated<number>;
  kind: 'group' | 'user';
  name: string;
  path: string;
  /** Unique whatever the case, over namespaces and projects together. */
  full_path: string;
  full_name: string;
  parent_id: number | null;
  /** The user, when `kind` is user. */
  owner_id: number | null;
  description: Generated<string>;
  visibility: string;
  /** Seconds that the tokens live of the group's runners, of those of groups below it, of its projects'. */
  runner_token_expiration_interval: Generated<number | null>;
  subgroup_runner_token_expiration_interval: Generated<number | null>;
  project_runner_token_expiration_interval: Generated<number | null>;
  /** Bytes that the artifacts and logs of all projects below may have; null: any. */
  storage_limit: Generated<number | null>;
  /** Set while the group is being deleted: it goes with the last of its projects. */
  deleted_at: Generated<Time | null>;
  created_at: Time;
  updated_at: Time;
}

export interface Members {
  id: Generated<number>;
  /** Exactly one of the two is set. */
  namespace_id: number | null;
  project_id: number | null;
  user_id: number;
  /** 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner. */
  access_level: number;
  /** `YYYY-MM-DD` */
  expires_at: string | null;
  created_by_id: number | null;
  created_at: Time;
}

export interface Projects extends RetentionSettings {
  id: Generated<number>;
  namespace_id: number;
  creator_id: number | null;
  name: string;
  path: string;
  path_with_namespace: string;
  name_with_namespace: string;
  description: string | null;
  /** private | internal | public */
  visibility: string;
  public_jobs: Generated<Bit>;
  /** disabled | private | enabled: who may see CI at all. */
  builds_access_level: Generated<string>;
  default_branch: string | null;
  ci_config_path: string | null;
  ci_default_git_depth: Generated<number>;
  build_git_strategy: Generated<string>;
  /** Seconds. */
  build_timeout: Generated<number>;
  keep_latest_artifact: Generated<Bit>;
  auto_cancel_pending_pipelines: Generated<string>;
  ci_job_token_scope_enabled: Generated<Bit>;
  shared_runners_enabled: Generated<Bit>;
  /** Seconds that the tokens of the project's runners live. */
  runner_token_expiration_interval: Generated<number | null>;
  /** Bytes that its artifacts and logs may have; null: any. */
  storage_limit: Generated<number | null>;
  archived: Generated<Bit>;
  /** Of its pipelines, unless they have their own; the highest is handed out first. */
  priority: Generated<number>;
  /** The last `iid` given to a pipeline of this project. */
  last_pipeline_iid: Generated<number>;
  /** The same for deployments. */
  last_deployment_iid: Generated<number>;
  /** Whether a deployment job that a newer deployment has overtaken fails instead of running. */
  ci_forward_deployment_enabled: Generated<Bit>;
  /** Whether such a job may be retried nevertheless once it has ended. */
  ci_forward_deployment_rollback_allowed: Generated<Bit>;
  /** Set while the project is being deleted. */
  deleted_at: Time | null;
  created_at: Time;
  updated_at: Time;
  last_activity_at: Time;
}

export interface ProtectedBranches {
  id: Generated<number>;
  project_id: number;
  /** A branch or a pattern with `*`. */
  name: string;
  push_access_level: number;
  merge_access_level: number;
  allow_force_push: Generated<Bit>;
}

export interface ProtectedTags {
  id: Generated<number>;
  project_id: number;
  name: string;
  create_access_level: number;
}

/** A push whose reference commands are known; `state` open until its pipelines are committed. */
export interface Pushes {
  id: Generated<number>;
  project_id: number;
  user_id: number;
  /** JSON list of `{old, new, ref}`. */
  commands: Json;
  /** JSON list of push options. */
  push_options: Json;
  /** open | done */
  state: string;
  created_at: Time;
  /** How often its pipelines could not be made, and when that is tried again. */
  attempts: Generated<number>;
  retry_at: Generated<Time | null>;
}

/** What a list page shows of a commit, so that it needs no git. */
export interface Commits {
  project_id: number;
  sha: string;
  /** The Commit object of the API without web_url. */
  data: Json;
}

export interface Pipelines extends PipelineOrigin {
  id: Generated<number>;
  iid: number;
  project_id: number;
  user_id: number | null;
  push_id: number | null;
  sha: string;
  before_sha: string;
  ref: string;
  tag: Bit;
  source: string;
  status: string;
  name: string | null;
  yaml_errors: string | null;
  failure_reason: string | null;
  protected: Bit;
  /** JSON list: the stages in order. */
  stages: Json;
  /** Of its jobs in the queue: the highest is handed out first. */
  priority: Generated<number>;
  created_at: Time;
  updated_at: Time;
  started_at: Time | null;
  finished_at: Time | null;
  committed_at: Time | null;
  /** Seconds. */
  duration: number | null;
  queued_duration: number | null;
  /** conservative | interruptible | none: what a newer pipeline of the ref does to this one. */
  auto_cancel_on_new_commit: Generated<string>;
  /** none | all */
  auto_cancel_on_job_failure: Generated<string>;
  /** The newer pipeline for which it was canceled. */
  auto_canceled_by_id: Generated<number | null>;
}

export interface PipelineVariables {
  id: Generated<number>;
  pipeline_id: number;
  key: string;
  /** Encrypted. */
  value: string;
  variable_type: string;
  raw: Bit;
}

/** Builds, bridges and external statuses: one table, one sequence of ids. */
export interface Jobs {
  id: Generated<number>;
  kind: 'build' | 'bridge' | 'external';
  project_id: number;
  pipeline_id: number;
  user_id: number | null;
  runner_id: number | null;
  runner_manager_id: number | null;
  name: string;
  stage: string;
  stage_idx: number;
  status: string;
  ref: string;
  tag: Bit;
  sha: string;
  protected: Bit;
  allow_failure: Bit;
  /** on_success | on_failure | always | manual | delayed */
  when: string;
  /** stage | dag */
  scheduling_type: string;
  retried: Generated<Bit>;
  failure_reason: string | null;
  exit_code: number | null;
  coverage: number | null;
  /** JSON list, sorted. */
  tag_list: Json;
  /** Seconds: the least of project, job and runner. Set when a runner takes the job. */
  timeout: number | null;
  /** Digest of the job token while it is valid. */
  token_digest: string | null;
  /** A runner that acknowledges has until then to say running; null once it did. */
  acknowledge_until: Time | null;
  /** Where the runner takes a terminal while it runs the job: JSON `{url, certificate, authorization}`, encrypted. */
  runner_session: Generated<string | null>;
  debug_trace: Generated<Bit>;
  created_at: Time;
  updated_at: Time;
  queued_at: Time | null;
  started_at: Time | null;
  finished_at: Time | null;
  erased_at: Time | null;
  erased_by_id: number | null;
  artifacts_expire_at: Time | null;
  /** When a delayed job is due; set while it is scheduled. */
  scheduled_at: Generated<Time | null>;
  interruptible: Generated<Bit>;
  /** How many jobs it has replaced. */
  retries_count: Generated<number>;
  resource_group_id: Generated<number | null>;
  environment_id: Generated<number | null>;
}

/** What only the runner needs, read once at hand-out. */
export interface JobSpecs {
  job_id: number;
  /** JSON: the compiler's job. */
  spec: Json;
}

export interface JobNeeds {
  job_id: number;
  name: string;
  artifacts: Bit;
  optional: Bit;
}

/** Pending jobs, with what matching needs and nothing else. */
export interface JobQueue {
  job_id: number;
  pipeline_id: number;
  project_id: number;
  /** JSON list, sorted: equal lists are equal texts. */
  tag_list: Json;
  protected: Bit;
  /** Its pipeline's. */
  priority: Generated<number>;
  since: Time;
}

/**
 * A project that has (or had a moment ago) jobs of these tags, protection and priority in the queue. Those of
 * the highest priority come first; among them the projects take turns: the least `turn` is next, and whoever
 * was served stands behind all others.
 */
export interface QueuedProjects {
  project_id: number;
  namespace_id: number;
  shared_runners_enabled: Bit;
  tag_list: Json;
  protected: Bit;
  priority: number;
  turn: number;
}

/** Variables given when a manual job is played. */
export interface JobVariables {
  id: Generated<number>;
  job_id: number;
  key: string;
  /** Encrypted. */
  value: string;
}

export interface Runners {
  id: Generated<number>;
  runner_type: 'instance_type' | 'group_type' | 'project_type';
  token_digest: string;
  token_expires_at: Time | null;
  /** The token before, good until the new one is used for the first time. */
  previous_token_digest: Generated<string | null>;
  previous_token_expires_at: Generated<Time | null>;
  name: string | null;
  description: string | null;
  maintenance_note: string | null;
  active: Generated<Bit>;
  locked: Generated<Bit>;
  run_untagged: Generated<Bit>;
  /** not_protected | ref_protected */
  access_level: Generated<string>;
  maximum_timeout: number | null;
  tag_list: Generated<Json>;
  /** The server's own runner. */
  built_in: Generated<Bit>;
  creator_id: number | null;
  contacted_at: Time | null;
  created_at: Time;
  updated_at: Time;
}

export interface RunnerProjects {
  runner_id: number;
  project_id: number;
}

export interface RunnerNamespaces {
  runner_id: number;
  namespace_id: number;
}

export interface RunnerManagers {
  id: Generated<number>;
  runner_id: number;
  system_id: string;
  version: string | null;
  revision: string | null;
  platform: string | null;
  architecture: string | null;
  executor: string | null;
  ip_address: string | null;
  /** JSON object of booleans. */
  features: Generated<Json>;
  /** JSON object: `gpus`, as the machine's configuration says. */
  config: Generated<Json>;
  /** JSON object of texts. */
  labels: Generated<Json>;
  contacted_at: Time;
  created_at: Time;
}

/**
 * A row exists from the moment a runner takes the job until erase; the bytes are a file or a blob. A job
 * cannot be deleted before its rows here and in job_artifacts are: else their bytes would stay for ever.
 */
export interface JobTraces {
  job_id: number;
  project_id: number;
  /** live: the file below traces/; sealed: `blob_key`. */
  state: 'live' | 'sealed';
  blob_key: string | null;
  /** Bytes. Known once sealed. */
  size: number | null;
  sha256: string | null;
  /** Lines, and the blob that says where they begin: none where that is soon looked up. Known once sealed. */
  lines: Generated<number | null>;
  index_key: Generated<string | null>;
}

export interface JobArtifacts {
  id: Generated<number>;
  project_id: number;
  pipeline_id: number;
  job_id: number;
  file_type: string;
  file_format: string;
  filename: string;
  /** Bytes. */
  size: number;
  sha256: string;
  blob_key: string;
  /** The zip's directory as a blob of its own, for single files; null when not a zip. */
  index_key: string | null;
  /** public | private | none | maintainer: who may download. */
  accessibility: Generated<string>;
  /** The full ref whose latest successful pipeline made it: kept past `expire_at`. Null: not locked. */
  locked_ref: string | null;
  expire_at: Time | null;
  created_at: Time;
  /** JSON: what a report comes to, as far as it is read by the server; null until it is. */
  report: Generated<Json | null>;
  /** What a report holds, as a blob of its own: a line each of its test cases, or files with coverage. */
  report_key: Generated<string | null>;
  /** Tests of the report that the history has. */
  unit_tests_recorded: Generated<number>;
}

/** Durable work: what is due later or must survive a crash. */
export interface Work {
  id: Generated<number>;
  kind: string;
  /** Unique with `kind`: adding the same again is one work. */
  key: string;
  payload: Json;
  due_at: Time;
  /** While someone is at it; may be taken over when past. */
  lease_until: Time | null;
  /** Counts additions and leases: whoever finishes knows by it whether the work is still what he took. */
  revision: Generated<number>;
  /** Leases since it was added last. */
  attempts: Generated<number>;
  last_error: string | null;
}
