import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';
import type { Asker } from '../jobs/allowed-actions.ts';
import type { JobFilter } from '../jobs/job-filter-store.ts';
import { countJobs, type JobPageRequest, listJobs } from '../jobs/job-list-store.ts';
import { actionsOfListed } from '../jobs/listed-actions-store.ts';
import { type JobAround, jobsText } from './entities/job.ts';

/** Which page of a list of jobs is wanted, and what its entities need. Goes to a thread as it is. */
export interface JobPageQuestion {
  filter: JobFilter;
  request: JobPageRequest & { keyset: boolean };
  around: JobAround;
  /** Who wants to know what may be done with each; absent: nobody. */
  asker?: Omit<Asker, 'updates_ref'>;
}

export interface JobPageText {
  /** The JSON of the list. */
  text: string;
  /** As those of a page, see http/paging.ts. */
  next: number | null;
  bounded: boolean;
  total: number | null;
}

/** Reads a page of jobs and writes it out as JSON. */
export async function readJobPage(
  db: Kysely<Tables>,
  { filter, request, around, asker }: JobPageQuestion,
): Promise<JobPageText> {
  const [{ items, next, bounded }, total] = await Promise.all([
    listJobs(db, filter, request),
    request.keyset ? null : countJobs(db, filter),
  ]);
  const actions = asker ? await actionsOfListed(db, items, asker) : null;
  return { text: jobsText(items, around, actions), next, bounded, total };
}
