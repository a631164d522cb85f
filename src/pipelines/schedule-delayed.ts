import { readJobSpecs, scheduleJob, shortenDelays } from '../jobs/job-store.ts';
import { addWork, keysOfWork, removeWork } from '../work/work-store.ts';
import type { SetBackFollower } from '../work/worker.ts';
import type { Follower } from './follow-changes.ts';

/** The durable work that ends a job's delay; its key is the job's id. */
export const ENQUEUE_SCHEDULED = 'enqueue_scheduled_job';

/** Says when a delayed job is due that has begun to wait (`start_in`), and forgets one that no longer does. */
export const scheduleDelayed: Follower = async (tx, _pipeline, jobs, now) => {
  const delayed = jobs.filter((job) => job.when === 'delayed');
  const specs = await readJobSpecs(
    tx,
    delayed.filter((job) => job.status === 'scheduled'),
  );
  for (const { id, status } of delayed) {
    const key = String(id);
    if (status === 'scheduled') {
      const due_at = now + (specs.get(id)?.start_in ?? 0) * 1000;
      await scheduleJob(tx, id, due_at);
      await addWork(tx, { kind: ENQUEUE_SCHEDULED, key, due_at });
    } else if (status !== 'created') await removeWork(tx, ENQUEUE_SCHEDULED, key);
  }
};

/** A clock that is set back makes no delay longer. */
export const shortenAllDelays: SetBackFollower = async (tx, by, now) =>
  shortenDelays(tx, (await keysOfWork(tx, ENQUEUE_SCHEDULED)).map(Number), by, now);
