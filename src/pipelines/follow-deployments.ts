import { type DeploymentStatus, setStatusOfJobs } from '../environments/deployment-store.ts';
import type { JobStatus } from '../jobs/job-state.ts';
import type { Follower } from './follow-changes.ts';

/** What a job's status is to its deployment; in others the deployment stays what it was. */
const STATUSES: Partial<Record<JobStatus, DeploymentStatus>> = {
  created: 'created',
  manual: 'blocked',
  running: 'running',
  success: 'success',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'skipped',
};

/** Deployments go along with their jobs. */
export const followDeployments: Follower = async (tx, _pipeline, jobs, now) => {
  const latest = new Map(
    jobs.filter(({ environment_id }) => environment_id !== null).map((job) => [job.id, job]),
  );
  for (const [status, some] of Map.groupBy(latest.values(), (job) => STATUSES[job.status])) {
    const ids = some.map(({ id }) => id);
    if (status !== undefined) await setStatusOfJobs(tx, ids, status, now);
  }
};
