import type { Kysely } from 'kysely';
import { expirySeconds } from '../ci/duration.ts';
import type { Tables } from '../db/schema.ts';

/** Pipelines that are looked through for one whose site was made. */
const MOST_PIPELINES = 100;

export interface Site {
  job_id: number;
  /** The folder of the job's archive. */
  publish: string;
}

/** What the latest job that has made a site of this branch left, unless it is over by now; null when there is none. */
export async function findSite(
  db: Kysely<Tables>,
  project_id: number,
  branch: string,
  now: number,
): Promise<Site | null> {
  const recent = db
    .selectFrom('pages_jobs')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('ref', '=', branch)
    .orderBy('pipeline_id', 'desc')
    .limit(MOST_PIPELINES)
    .as('recent');
  const row = await db
    .selectFrom(recent)
    .innerJoin('jobs', (join) =>
      join.onRef('jobs.pipeline_id', '=', 'recent.pipeline_id').onRef('jobs.name', '=', 'recent.name'),
    )
    .select(['jobs.id as job_id', 'recent.publish', 'recent.expire_in', 'jobs.finished_at'])
    .where('jobs.status', '=', 'success')
    .where('jobs.retried', '=', 0)
    .orderBy('recent.pipeline_id', 'desc')
    .orderBy('jobs.id', 'desc')
    .executeTakeFirst();
  if (!row) return null;
  const seconds = row.expire_in === null ? null : expirySeconds(row.expire_in);
  const isOver = seconds !== null && now > (row.finished_at ?? now) + seconds * 1000;
  return isOver ? null : { job_id: row.job_id, publish: row.publish };
}
