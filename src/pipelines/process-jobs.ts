import type { JobEvent, JobStatus } from '../jobs/job-state.ts';
import { isCompleted, nextStatus } from '../jobs/job-state.ts';
import { type CountedStatus, compositeStatus, countedStatus, needsStatus } from './pipeline-status.ts';

/** A pipeline's latest job of a name, with what its turn depends on. */
export interface ProcessedJob {
  id: number;
  name: string;
  stage_idx: number;
  status: JobStatus;
  when: string;
  allow_failure: boolean;
  /** `dag` waits for `needs`, `stage` for every job of all earlier stages. */
  scheduling_type: string;
  /** Names; those that the pipeline has no job of are passed over. */
  needs: readonly string[];
}

/** What happens to a job whose turn has come. */
export interface Turn {
  id: number;
  event: Extract<JobEvent, 'enqueue' | 'actionize' | 'schedule' | 'skip'>;
}

/** The statuses of its predecessors in which a job runs, by its `when`. */
const RUNS_AFTER: Record<string, readonly JobStatus[]> = {
  on_success: ['success'],
  manual: ['success'],
  delayed: ['success'],
  on_failure: ['failed'],
  always: ['success', 'failed', 'skipped'],
};

/**
 * Which created jobs are due now, and what becomes of them; skipping one may make others due, so the
 * answer holds all that follows: applying it leaves no created job whose predecessors are complete.
 * A job depends on no later stage, so one sweep over the stages is enough.
 */
export function processJobs(jobs: readonly ProcessedJob[]): Turn[] {
  const turns: Turn[] = [];
  const status = new Map(jobs.map((job) => [job.id, job.status]));
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const now = (job: ProcessedJob) => ({ ...job, status: status.get(job.id) ?? job.status });

  const earlier = new Set<CountedStatus>();
  for (const stage of byStage(jobs)) {
    const beforeStage = compositeStatus(earlier) ?? 'success';
    const due = (job: ProcessedJob): JobStatus => {
      if (job.scheduling_type !== 'dag') return beforeStage;
      return needsStatus(job.needs.flatMap((name) => mapDefined(byName.get(name), now))) ?? 'success';
    };
    let waiting = stage.filter((job) => job.status === 'created');
    for (let changed = true; changed;) {
      const left = waiting.filter((job) => {
        const before = due(job);
        if (!isCompleted(before)) return true;
        const event = turnOf(job, before);
        turns.push({ id: job.id, event });
        status.set(job.id, nextStatus('created', event) ?? 'created');
        return false;
      });
      changed = left.length < waiting.length;
      waiting = left;
    }
    for (const job of stage) earlier.add(countedStatus(now(job)));
  }
  return turns;
}

function turnOf(job: ProcessedJob, before: JobStatus): Turn['event'] {
  // Earlier stages that were skipped as a whole hold nobody up; a need that was skipped is missed.
  const counted =
    before === 'skipped' && job.scheduling_type !== 'dag' && job.when !== 'always' ? 'success' : before;
  if (!RUNS_AFTER[job.when]?.includes(counted)) return 'skip';
  if (job.when === 'manual') return 'actionize';
  if (job.when === 'delayed') return 'schedule';
  return 'enqueue';
}

function byStage(jobs: readonly ProcessedJob[]): ProcessedJob[][] {
  const stages = Map.groupBy(jobs, (job) => job.stage_idx);
  return [...stages].toSorted(([a], [b]) => a - b).map(([, stage]) => stage);
}

const mapDefined = <T, R>(value: T | undefined, map: (value: T) => R): R[] =>
  value === undefined ? [] : [map(value)];
