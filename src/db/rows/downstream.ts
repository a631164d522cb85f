import type { Generated } from 'kysely';
import type { Bit, Time } from '../schema.ts';

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

/** What there is to say of a job's failure besides its reason. */
export interface JobMessages {
  job_id: number;
  content: string;
}

export interface PipelineTriggers {
  id: Generated<number>;
  project_id: number;
  owner_id: number;
  description: string;
  /** Encrypted: its owner is shown it. */
  token: string;
  token_digest: string;
  /** What of it others are shown, and its jobs: the beginning, behind the prefix. */
  short_token: string;
  last_used: Time | null;
  created_at: Time;
  updated_at: Time;
}

export interface PipelineSchedules {
  id: Generated<number>;
  project_id: number;
  /** As whom its pipelines run. */
  owner_id: number | null;
  description: string;
  /** A full ref; as it was given when there was none of this name. */
  ref: string;
  cron: string;
  cron_timezone: string;
  active: Bit;
  /** Of its pipelines; null: the project's. */
  priority: number | null;
  /** Null: its cron never comes. */
  next_run_at: Time | null;
  /** Why the latest run has made no pipeline; null: it has, or there was none yet. */
  last_run_error: string | null;
  created_at: Time;
  updated_at: Time;
}

export interface PipelineScheduleVariables {
  id: Generated<number>;
  pipeline_schedule_id: number;
  key: string;
  /** Encrypted. */
  value: string;
  variable_type: string;
  raw: Bit;
}
