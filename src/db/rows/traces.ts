import type { Generated } from 'kysely';
import type { Time } from './column.ts';

/**
 * A row exists from the moment a runner takes the job until erase; the bytes are a file or a blob. A job
 * cannot be deleted before its rows here and in job_artifacts are: else their bytes would stay for ever.
 */
export interface JobTraces {
  job_id: number;
  project_id: number;
  /** live: the file below traces/; sealed: `blob_key`. */
  state: 'live' | 'sealed';
  blob_key: string | null;
  /** Bytes. Known once sealed. */
  size: number | null;
  sha256: string | null;
  /** Lines, and the blob that says where they begin: none where that is soon looked up. Known once sealed. */
  lines: Generated<number | null>;
  index_key: Generated<string | null>;
  /** How often the log was emptied before. Known once sealed. */
  generation: Generated<number>;
  /** Its job's: logs go in this order, which is not that of the jobs' ids. Set once sealed. */
  finished_at: Generated<Time | null>;
}
