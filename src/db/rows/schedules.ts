import type { Generated } from 'kysely';
import type { Bit, Time } from './column.ts';

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
  /** JSON of ScheduleInput[]. */
  inputs: Generated<string>;
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
