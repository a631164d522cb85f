import type { JobStatus } from '../jobs/job-state.ts';
import { type ApiClient, ApiRefusal } from './api-client.ts';
import { LogReader } from './log-reader.ts';
import { isSettled, type WatchedJob } from './watched-job.ts';

/** Who is told of what happens. A job's output comes before its end. */
export interface Watcher {
  /** The job has this status from now on; `before` is null when it is new. */
  changed(job: WatchedJob, before: JobStatus | null): Promise<void> | void;
  /** Whole lines of its log. */
  said(job: WatchedJob, lines: readonly string[]): void;
  /** All there are, again and again. */
  looked(jobs: readonly WatchedJob[]): void;
}

/** How a pipeline and those below it have come to rest. */
export interface Outcome {
  status: JobStatus;
  jobs: WatchedJob[];
}

/** Milliseconds between two looks. */
const EVERY = 150;

/**
 * Watches a pipeline and all that begin below it until nothing moves any more.
 * @param goesOn asked at rest: whether something will move yet all the same
 */
export async function watchPipeline(
  api: ApiClient,
  project_id: number,
  pipeline_id: number,
  watcher: Watcher,
  goesOn: () => boolean,
): Promise<Outcome> {
  const known = new Map<number, JobStatus>();
  const logs = new Map<number, LogReader>();
  for (;;) {
    const { status, isOver, jobs } = await look(api, project_id, pipeline_id);
    watcher.looked(jobs);
    for (const job of jobs) {
      const before = known.get(job.id) ?? null;
      if (job.kind === 'build' && (before === null || !isSettled(before)) && hasBegun(job.status)) {
        const log = logs.get(job.id) ?? new LogReader(api, project_id, job.id);
        logs.set(job.id, log);
        const lines = await log.read(isSettled(job.status));
        if (lines.length > 0) watcher.said(job, lines);
      }
      known.set(job.id, job.status);
      if (before !== job.status) await watcher.changed(job, before);
    }
    if (!goesOn() && isOver) return { status, jobs };
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

const hasBegun = (status: JobStatus) =>
  ['running', 'canceling', 'success', 'failed', 'canceled'].includes(status);

interface ListedJob {
  id: number;
  name: string;
  stage: string;
  status: JobStatus;
  allow_failure: boolean;
  duration: number | null;
  failure_reason?: string;
  failure_message?: string | null;
  artifacts_file?: object | null;
  downstream_pipeline?: { id: number; status: JobStatus } | null;
}

/** The jobs of the pipeline and below it, each pipeline's in the order of their numbers. */
async function look(
  api: ApiClient,
  project_id: number,
  root: number,
): Promise<{ status: JobStatus; isOver: boolean; jobs: WatchedJob[] }> {
  const at = `/projects/${project_id}/pipelines`;
  // Before its jobs: what has ended by then has all its jobs in their last status.
  const { status } = await api.get<{ status: JobStatus }>(`${at}/${root}`);
  const jobs: WatchedJob[] = [];
  const statuses = [status];
  const read = async (pipeline_id: number, above: readonly string[]): Promise<void> => {
    const [bridges, builds] = await Promise.all(
      (['bridges', 'jobs'] as const).map((kind) =>
        api.all<ListedJob>(`${at}/${pipeline_id}/${kind}?include_retried=true`),
      ),
    );
    const own = [
      ...(builds ?? []).map((job) => watched(job, 'build', pipeline_id, above)),
      ...(bridges ?? []).map((job) => watched(job, 'bridge', pipeline_id, above)),
    ].toSorted((a, b) => a.id - b.id);
    const latest = new Map(own.map(({ name, id }) => [name, id]));
    for (const job of own) job.retried = latest.get(job.name) !== job.id;
    jobs.push(...own);
    for (const { downstream, name } of own) {
      if (!downstream) continue;
      statuses.push(downstream.status);
      await read(downstream.id, [...above, name]).catch((error: unknown) => {
        // It may be deleted meanwhile.
        if (!(error instanceof ApiRefusal && error.status === 404)) throw error;
      });
    }
  };
  await read(root, []);
  return { status, isOver: statuses.every(isSettled), jobs };
}

function watched(
  job: ListedJob,
  kind: WatchedJob['kind'],
  pipeline_id: number,
  above: readonly string[],
): WatchedJob {
  const { id, name, stage, status, allow_failure, duration } = job;
  return {
    id,
    pipeline_id,
    kind,
    name,
    stage,
    status,
    allow_failure,
    duration,
    failure_reason: job.failure_reason ?? null,
    failure_message: job.failure_message ?? null,
    hasArtifacts: Boolean(job.artifacts_file),
    downstream: job.downstream_pipeline ?? null,
    above,
    retried: false,
  };
}
