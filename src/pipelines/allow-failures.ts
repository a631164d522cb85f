import { allowFailure, readJobSpecs } from '../jobs/job-store.ts';
import type { Follower } from './follow-changes.ts';

/** A failure with one of the exit codes that the job allows (`allow_failure:exit_codes`) only warns. */
export const allowFailures: Follower = async (tx, _pipeline, jobs) => {
  const failed = jobs.filter((job) => job.status === 'failed' && job.exit_code !== null);
  const specs = await readJobSpecs(tx, failed);
  const allowed = failed.filter(
    ({ id, exit_code, allow_failure }) =>
      allow_failure === 0 && specs.get(id)?.allow_failure_exit_codes.includes(exit_code ?? 0),
  );
  await allowFailure(tx, allowed);
  // Those who follow are told.
  for (const job of allowed) job.allow_failure = 1;
};
