import type { Generated } from 'kysely';
import type { Bit, Time } from './column.ts';

/** Where jobs deploy to. */
export interface Environments {
  id: Generated<number>;
  project_id: number;
  name: string;
  /** At most 24 characters, fit for host names; made of the name once. */
  slug: string;
  external_url: string | null;
  /** production | staging | testing | development | other */
  tier: string;
  /** available | stopping | stopped */
  state: Generated<string>;
  description: string | null;
  /** When it is stopped by itself. */
  auto_stop_at: Time | null;
  /** When it is deleted by itself: a stopped review app that somebody asked to delete. */
  auto_delete_at: Time | null;
  created_at: Time;
  updated_at: Time;
}

/** One version that was brought to an environment, by a job or by somebody who told of it. */
export interface Deployments {
  id: Generated<number>;
  iid: number;
  project_id: number;
  environment_id: number;
  user_id: number | null;
  /** Null for one that the API made, and when the job is gone. */
  job_id: number | null;
  ref: string;
  tag: Bit;
  sha: string;
  /** created | blocked | running | success | failed | canceled | skipped */
  status: string;
  /** The name of the job that stops the environment. */
  on_stop: string | null;
  created_at: Time;
  updated_at: Time;
  finished_at: Time | null;
}
