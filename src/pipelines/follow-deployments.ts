import { type DeploymentStatus, setStatusOfJobs } from '../environments/deployment-store.ts';
import { isCompleted, type JobStatus } from '../jobs/job-state.ts';
import { addWork } from '../work/work-store.ts';
import type { Follower } from './follow-changes.ts';

/** The durable work that brings an environment up to the end of a job; its key is the job's id. */
export const UPDATE_ENVIRONMENT = 'update_environment';

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

/** Deployments go along with their jobs; what a job that has ended means to its environment follows the commit. */
export const followDeployments: Follower = async (tx, _pipeline, jobs, now) => {
  const latest = new Map(
    jobs.filter(({ environment_id }) => environment_id !== null).map((job) => [job.id, job]),
  );
  for (const [status, some] of Map.groupBy(latest.values(), (job) => STATUSES[job.status])) {
    const ids = some.map(({ id }) => id);
    if (status !== undefined) await setStatusOfJobs(tx, ids, status, now);
  }
  for (const { id, status } of latest.values())
    if (isCompleted(status) && status !== 'skipped')
      await addWork(tx, { kind: UPDATE_ENVIRONMENT, key: String(id), due_at: now });
};
