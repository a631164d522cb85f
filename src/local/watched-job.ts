import type { JobStatus } from '../jobs/job-state.ts';
import { oneLine } from './plain-text.ts';

/** A job of the pipeline that runs, or of one below it. */
export interface WatchedJob {
  id: number;
  pipeline_id: number;
  kind: 'build' | 'bridge';
  name: string;
  stage: string;
  status: JobStatus;
  allow_failure: boolean;
  /** Seconds. */
  duration: number | null;
  failure_reason: string | null;
  /** Why a bridge has no pipeline. */
  failure_message: string | null;
  hasArtifacts: boolean;
  /** The pipeline that it has begun. */
  downstream: { id: number; status: JobStatus } | null;
  /** Of the bridges that lead here, the outermost first. */
  above: readonly string[];
  /** Whether a later try of the same job has taken its place. */
  retried: boolean;
}

/** How people call it: `deploy › notify`. */
export const titleOf = ({ above, name }: Pick<WatchedJob, 'above' | 'name'>): string =>
  oneLine([...above, name].join(' › '));

/** Whether nothing more happens to a job or a pipeline unless somebody does something. */
export const isSettled = (status: JobStatus): boolean =>
  ['success', 'failed', 'canceled', 'skipped', 'manual', 'scheduled'].includes(status);

/** Whether it has ended in a way that is wrong, and is allowed none. */
export const isFailure = ({ status, allow_failure }: WatchedJob): boolean =>
  status === 'failed' && !allow_failure;
