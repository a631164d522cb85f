import type { Generated } from 'kysely';
import type { Bit, Time, Json } from './column.ts';

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

/** What there is to say of a job's failure besides its reason. */
export interface JobMessages {
  job_id: number;
  content: string;
}

/** What one job of a project has at a time. */
export interface ResourceGroups {
  id: Generated<number>;
  project_id: number;
  key: string;
  /** unordered | oldest_first | newest_first | newest_ready_first */
  process_mode: Generated<string>;
  /** The job that was given the resource last; whether it still has it, its status says. */
  job_id: number | null;
  created_at: Time;
  updated_at: Time;
}
