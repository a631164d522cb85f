import type { Generated } from 'kysely';
import type { Bit, Time, Json } from './column.ts';

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
  /** How it came to be, which its program knows by the prefix of its token: the next one has the same. */
  registration_type: Generated<'authenticated_user' | 'registration_token'>;
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
