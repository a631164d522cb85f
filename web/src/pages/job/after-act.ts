import { statusAfter } from '../../api/status-after.ts';
import type { Attempt, Job } from './queries.ts';

export type ActName = 'play' | 'retry' | 'cancel' | 'force_cancel' | 'erase' | 'keep_artifacts';

/** The job as it will most likely be. A retry makes another, of which not even the number is known, and leaves it as it is. */
export function jobAfter(job: Job, act: ActName): Job {
  switch (act) {
    case 'retry':
      return job;
    case 'erase':
      return { ...job, erased_at: new Date().toISOString(), artifacts: [], artifacts_file: null };
    case 'keep_artifacts':
      return { ...job, artifacts_expire_at: null };
    default:
      return { ...job, status: statusAfter(job.status, act) };
  }
}

/** What cannot be done any more; where the status changes, the server says what can be. */
const GONE: Partial<Record<ActName, readonly string[]>> = {
  erase: ['erase', 'keep_artifacts'],
  keep_artifacts: ['keep_artifacts'],
};

/** Its attempt likewise. */
export function attemptAfter(attempt: Attempt, act: ActName): Attempt {
  if (act === 'retry') return attempt;
  const gone = GONE[act];
  return {
    ...attempt,
    status: statusAfter(attempt.status, act),
    actions: gone === undefined ? [] : attempt.actions.filter((each) => !gone.includes(each)),
  };
}
