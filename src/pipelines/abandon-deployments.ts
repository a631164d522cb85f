import type { Transaction } from '../db/database.ts';
import { portions } from '../db/portions.ts';
import { cancelDeployments } from '../environments/deployment-store.ts';
import { leaveStopping } from '../environments/environment-store.ts';
import type { JobStatus } from '../jobs/job-state.ts';
import { type Job, readJobSpecs } from '../jobs/job-store.ts';

/** Jobs that have not begun to stop their environment. */
const NOT_BEGUN: readonly JobStatus[] = ['created', 'manual', 'scheduled', 'skipped'];

/**
 * For jobs that are about to be deleted: deployments that have not ended are canceled, and what they were to stop, or
 * of whose stop nobody has taken note yet, can be used, and stopped, again.
 */
export async function abandonDeployments(tx: Transaction, jobs: readonly Job[], now: number): Promise<void> {
  const bound = jobs.filter(({ environment_id }) => environment_id !== null);
  for (const some of portions(bound, 500)) {
    await cancelDeployments(
      tx,
      some.map(({ id }) => id),
      now,
    );
    const begun = some.filter(({ status }) => !NOT_BEGUN.includes(status));
    const specs = await readJobSpecs(tx, begun);
    for (const { id, environment_id } of begun)
      if (environment_id !== null && specs.get(id)?.environment?.action === 'stop')
        await leaveStopping(tx, environment_id, now);
  }
}
