import type { Generated } from 'kysely';
import type { Bit, Time } from './column.ts';
import type { RetentionSettings } from './storage.ts';

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
  /** Whether job tokens of other projects count as their user here only when they are allowed. */
  ci_inbound_job_token_scope_enabled: Generated<Bit>;
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

/** A project whose jobs' tokens reach the project `source_project_id`. */
export interface JobTokenProjectLinks {
  source_project_id: number;
  target_project_id: number;
}

/** The same of all projects below a group. */
export interface JobTokenGroupLinks {
  source_project_id: number;
  target_group_id: number;
}
