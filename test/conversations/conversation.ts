import type { PlannedJob } from '../../src/ci/plan.ts';

/**
 * What a runner said and heard while it had one or more jobs, request by request, as the reference of the
 * runner protocol tells it of a real one. Paths, headers and bodies may hold `{runner_token}`, and of the job
 * taken last `{job}`, `{job_token}` and `{dependency}`, the job whose artifacts it fetches.
 */
export interface Conversation {
  name: string;
  jobs: Partial<PlannedJob>[];
  exchanges: Exchange[];
  /** What became of each job, by its name. */
  ends: Record<string, End>;
}

export interface Exchange {
  /** What a person does before the runner says this. */
  before?: 'cancel';
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v4. */
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** Sent in chunks of so many bytes, without a length. */
  chunked?: number;
  /** What this says, for variants that change the order. */
  kind: 'request' | 'running' | 'patch' | 'finish' | 'upload' | 'download' | 'other';
  /** With `patch`: the first byte. */
  start?: number;
  reply: Expected;
  /** What is answered when the same comes again; as the first time unless said. */
  again?: Expected;
}

export interface Expected {
  status: number;
  headers?: Record<string, string | RegExp>;
  /** Of a JSON reply, what it must have. */
  json?: object;
  bytes?: Buffer;
}

export interface End {
  status: string;
  failure_reason?: string;
  exit_code?: number;
  log: Buffer;
  /** By type; the archive's bytes are compared, of others the name and the size. */
  artifacts?: Record<string, { filename: string; bytes: Buffer }>;
}
