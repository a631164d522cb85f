import type { Generated } from 'kysely';
import type { Time } from './column.ts';

/** Variables that a job left in a dotenv report, for jobs that fetch its artifacts. */
export interface JobDotenvVariables {
  id: Generated<number>;
  job_id: number;
  key: string;
  /** Encrypted. */
  value: string;
}

/** A test of a project, told from others by its suite, class and name. */
export interface UnitTests {
  id: Generated<number>;
  project_id: number;
  /** Hexadecimal digest of suite_name, classname and name; unique in the project. */
  key_hash: string;
  suite_name: string;
  classname: string;
  name: string;
  file: string | null;
  /** All that were ever recorded; the last of them are in `unit_test_runs`. */
  runs: number;
  /** The number of the run that failed last, counting as `runs` does; null: none ever did. */
  last_failed_run: number | null;
  /** 0 to 1, of the runs that are kept. */
  flaky_score: Generated<number>;
  last_run_at: Time;
}

/** A result of a test: run n stands in slot n modulo the number kept, over the one that is too old. */
export interface UnitTestRuns {
  unit_test_id: number;
  slot: number;
  job_id: number;
  /** success | failed | error | skipped */
  status: string;
  /** Seconds. */
  execution_time: number;
}
