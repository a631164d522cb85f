import type { Database } from '../db/database.ts';
import { changeJob } from '../jobs/change-job.ts';
import { findJobById } from '../jobs/job-store.ts';
import type { Hearing } from '../runners/hearing.ts';
import { addWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { enqueueJob } from './enqueue-jobs.ts';
import { ENQUEUE_SCHEDULED } from './schedule-delayed.ts';

/**
 * Ends the delay of a scheduled job whose time has come. One that is later than `stale` (milliseconds), as
 * after a long stop of the server, fails instead: what was to happen then may be wrong by now. `elapsed`: how long ago
 * a time was.
 */
export async function enqueueScheduled(
  db: Database,
  jobId: number,
  stale: number,
  now: number,
  elapsed = (from: number) => now - from,
): Promise<void> {
  const job = await findJobById(db.read, jobId);
  if (job?.status !== 'scheduled') return;
  await db.write((tx) =>
    changeAndAdvance(tx, job.pipeline_id, now, async () => {
      const present = await findJobById(tx, jobId);
      if (present?.status !== 'scheduled' || present.scheduled_at === null) return;
      // The clock was put back after this work had become due.
      if (present.scheduled_at > now)
        await addWork(tx, { kind: ENQUEUE_SCHEDULED, key: String(jobId), due_at: present.scheduled_at });
      else if (elapsed(present.scheduled_at) > stale)
        await changeJob(tx, jobId, 'drop', now, { failure_reason: 'stale_schedule' });
      else await enqueueJob(tx, present, now);
    }),
  );
}

/** For `Worker.handle(...enqueueScheduledJobs(…))`. */
export const enqueueScheduledJobs = (
  db: Database,
  stale: number,
  clock: () => number,
  { elapsed }: Pick<Hearing, 'elapsed'>,
): [kind: string, handler: Handler] => [
  ENQUEUE_SCHEDULED,
  ({ key }) => enqueueScheduled(db, Number(key), stale, clock(), elapsed),
];
