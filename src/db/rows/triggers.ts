import type { Generated } from 'kysely';
import type { Time } from './column.ts';

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
