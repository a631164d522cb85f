import { addresses } from '../../address/addresses.ts';
import type { PipelineJob } from '../../api/schema.ts';

type Counted = Pick<PipelineJob, 'status' | 'allow_failure'>;

/** Of several jobs the one that says most is the status of all: what goes on, then what went wrong. */
const MOST: readonly string[] = [
  'running',
  'canceling',
  'failed',
  'pending',
  'waiting_for_resource',
  'waiting_for_callback',
  'preparing',
  'scheduled',
  'warning',
  'canceled',
  'manual',
  'created',
  'success',
  'skipped',
];

/** As `status`, but a failure that is allowed is a warning. */
export const countedStatus = ({ status, allow_failure }: Counted): string =>
  status === 'failed' && allow_failure ? 'warning' : status;

/** What is not known says least. */
const rank = (status: string) => (MOST.indexOf(status) + MOST.length + 1) % (MOST.length + 1);

/** What several jobs come to, and how many there are of each status, those that say most first. */
export function summaryOf(jobs: readonly Counted[]): {
  status: string;
  counts: readonly { status: string; count: number }[];
} {
  const [first] = jobs;
  if (first !== undefined && jobs.length === 1) {
    const status = countedStatus(first);
    return { status, counts: [{ status, count: 1 }] };
  }
  const found = Map.groupBy(jobs, countedStatus);
  const counts = [...found]
    .map(([status, { length }]) => ({ status, count: length }))
    .toSorted((one, other) => rank(one.status) - rank(other.status));
  return { status: counts[0]?.status ?? 'created', counts };
}

/** Where a job is opened: a bridge has no log, but a pipeline downstream. */
export function hrefOf(fullPath: string, job: PipelineJob): string | null {
  if (job.kind === 'build') return addresses.job(fullPath, job.id);
  const downstream = job.downstream_pipeline;
  return downstream && addresses.pipeline(downstream.path_with_namespace, downstream.id);
}
