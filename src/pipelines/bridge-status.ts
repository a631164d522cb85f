import type { JobEvent, JobStatus } from '../jobs/job-state.ts';

/** What of its pipeline a bridge goes by. */
export interface Followed {
  status: JobStatus;
  failure_reason: string | null;
  restarted_at: number | null;
}

/** What of itself. */
export interface Following {
  status: JobStatus;
  finished_at: number | null;
}

const ENDED: readonly JobStatus[] = ['success', 'failed', 'canceled', 'skipped'];

/** How a bridge ends that waits for nothing, and one that waits, by the status of its pipeline. */
const ENDS = {
  depend: { success: 'success', failed: 'drop', canceled: 'cancel', skipped: 'drop' },
  mirror: { success: 'success', failed: 'drop', canceled: 'cancel', skipped: 'skip', manual: 'block' },
} as const satisfies Record<string, Partial<Record<JobStatus, JobEvent>>>;

/** The statuses of a bridge that are another word for how its pipeline is. */
const MEANS: Partial<Record<JobEvent, JobStatus>> = {
  success: 'success',
  drop: 'failed',
  cancel: 'canceled',
  skip: 'skipped',
  block: 'manual',
};

/** A pipeline that could not be made of its configuration fails its bridge, whatever that waits for. */
export const isInvalid = ({ status, failure_reason }: Followed) =>
  status === 'failed' && failure_reason === 'config_error';

/** Whether somebody has made jobs of the pipeline run since its bridge ended. */
export const isRestarted = ({ finished_at }: Following, { restarted_at }: Followed) =>
  restarted_at !== null && restarted_at >= (finished_at ?? 0);

/**
 * The events, in order, that bring this bridge to where its pipeline is; none when it is there,
 * or was done with its pipeline as soon as that was created. A pipeline that runs again takes along a bridge that
 * waits for it; one that is canceled only when somebody wanted that: its pipeline runs on until it is canceled too.
 */
export function bridgeEvents(
  bridge: Following,
  strategy: 'depend' | 'mirror' | null,
  pipeline: Followed,
): JobEvent[] {
  const { status } = bridge;
  const end = endOf(strategy, pipeline);
  if (end !== null && MEANS[end] === status) return [];
  if (status === 'running') return end === null ? [] : [end];
  if (status === 'pending') return end === null ? ['run'] : ['run', end];
  if (strategy === null) return [];
  const mayReopen =
    status === 'canceled' ? isRestarted(bridge, pipeline) : status === 'manual' || ENDED.includes(status);
  if (!mayReopen) return [];
  return end === null ? ['reopen'] : ['reopen', end];
}

function endOf(strategy: 'depend' | 'mirror' | null, pipeline: Followed): JobEvent | null {
  if (isInvalid(pipeline)) return 'drop';
  if (strategy === null) return 'success';
  const ends: Partial<Record<JobStatus, JobEvent>> = ENDS[strategy];
  return ends[pipeline.status] ?? null;
}
