import type { Generated } from 'kysely';
import type { Bit, Time, Json } from './column.ts';

/** A push whose reference commands are known; `state` open until its pipelines are committed. */
/** The pipeline that a bridge mirrors without having made it; it may be gone. */
export interface BridgeUpstreams {
  job_id: number;
  pipeline_id: number;
}

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

/** What of a pipeline's row says who has begun it. */
export interface PipelineOrigin {
  /** The pipeline whose job created this one: its parent when `source` is parent_pipeline. It may be gone. */
  upstream_pipeline_id: Generated<number | null>;
  /** The bridge that created this one, and no other; null when a job did so by a trigger request. */
  upstream_job_id: Generated<number | null>;
  /** The first pipeline of the tree, through all projects; null for that one itself. */
  root_pipeline_id: Generated<number | null>;
  /** When somebody last ran jobs of it again or played one, here or below; only of one that a bridge has created. */
  restarted_at: Generated<number | null>;
  /** The trigger token that was used. */
  trigger_id: Generated<number | null>;
  pipeline_schedule_id: Generated<number | null>;
  /** Which run of its schedule it answers, and no other. */
  pipeline_schedule_run: Generated<string | null>;
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
  /** A job that may fail has failed, of one that has passed. */
  warnings: Generated<Bit>;
  /** conservative | interruptible | none: what a newer pipeline of the ref does to this one. */
  auto_cancel_on_new_commit: Generated<string>;
  /** none | all */
  auto_cancel_on_job_failure: Generated<string>;
  /** The newer pipeline for which it was canceled. */
  auto_canceled_by_id: Generated<number | null>;
}

/** Why a pipeline has the jobs that it has: JSON, deflated, in Base64; and what it was made of. */
export interface PipelineExplanations {
  pipeline_id: number;
  data: string;
  /** The same with the values of given variables, encrypted; null when it reads none. */
  full_data: string | null;
  /** JSON of a KeptConfiguration; null of pipelines that were created before. */
  configuration: Json | null;
  /** Deflated, in Base64, encrypted; null: `configuration` says why. */
  merged_yaml: string | null;
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
