import type { Generated } from 'kysely';
import type { Time, Json } from './column.ts';

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
