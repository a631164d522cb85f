import { foreseen } from '../../api/foreseen.ts';
import { keys } from '../../api/keys.ts';
import { statusAfter } from '../../api/status-after.ts';
import { useAction } from '../../ui/use-action.ts';
import type { Action } from './job-row.tsx';
import { cancelJob, type Job, type jobsQuery, playJob, retryJob } from './queries.ts';

const ACTS: Record<Action, typeof playJob | typeof retryJob | typeof cancelJob> = {
  play: playJob,
  retry: retryJob,
  cancel: cancelJob,
};
const DONE: Record<Action, string> = {
  play: 'is started',
  retry: 'runs again',
  cancel: 'is being canceled',
};

/** Plays, cancels or retries a job of the list that is shown. */
export function useJobAct(fullPath: string, { queryKey }: ReturnType<typeof jobsQuery>) {
  return useAction({
    act: ({ action, job }: { action: Action; job: Job }) => ACTS[action](fullPath, job.id),
    foresee: ({ action, job: { id } }) => [
      foreseen(queryKey, (list) => ({
        ...list,
        jobs: list.jobs.map((job) => (job.id === id ? acted(job, action) : job)),
      })),
    ],
    done: ({ action, job }) => `${job.name} ${DONE[action]}`,
    stale: () => [keys.jobs(fullPath)],
  });
}

/** The job as it will most likely be. A retry makes another, of which not even the number is known, and leaves it as it is. */
function acted(job: Job, action: Action): Job {
  if (action === 'retry') return job;
  return { ...job, status: statusAfter(job.status, action), actions: [] };
}
