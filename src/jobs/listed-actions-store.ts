import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { whichRefsMayBeUpdated } from '../projects/may-update-ref.ts';
import { allowedActions, type Asker, type JobButton } from './allowed-actions.ts';
import type { JobDetails } from './job-details-store.ts';
import type { JobStatus } from './job-state.ts';

/** What a list does not look at: its files are for a job's own page. */
const NO_FILES = { has_files: 0, has_artifacts: 0, has_expiring: 0 } as const;

/**
 * What may be done with each of these jobs of one project, by its id, but for what concerns its log and artifacts: three
 * statements, whatever their refs.
 */
export async function actionsOfListed(
  db: Kysely<Tables>,
  jobs: readonly JobDetails[],
  asker: Omit<Asker, 'updates_ref'>,
): Promise<Map<number, JobButton[]>> {
  const [first] = jobs;
  if (!first) return new Map();
  const ids = jobs.map(({ id }) => id);
  const [updates, rows] = await Promise.all([
    whichRefsMayBeUpdated(db, first.project_id, asker.role),
    db.selectFrom('jobs').select(['id', 'retried', 'when']).where('id', 'in', ids).execute(),
  ]);
  const known = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    jobs.flatMap((job) => {
      const row = known.get(job.id);
      if (!row) return [];
      const updates_ref = updates({ name: job.ref, tag: job.tag === 1 });
      const facts = { ...job, ...row, ...NO_FILES, status: job.status as JobStatus };
      return [[job.id, allowedActions(facts, { ...asker, updates_ref })] as const];
    }),
  );
}
